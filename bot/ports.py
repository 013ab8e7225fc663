"""What the core asks of the world, narrow: a use case takes only what it touches.

Store ports are async and never hold the event loop. Every time is aware UTC and comes in as an
argument; no port reads the clock.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.messages import Form, Invocation, Message
from bot.models import (
    Alert,
    Batch,
    Channel,
    Delivery,
    Edition,
    Excerpt,
    Found,
    Hit,
    Ingested,
    ListedPaper,
    Payload,
    Pull,
    Query,
    Reader,
    SavedPaper,
    SourceDay,
    Subscription,
    Tokens,
    User,
)

Clock = Callable[[], datetime]
NO_REST = timedelta(0)
CommandHandler = Callable[[Invocation], Awaitable[Message | Form]]


class Source(Protocol):
    """A place papers come from."""

    name: str

    async def fetch(self, since: date, until: date) -> Batch:
        """The papers listed from `since` to `until`, both included.

        Days that gave no valid answer are BROKEN or PARTIAL in the batch; SourceError is raised
        only where nothing at all was answered.
        """
        ...


class Platform(Protocol):
    """A place people talk."""

    name: str

    def pack(self, message: Message) -> list[Payload]:
        """The message as platform messages, in order, each within the limits. Pure."""
        ...

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:
        """Send exactly one platform message and return its reference.

        `key` is the delivery's unique key, the same at every try; `reply_to` is the reference of
        the message to answer in its thread, "" for none. Raises DeliveryError.
        """
        ...

    async def serve(self) -> None:
        """Answer people until cancelled."""
        ...


@runtime_checkable
class Connects(Protocol):
    """A platform that can be sent to only while it is connected."""

    @property
    def connected(self) -> bool:
        """Whether anything sent now is at least tried."""
        ...


@runtime_checkable
class Paced(Protocol):
    """A platform that takes only so much at a time."""

    @property
    def spacing(self) -> timedelta:
        """What passes between two messages of one channel, at least."""
        ...

    @property
    def at_once(self) -> int:
        """How many messages are sent side by side, at most."""
        ...


@runtime_checkable
class Remarks(Protocol):
    """A platform that notices what whoever runs Paperboy should know."""

    def remarks(self) -> list[str]:
        """What is wrong or odd just now, each in a sentence without its full stop, which is fit for
        everybody's eyes and says what to do; empty where all is well.
        """
        ...


@runtime_checkable
class Recalls(Protocol):
    """A platform that can find a message again which it may have sent before."""

    async def recall(
        self, channel: Channel, payload: Payload, reply_to: str, since: datetime
    ) -> str:
        """The reference of this very message where it stands among the channel's latest, else "".

        What was there before `since` is another message, though it says the same. Raises
        DeliveryError.
        """
        ...


@runtime_checkable
class OwnedPlaces(Protocol):
    """A platform that knows whose a workspace is."""

    async def owner(self, workspace: str) -> User:
        """The owner of a workspace; a user without an id where that is not known."""
        ...


@runtime_checkable
class KnowsMembers(Protocol):
    """A platform that can tell who is in a workspace no more."""

    async def has_left(self, workspace: str, user: User) -> bool:
        """Whether the person is no member of the workspace; no where that can't be told."""
        ...


class Terminal(Protocol):
    """Whoever sets Paperboy up at a terminal: somebody who is told, and asked."""

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer."""
        ...

    def tell(self, text: str = "") -> None:
        """Print this."""
        ...

    async def ask(self, question: str, default: str = "") -> str | None:
        """What they type; the default for Enter alone; None where nobody answers."""
        ...

    async def ask_secret(self, question: str) -> str | None:
        """The same, unseen; also what a pipe brings. Raises ConfigError where `keep` would."""
        ...

    async def enters_within(self, seconds: float) -> bool:
        """Wait so long for the Enter key; also true where nobody is there."""
        ...

    def keep(self, name: str, value: str) -> None:
        """Keep a setting. Raises ConfigError."""
        ...


class Gate(Protocol):
    """The politeness of one service, shared by all processes of a store."""

    async def reserve(self, service: str, spacing: timedelta, now: datetime) -> datetime:
        """Take the next free moment (>= now), `spacing` after the one before, and return it."""
        ...

    async def hold_off(self, service: str, until: datetime) -> None:
        """Let no request to the service start before `until`."""
        ...


class ValidatorStore(Protocol):
    """ETags and modification times of answers that are stored."""

    async def validators(self, url: str) -> tuple[str, str]:
        """(ETag, Last-Modified) of the last stored answer, "" where there is none."""
        ...


class PaperStore(Protocol):
    """Papers and where they were seen."""

    async def add(self, batch: Batch, at: datetime) -> Ingested:
        """Store a batch in one transaction: papers merged with what is known (bot.merging),
        sightings, source days, validators, all or nothing.
        """
        ...

    async def get(self, ids: Sequence[str]) -> list[ListedPaper]:
        """The papers with these ids, in this order; unknown ids are left out."""
        ...

    async def listed(
        self, since: date, until: date, sources: Collection[str], limit: int
    ) -> list[ListedPaper]:
        """Papers with a listing day in the span, most upvotes first, then newest."""
        ...

    async def count_listed(self, since: date, until: date, sources: Collection[str]) -> int:
        """How many papers have a listing day in the span."""
        ...

    async def search(self, query: Query, limit: int) -> list[str]:
        """Ids of the papers that match the query strictly, in the order of its `sort`.

        Here and below a query holds no Lately: `bot.queries.resolve` it first.
        """
        ...

    async def find(self, query: Query, limit: int) -> Found:
        """The ranked search of the text: papers that match strictly, and, where these are fewer
        than ten, papers that hold any of its words and meet all of its other conditions.

        Words that no paper holds are taken for the nearest that some do. `limit` bounds ids and
        count alike.
        """
        ...

    async def count_matches(self, query: Query, most: int) -> int:
        """How many papers match the query strictly, counted up to `most`."""
        ...

    async def matching(self, query: Query, ids: Sequence[str]) -> list[str]:
        """Those of the ids whose papers match the query strictly, in the order given."""
        ...

    async def excerpts(self, query: Query, ids: Sequence[str]) -> dict[str, Excerpt]:
        """By id, where each paper holds the query's words; unknown ids are left out."""
        ...

    async def newest_day(self, sources: Collection[str], until: date | None = None) -> date | None:
        """The latest listing day (on or before `until`) with papers of these sources."""
        ...

    async def count(self) -> int:
        """How many papers are kept."""
        ...

    async def lacking_categories(self, since: date, before: datetime, limit: int) -> list[str]:
        """Ids of papers listed since that day without categories, newest first, and not asked
        about since `before`.
        """
        ...

    async def mark_asked(self, ids: Sequence[str], at: datetime) -> None:
        """Remember that these papers' categories were asked for."""
        ...

    async def keep_results(self, token: str, query: str, ids: Sequence[str], at: datetime) -> None:
        """Keep a ranked list of ids for its pager, under a token that was not used before."""
        ...

    async def results(self, token: str) -> tuple[str, list[str]] | None:
        """(query text, ids) of a kept list, None where it has expired."""
        ...


class PullLog(Protocol):
    """How pulls ended, and which listing days are complete."""

    async def record(self, pull: Pull) -> None:
        """Keep the record of a pull."""
        ...

    async def latest(self, source: str) -> Pull | None:
        """The newest pull of a source that reached the day it was made on (or the day before:
        listing days are those of New York). The steps of a backfill are none.
        """
        ...

    async def last_complete(self, source: str) -> datetime | None:
        """When the newest such pull that lost nothing (not partial, not broken) finished."""
        ...

    async def days(self, source: str, since: date, until: date) -> list[SourceDay]:
        """The source days in the span, oldest first; days never asked for are left out."""
        ...

    async def reach(self, source: str) -> date | None:
        """The earliest listing day from which every later day was pulled completely."""
        ...

    async def archives(self) -> dict[str, datetime]:
        """The arXiv archives pulled beside those of the settings, with when each was added."""
        ...

    async def add_archives(self, names: Collection[str], at: datetime) -> list[str]:
        """Pull these archives from now on; returns those that were not pulled before."""
        ...


@dataclass(frozen=True, slots=True)
class Passing:
    """A paper that passes a filter. `last_day` over the sources asked for; `upvotes` whoever
    counted them: arXiv has none of its own; `passed_at` is when an edition first saw it pass, None
    where none did yet.
    """

    paper_id: str
    last_day: date
    upvotes: int
    published_at: datetime | None
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """What an edition must know of those before it.

    `shown`: which of the asked papers the channel was shown. `settled_at`: when the latest
    edition before the cut-off day of which no part failed was made (None: none).
    `last_local_day`: local day of the last edition. `failed_parts`: parts given up since the last
    edition and not told yet.
    """

    shown: frozenset[str] = frozenset()
    settled_at: datetime | None = None
    last_local_day: date | None = None
    failed_parts: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition with all that one transaction writes: the messages it became, the subscription
    after it, and the papers that passed its filter for the first time.
    """

    edition: Edition
    subscription: Subscription
    payloads: tuple[Payload, ...]
    passed_ids: tuple[str, ...]
    threaded: bool = False


class SubscriptionStore(Protocol):
    """Subscriptions and their editions."""

    async def insert(self, subscription: Subscription) -> Subscription:
        """Keep a new subscription (its id is ignored) and return it with its id."""
        ...

    async def revise(
        self, number: int, change: Callable[[Subscription], Subscription]
    ) -> Subscription | None:
        """Replace a subscription by what `change` makes of it as it is now, in one transaction;
        returns it as it is then, None where there is none. `change` must be quick and pure.
        """
        ...

    async def subscription(self, number: int) -> Subscription | None:
        """The subscription with this id, whatever its state."""
        ...

    async def of_channel(self, channel: Channel) -> list[Subscription]:
        """The channel's subscriptions that are not removed, by id."""
        ...

    async def of_workspace(self, platform: str, workspace: str) -> list[Subscription]:
        """The workspace's subscriptions that are not removed, by id."""
        ...

    async def of_people(self, platform: str, workspace: str) -> list[Subscription]:
        """Those of the direct messages of a workspace's people that are not removed, by id; none
        where people are known beyond one workspace.
        """
        ...

    async def every(self) -> list[Subscription]:
        """All subscriptions that are not removed, by id."""
        ...

    async def due(
        self, now: datetime, limit: int, after: Subscription | None = None
    ) -> list[Subscription]:
        """Active subscriptions due at or before now, the longest due first; a page of them,
        those that stand behind `after` in that order (next_due_at, id).
        """
        ...

    async def overlong(self, after: datetime) -> list[Subscription]:
        """Active subscriptions whose next hour is later than `after`."""
        ...

    async def passing(
        self, filter_text: str, query: Query, sources: Collection[str], since: date, until: date
    ) -> list[Passing]:
        """The papers listed by these sources in the span that match the query strictly."""
        ...

    async def passing_all(
        self, filters: Mapping[str, Query], since: date, until: date
    ) -> dict[str, list[Passing]]:
        """What `passing` tells, for many filters at once: by each one's text, given its query with
        every time ago resolved. Its sources are those of `bot.queries.sources_of`.
        """
        ...

    async def histories(
        self, wanted: Sequence[tuple[Subscription, date, Sequence[str]]]
    ) -> dict[int, History]:
        """By subscription id, the history for (subscription, cut-off local day, paper ids)."""
        ...

    async def issue(self, issues: Sequence[Issue]) -> list[int]:
        """Write editions in one transaction: edition, ledger, deliveries, progress, first passes.

        An edition whose local day is taken, or whose subscription has changed its next hour or
        its state meanwhile, is left out; returns the ids of the subscriptions that were written.
        """
        ...

    async def editions(self, subscription_id: int, limit: int) -> list[Edition]:
        """The latest editions of a subscription, newest first."""
        ...

    async def pause_channel(
        self, channel: Channel, reason: str, at: datetime
    ) -> list[Subscription]:
        """Pause a channel's active subscriptions and open deliveries; returns the subscriptions
        that were paused by this, as they are then.
        """
        ...

    async def pause_workspace(
        self, platform: str, workspace: str, reason: str, at: datetime
    ) -> int:
        """Pause the active subscriptions and open deliveries of a workspace, its people's direct
        messages among them; returns how many of the first.
        """
        ...

    async def hold_unsent(self, subscription_id: int) -> None:
        """Let nothing be sent that waits for its turn: it stands paused, until `free_unsent`."""
        ...

    async def free_unsent(self, subscription_id: int, at: datetime) -> bool:
        """Give up a subscription's paused deliveries, and let their papers be due again.

        An edition of which no part arrived is undone. Returns whether there was anything.
        """
        ...


class Analyzer(Protocol):
    """The full-text index's own way of taking texts apart. Synchronous: for a worker thread."""

    def __call__(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text, in order; Chinese, Japanese and Korean signs one by one."""
        ...


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that may be meant. `kind` is recent, author, category, keyword or organisation;
    `query` is what it stands for in the query language, `label` how it is shown.
    """

    kind: str
    query: str
    label: str


class Completions(Protocol):
    """What a query may go on with. Derived data: it may lag behind the papers by a pull or two."""

    async def refresh(self) -> bool:
        """Bring words, names and counts up to date, if enough has changed; True where it did."""
        ...

    async def remember(self, user: User, query: str, at: datetime) -> None:
        """Keep a query as one of this person's recent ones."""
        ...

    async def complete(self, user: User, text: str, limit: int) -> list[Completion]:
        """Whole queries that go on from `text`, the likeliest first: this person's recent ones,
        then authors, categories, keywords and organisations that the last word begins.
        """
        ...


class VectorStore(Protocol):
    """Embeddings of papers: unit vectors as int8, one byte a dimension, scaled by 127.

    `model` names a model with its revision; a store holds the vectors of one model alone.
    """

    async def use(self, model: str, width: int) -> None:
        """Keep the vectors of this model from now on; another's are forgotten, step by step."""
        ...

    async def lacking(self, limit: int) -> list[tuple[str, str]]:
        """(paper id, text to embed) of papers without a vector of their present text, the newest
        listed first.
        """
        ...

    async def count(self, model: str) -> tuple[int, int]:
        """(papers with a vector of this model, all papers)."""
        ...

    async def keep(self, vectors: Mapping[str, bytes], at: datetime) -> None:
        """Keep vectors by paper id in one transaction; alerts that ask for them are checked.

        Left out are those of a text that `lacking` gave and that was reworded since, and all of
        them where another process uses another model by now.
        """
        ...

    async def changed(self, model: str, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        """(change number, paper id, vector) of what was kept of this model after a change number,
        in order.
        """
        ...


class Embedder(Protocol):
    """A model that turns texts into vectors. `name` is the model with its revision."""

    name: str
    width: int

    async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:
        """A vector a text, as `VectorStore` keeps them; off the event loop. Raises ModelError.

        `patiently`: what is asked for otherwise comes first, and so does the rest of the machine.
        """
        ...


class Nearest(Protocol):
    """Vectors of papers in memory, searched exactly."""

    def vector(self, paper_id: str) -> bytes:
        """A paper's vector, b"" where none is known."""
        ...

    async def near(
        self, vector: bytes, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """(paper id, cosine) of the papers nearest to a vector, of all or of those among which
        is looked, the nearest first; off the event loop. Raises ModelError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found, best first.

    `strict_ids` are those among `ids` that match all of the query, `strict` how many papers do
    (counted up to a limit). `corrected` as in Found. `in_sense`: vectors had a say.
    """

    ids: tuple[str, ...]
    strict_ids: frozenset[str]
    strict: int
    corrected: Mapping[str, str]
    in_sense: bool = False


class Finder(Protocol):
    """Searches by words and by sense."""

    async def search(self, query: Query, limit: int) -> Results:
        """The papers for a query without Lately; any fault of the vectors falls back to words."""
        ...

    async def similar(self, paper_id: str, limit: int) -> Results:
        """The papers most like one that is kept: by vectors, where there are none by its words."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person's hits that are due to be brought, first seen first."""

    reader: Reader
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A person's hits, frozen into the messages that bring them; hits without payloads are kept
    for the inbox alone.
    """

    reader: Reader
    hits: tuple[Hit, ...]
    payloads: tuple[Payload, ...]


class AlertStore(Protocol):
    """Alerts, the people they are for, and what they caught.

    Hits are written by whatever writes a paper's change (`PaperStore.add`, `VectorStore.keep`),
    in its transaction: where an active alert is met by the paper as it is now and was not met by
    it as it was before, and the paper's latest listing is at most 7 days old. What it was before
    counts only where it was so then: an old paper that is listed anew is all new. While a paper of
    arXiv has no categories yet, an alert counts as met only if it is met whichever they will be.

    A hit waits, is frozen into a bundle, or is in the inbox. While it waits, alerts of the same
    person that come to be met by the paper are added to it, and may hasten it.
    """

    async def insert(self, alert: Alert) -> Alert:
        """Keep a new alert (its id is ignored) and return it with its id.

        Raises QueryError, as `revise` does, where the query can't be read.
        """
        ...

    async def revise(self, number: int, change: Callable[[Alert], Alert]) -> Alert | None:
        """Replace an alert by what `change` makes of it, in one transaction; None where there is
        none. What waits only for alerts that are not active is withdrawn until one of them is
        again; what waits and does not meet a changed query is taken off that alert for good.
        """
        ...

    async def alert(self, number: int) -> Alert | None:
        """The alert with this number, whatever its state."""
        ...

    async def of_user(self, user: User) -> list[Alert]:
        """A person's alerts that are not removed, by id."""
        ...

    async def reader(self, user: User) -> Reader | None:
        """A person's hours, None where they were never kept."""
        ...

    async def keep_reader(self, reader: Reader, now: datetime) -> None:
        """Keep a person's hours; what waits for them is due as these say from now on.

        Where the door was closed and is not any more, what the inbox holds for want of a message
        waits again.
        """
        ...

    async def close_door(self, user: User, reason: str) -> None:
        """Direct messages can't reach this person: bring nothing, keep all for the inbox, also
        what lies unsent in the outbox. The message that found the door closed is for the caller to
        fail.
        """
        ...

    async def close_doors(self, platform: str, workspace: str, reason: str) -> int:
        """Close the doors that stand open of a workspace's people; returns how many."""
        ...

    async def open_doors(self, platform: str, workspace: str, reason: str, now: datetime) -> int:
        """Open those that were closed for this reason, and bring what is kept for want of a
        message; returns how many.
        """
        ...

    async def workspaces(self, platform: str, reason: str) -> set[tuple[str, bool]]:
        """The workspaces whose people have alerts, where people are known within one only, each
        with whether doors were closed there for this reason; twice where some were and some not.
        """
        ...

    async def put_off(self, users: Collection[User], after: datetime) -> None:
        """What waits for these people is due as their hours say after a moment."""
        ...

    async def mend_hours(self, now: datetime) -> int:
        """What waits and was caught while the clock was far ahead is due as if it were caught
        now. Returns for how many people.
        """
        ...

    async def due(self, platforms: Collection[str], now: datetime, limit: int) -> list[Waiting]:
        """People of these platforms whose door is open with hits due at or before now, the
        longest due first.
        """
        ...

    async def issue(self, bundles: Sequence[Bundle], at: datetime) -> int:
        """Freeze bundles and put their messages in the outbox, in one transaction; a bundle whose
        hits were frozen meanwhile is left out. Returns how many were written.
        """
        ...

    async def inbox(self, user: User, limit: int) -> list[Hit]:
        """A person's hits of the last 30 days that no message brought and none is going to: the
        door is closed, the message was given up, or the bundle was cut. Newest first.
        """
        ...

    async def clear_inbox(self, user: User) -> None:
        """Count what the inbox holds as seen."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """How many alerts are active, how many of those have no necessary word, how many hits
        wait: by `active`, `unkeyed`, `waiting`.
        """
        ...


class ReadingList(Protocol):
    """Papers that people keep for themselves."""

    async def save(self, user: User, paper_id: str, at: datetime) -> bool:
        """Put a paper on a list; False where it is there already."""
        ...

    async def remove(self, user: User, paper_id: str) -> SavedPaper | None:
        """Take a paper off; what it was, None where it is not there."""
        ...

    async def restore(self, user: User, saved: SavedPaper) -> None:
        """Put back what was taken off, with its note and time."""
        ...

    async def note(self, user: User, paper_id: str, text: str) -> bool:
        """Write a note to a saved paper, "" for none; False where it is not there."""
        ...

    async def saved(self, user: User, query: Query | None = None) -> list[SavedPaper]:
        """A list, newest first; with a query what matches it strictly."""
        ...

    async def count(self, user: User) -> int:
        """How many papers are on a list."""
        ...


@dataclass(frozen=True, slots=True)
class Press:
    """What a button or a form stands for: a verb by its full name, and its arguments."""

    verb: str
    args: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.verb, frozenset(self.args.items())))


class PlaceStore(Protocol):
    """What adapters keep about the places they serve."""

    async def keep_presses(self, presses: Mapping[str, Press], at: datetime) -> None:
        """Keep presses by their tokens; one that is kept already is kept from now on."""
        ...

    async def press(self, token: str) -> Press | None:
        """The press that a token stands for; None where it is not kept (any more)."""
        ...

    async def managers(self, platform: str, workspace: str) -> str:
        """The role that may manage in a workspace, "" for none."""
        ...

    async def name_managers(self, platform: str, workspace: str, role: str) -> None:
        """Let a role manage in a workspace; "" lets none."""
        ...

    async def keep_installation(
        self,
        platform: str,
        workspace: str,
        secret: bytes,
        at: datetime,
        instead_of: bytes | None = None,
    ) -> bool:
        """Keep what Paperboy acts with in a workspace, which its adapter has encrypted.

        With `instead_of`, only where that is what is kept; returns whether it was kept.
        """
        ...

    async def installation(self, platform: str, workspace: str) -> bytes | None:
        """What was kept of a workspace; None where it has not installed Paperboy."""
        ...

    async def installations(self, platform: str) -> list[str]:
        """The workspaces that have installed Paperboy."""
        ...

    async def forget_installation(self, platform: str, workspace: str) -> None:
        """Keep nothing any more that Paperboy could act with in a workspace."""
        ...

    async def first_time(self, key: str, at: datetime) -> bool:
        """True the first time that this is asked of a key, by whichever process; it is forgotten
        after a day. It waits for no other write.
        """
        ...

    async def keep_remarks(
        self, holder: str, remarks: Collection[tuple[str, str]], at: datetime
    ) -> None:
        """Keep what a process has to remark, as (platform, text), in place of what it had."""
        ...

    async def remarks(self, since: datetime) -> list[tuple[str, str]]:
        """What processes had to remark since, as (platform, text), each once."""
        ...


@dataclass(frozen=True, slots=True)
class CaughtPaper:
    """A hit, and where it stands: `waiting`, `withdrawn`, `packed`, `kept` or `read`."""

    hit: Hit
    state: str


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of one person.

    `alerts` and the subscriptions are also those that were removed. `bundles` are (number, when it
    was made), `queries` (text, when it was asked). `direct` are the subscriptions of their direct
    messages, `editions` those made for them, `shown` (paper id, when) what these have shown,
    `letters` the messages to them. `contact_of` are the subscriptions of channels that name them
    as the contact: those belong to the channel.
    """

    user: User
    reader: Reader | None = None
    alerts: tuple[Alert, ...] = ()
    caught: tuple[CaughtPaper, ...] = ()
    bundles: tuple[tuple[int, datetime], ...] = ()
    saved: tuple[SavedPaper, ...] = ()
    queries: tuple[tuple[str, datetime], ...] = ()
    direct: tuple[Subscription, ...] = ()
    editions: tuple[Edition, ...] = ()
    shown: tuple[tuple[str, datetime], ...] = ()
    letters: tuple[Delivery, ...] = ()
    contact_of: tuple[Subscription, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing at all is kept."""
        return self == Kept(self.user)


class People(Protocol):
    """What is kept of people, whatever keeps it. Somebody without an id is nobody."""

    async def kept(self, user: User) -> Kept:
        """All that is kept of a person, each kind in the order it came about."""
        ...

    async def erase(self, user: User, at: datetime) -> Kept:
        """Erase all that is kept of a person, in one transaction; returns what it was.

        What they are the contact of goes on without one. What has to stay for its number's sake
        (an alert that other processes know, a message under way) is emptied and leads to nobody.
        Their name goes also from what names them: why something was paused, what they shared.
        """
        ...


class DeliveryLog(Protocol):
    """The outbox."""

    async def enqueue(
        self,
        channel: Channel,
        key: str,
        payloads: Sequence[Payload],
        at: datetime,
        *,
        threaded: bool = False,
    ) -> None:
        """Put a message's payloads in the outbox as `key:0`, `key:1` …; a known key is left.

        `threaded`: the others answer the first.
        """
        ...

    async def claim(
        self, platforms: Collection[str], holder: str, now: datetime, lease: timedelta, limit: int
    ) -> list[Delivery]:
        """Claim deliveries that are due, at most the oldest open one of each channel, none of a
        channel that rests, and none that this holder has claimed already; one transaction.
        """
        ...

    async def renew(self, ids: Collection[int], holder: str, until: datetime) -> None:
        """Lengthen the leases of claimed deliveries."""
        ...

    async def stands(self, delivery: Delivery) -> bool:
        """Whether this claim of a delivery still holds: nobody else has it, and it is not gone."""
        ...

    async def sent(
        self, delivery: Delivery, reference: str, at: datetime, rest: timedelta = NO_REST
    ) -> None:
        """Record that it was sent, and tell the later parts whom to answer.

        What is recorded side by side may be written together. Nothing more of the channel is
        claimed until `rest` has passed.
        """
        ...

    async def retry(
        self, delivery: Delivery, not_before: datetime, error: str, *, counts: bool = True
    ) -> None:
        """Give the claim back, to be tried again; `counts` as a failed try."""
        ...

    async def fail(
        self, delivery: Delivery, error: str, at: datetime, rest: timedelta = NO_REST
    ) -> None:
        """Give it up; the papers in it are due again, and the next edition says it once. `rest` as
        in `sent`.
        """
        ...

    async def take_turn(self, channel: Channel, now: datetime, rest: timedelta) -> datetime:
        """Take a channel's next free moment (>= now) for a message past the outbox, and return it.

        Nothing of the channel is claimed until `rest` after it.
        """
        ...

    async def let_rest(self, channel: Channel, until: datetime) -> None:
        """Claim nothing of a channel before this moment."""
        ...

    async def abandon(self, reason: str, at: datetime) -> None:
        """Give up all that is open or paused, as if it had been sent: its papers are not due."""
        ...

    async def of_edition(self, subscription_id: int, local_day: date) -> list[Delivery]:
        """The deliveries of one edition, by part."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """How many deliveries stand in each state."""
        ...

    async def failures(self, channel: Channel | None, limit: int) -> list[Delivery]:
        """The latest deliveries that could not be sent; not those given up on purpose."""
        ...


class LeaseStore(Protocol):
    """Who does what only one process may do."""

    async def hold(self, name: str, holder: str, now: datetime, span: timedelta) -> bool:
        """Take or renew a lease; False where another holds it. A lease that ends more than
        a minute after `now + span` (the clock was set back) counts as ended.
        """
        ...

    async def release(self, name: str, holder: str) -> None:
        """End a lease early."""
        ...


class Keeper(Protocol):
    """Care of the database itself."""

    async def prune(self, now: datetime, retention: timedelta, ledger: timedelta) -> None:
        """Forget what is older: sent and failed deliveries, pulls, kept results; the ledger, and
        with it paused deliveries. Of askings and remarks a day is kept.
        """
        ...

    async def backup(self, path: str) -> None:
        """Write a consistent copy of the live database to a new file."""
        ...

    async def check(self) -> list[str]:
        """What is wrong with the database, in words; empty where it is sound."""
        ...


class Store(Protocol):
    """All that an engine offers."""

    papers: PaperStore
    pulls: PullLog
    subscriptions: SubscriptionStore
    alerts: AlertStore
    vectors: VectorStore
    completions: Completions
    reading: ReadingList
    places: PlaceStore
    people: People
    deliveries: DeliveryLog
    leases: LeaseStore
    gate: Gate
    validators: ValidatorStore
    keeper: Keeper

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
        ...


class Health(Protocol):
    """What the processes that share a store have noticed."""

    async def remarks(self, platform: str = "") -> list[str]:
        """What whoever runs Paperboy should know, in sentences without their full stops: of one
        platform, or of all.
        """
        ...


class Courier(Protocol):
    """Brings a single message to a channel, past any edition."""

    async def prove(self, channel: Channel, message: Message, key: str) -> None:
        """Send the message now, past the outbox: proves that the channel is open.

        Raises DeliveryError.
        """
        ...

    async def post(self, channel: Channel, message: Message, key: str) -> None:
        """Put the message in the outbox; a known key is left as it is."""
        ...


class Editor(Protocol):
    """Makes editions. Nothing here changes what a channel is owed, but `post_now`."""

    async def preview(self, subscription: Subscription, at: datetime) -> tuple[Edition, Message]:
        """The edition that would be made at `at`, and how it reads; nothing is kept."""
        ...

    async def outlook(
        self, subscription: Subscription, at: datetime
    ) -> list[tuple[date, int, int]]:
        """What last week would have brought: (listing day, shown, passing) for each of the last
        seven listing days with papers of its sources, oldest first.
        """
        ...

    async def post_now(self, subscription: Subscription, at: datetime) -> Edition | None:
        """Make the edition of today at once; None where today's is out already or none is due."""
        ...


class Librarian(Protocol):
    """Fetches what the store lacks."""

    async def look_up(self, paper_id: str, at: datetime) -> ListedPaper | None:
        """One paper by its id, from the store, else from arXiv, kept from then on.

        None where arXiv does not know it. Raises SourceError where it can't be asked.
        """
        ...

    async def want_archives(self, names: Collection[str], at: datetime) -> list[str]:
        """Pull these archives from now on, their last 7 days soon; returns the new ones."""
        ...
