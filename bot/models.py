"""What Paperboy knows: papers, who saw them where, and who wants them. Plain values, no I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

HUGGINGFACE = "huggingface"
ARXIV = "arxiv"
SAMPLE = "sample"
DIRECT = "@"  # the workspace of a direct message: the channel's id is then the person's


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, whatever its versions, cross-lists and sources (DESIGN §2).

    `id` is the arXiv id without its version (`2405.21060`, `astro-ph/0601001`); other sources
    prefix theirs. `title` and `abstract` are normalised for reading, `raw_title` and
    `raw_abstract` are as the source gave them. `version` is the highest version seen, 0 where no
    source named one. `categories` start with the primary one. `authors` leaves out
    `hidden_authors`. An empty value or None means "not known", never "known to be empty".
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    hidden_authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    organisation: str = ""
    summary: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 0
    comment: str = ""
    code_url: str = ""
    code_stars: int | None = None
    project_url: str = ""
    thumbnail_url: str = ""
    raw_title: str = ""
    raw_abstract: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One source listed one paper on one day, with what that source alone knows.

    `day` is the source's own listing day, not the day we looked. `estimated` marks a day worked
    out from the submission time (arXiv's query API names none); it gives way to an announced one.
    """

    paper_id: str
    source: str
    day: date
    upvotes: int | None = None
    comments: int | None = None
    announce_type: str = ""
    estimated: bool = False


class PullState(StrEnum):
    """How a pull, or one listing day of a source, ended (DESIGN §2), best first."""

    NEW = "new"
    QUIET = "quiet"
    HOLIDAY = "holiday"
    STALE = "stale"
    PARTIAL = "partial"
    BROKEN = "broken"


SEVERITY: Mapping[PullState, int] = {state: place for place, state in enumerate(PullState)}


@dataclass(frozen=True, slots=True)
class Batch:
    """What one fetch brought, before the store has seen it.

    `days` maps each listing day that was answered to its state as far as the answer alone tells
    (NEW when it listed anything, QUIET when empty but no wonder, HOLIDAY, STALE, PARTIAL, BROKEN).
    `malformed` counts entries that were dropped; `problems` says in words what was lost.
    `validators` maps a URL to its (ETag, Last-Modified), to be kept only once the batch is stored.
    """

    source: str
    since: date
    until: date
    papers: tuple[Paper, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    days: Mapping[date, PullState] = field(default_factory=dict)
    entries: int = 0
    malformed: int = 0
    problems: tuple[str, ...] = ()
    validators: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What storing a batch changed: ids of papers never seen before, and counts."""

    new_ids: tuple[str, ...] = ()
    updated: int = 0
    unchanged: int = 0
    new_sightings: int = 0


@dataclass(frozen=True, slots=True)
class Pull:
    """The record of one pull of one source, as kept in the store."""

    source: str
    since: date
    until: date
    started_at: datetime
    finished_at: datetime
    state: PullState
    entries: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    malformed: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SourceDay:
    """One listing day of one source, as its latest pull left it.

    `complete_at` is when the day was last pulled without loss, None where it never was.
    """

    source: str
    day: date
    state: PullState
    papers: int
    checked_at: datetime
    complete_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """A paper as the store gives it: with its sightings summed up.

    `first_day` and `last_day` are its first and latest listing day over all sources; None for a
    paper that was only fetched, never listed. `upvotes` and `comments` are the newest figures.
    """

    paper: Paper
    upvotes: int | None = None
    comments: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    sources: tuple[str, ...] = ()


class TextField(StrEnum):
    """The text fields of a paper, named as the query language names them; ANY is each of them."""

    ANY = ""
    TITLE = "title"
    ABSTRACT = "abstract"
    AUTHOR = "author"
    KEYWORD = "keyword"
    ORGANISATION = "org"


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or several in order (`GPT-4o`, a phrase); `quoted` keeps its stop words.

    It is met where one field (or the named one) holds its tokens in order. They are stemmed, but
    for names (AUTHOR, ORGANISATION) and for a `prefix`, whose last token may go on.
    """

    text: str
    quoted: bool = False
    field: TextField = TextField.ANY
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """A category (`cs.LG`), or a whole archive (`cs`)."""

    name: str


@dataclass(frozen=True, slots=True)
class ListedBy:
    """A listing by a source."""

    source: str


@dataclass(frozen=True, slots=True)
class Upvotes:
    """At least `low` and at most `high` upvotes; None is no bound. False where none are known."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class FirstListed:
    """First listed from `since` to `until`, both included; None is no bound."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Lately:
    """First listed in the last `days`, that of asking included: `date:7d`.

    `bot.queries.resolve` makes a FirstListed of it.
    """

    days: int


@dataclass(frozen=True, slots=True)
class HasCode:
    """A paper with a link to its code."""


@dataclass(frozen=True, slots=True)
class Like:
    """A paper close in sense to the named one (by their vectors), itself left out.

    False where either has no vector.
    """

    paper_id: str
    loose: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of its parts. Without parts it is met by every paper."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of its parts."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever its part is not met by."""

    part: Node


Leaf = Word | Category | ListedBy | Upvotes | FirstListed | Lately | HasCode | Like
Node = Leaf | And | Or | Not


class Sort(StrEnum):
    """The order of a search."""

    RELEVANCE = "relevance"
    NEW = "new"
    UPVOTES = "upvotes"


@dataclass(frozen=True, slots=True)
class Query:
    """A query as a tree; `sort` orders a search and means nothing to a filter or an alert.

    `text` is what was typed, where it is known: the small words that the tree leaves out tell a
    model what is meant. It makes no other query.
    """

    tree: And = And()
    sort: Sort = Sort.RELEVANCE
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a ranked search of the text found, best first.

    `scores` belong to `ids`, the larger the better; only their differences mean anything. `strict`
    counts the papers that meet the query strictly (counted no further than asked for); where they
    were fewer than ten, `ids` goes on with papers that match in part. `corrected` maps words that
    no paper holds to the near ones that were searched instead.
    """

    ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    strict_ids: frozenset[str] = frozenset()
    strict: int = 0
    corrected: Mapping[str, str] = field(default_factory=dict)


Runs = tuple[tuple[str, bool], ...]  # a text in runs, each with whether it is marked


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Where a paper matched: its title, and a passage of its abstract, the words marked."""

    title: Runs
    passage: Runs


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the full-text index sees it: its tokens in order, plain and stemmed, side by side.

    Both have the same length.
    """

    plain: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A place where Paperboy posts. `workspace` is the server or workspace it belongs to."""

    platform: str
    workspace: str
    id: str
    name: str = ""

    @property
    def key(self) -> str:
        """The one string that names this channel in the store, in logs and on the command line."""
        return f"{self.platform}:{self.workspace}:{self.id}"

    @property
    def is_direct(self) -> bool:
        """Whether it is a person's direct messages."""
        return self.workspace == DIRECT


@dataclass(frozen=True, slots=True)
class User:
    """A person as their platform knows them.

    Where a platform's people are known within a workspace only, their ids begin with its id and a
    slash (`T1/U1`): when it removes Paperboy, what was theirs is paused with it.
    """

    platform: str
    id: str
    name: str = ""

    @property
    def mark(self) -> str:
        """What tells this person's rows from everybody's, and names nobody: 16 hex digits."""
        known = f"{self.platform}\0{self.id}".encode("utf-8", "replace")
        return hashlib.sha256(known).hexdigest()[:16]


class Ranking(StrEnum):
    """What comes first in an edition."""

    UPVOTES = "upvotes"
    NEWEST = "newest"


class Layout(StrEnum):
    """How an edition looks: one block a paper, or one card a paper, or a thread of cards."""

    COMPACT = "compact"
    FULL = "full"
    THREAD = "thread"


class SubscriptionState(StrEnum):
    """`removed` keeps the row, so that what was shown there stays explained."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one channel wants, and how far it has come.

    Settings: `hour` (local wall clock) in `zone` (IANA name) on `weekdays` (0 = Monday), `filter`
    (the text of a query, "" for the Hugging Face picks), `size` (papers an edition), `ranking`,
    `layout`, `tell_empty` (a line on holiday, stale and broken days). It belongs to the channel;
    `contact` is the last person who changed it.

    Progress: `next_due_at`; `covered_until`, the end of the last edition's window; `due_from`, the
    first listing day that counts here (None: settled by the first edition); `away_since`, the
    first hour that was missed; `empty_streak`, editions in a row that the filter left empty;
    `told`, the state that the channel was last told of ("" for none).
    """

    id: int
    channel: Channel
    hour: time
    zone: str
    weekdays: frozenset[int]
    filter: str
    size: int
    ranking: Ranking
    layout: Layout
    tell_empty: bool
    contact: User
    state: SubscriptionState
    next_due_at: datetime
    created_at: datetime
    pause_reason: str = ""
    paused_at: datetime | None = None
    covered_until: datetime | None = None
    due_from: date | None = None
    away_since: datetime | None = None
    empty_streak: int = 0
    told: str = ""


class EditionKind(StrEnum):
    """`away`: the one edition after an absence; `silent`: made, and nothing was to be said."""

    REGULAR = "regular"
    AWAY = "away"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Edition:
    """What one subscription gets at one of its hours.

    `candidates` counts the papers its sources listed in the window, `due` those that also passed
    the filter and were not shown there yet, `shown` those in it. `paper_ids` are the shown, in
    order. `note` says why it holds nothing or what was lost; `states` are the states of the
    listing days in its window that were no plain new or quiet, as `source day state`.
    """

    subscription_id: int
    local_day: date
    kind: EditionKind
    due_at: datetime
    made_at: datetime
    window_from: datetime | None
    window_until: datetime
    candidates: int
    due: int
    paper_ids: tuple[str, ...]
    heading: str = ""
    note: str = ""
    states: tuple[str, ...] = ()

    @property
    def shown(self) -> int:
        """How many papers it holds."""
        return len(self.paper_ids)


class DeliveryState(StrEnum):
    """Where a delivery stands (DESIGN §3)."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Payload:
    """One platform message, ready to send.

    `body` is JSON text in the platform's own form, `plain` the same message as plain text for a
    platform that refuses the form. `paper_ids` are the papers in it.
    """

    body: str
    plain: str
    paper_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One platform message on its way: a row of the outbox.

    `key` is unique (`edition:<id>:<part>`). `reference` is what the platform answered. `reply_to`
    is the reference of the part it answers to, "" for none. `tries` counts its claims, `put_off`
    those of them that the platform itself put off: they are no failed tries.
    """

    id: int
    key: str
    channel: Channel
    payload: Payload
    state: DeliveryState
    tries: int
    created_at: datetime
    not_before: datetime
    put_off: int = 0
    part: int = 0
    parts: int = 1
    edition_id: int | None = None
    subscription_id: int | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    reference: str = ""
    reply_to: str = ""
    error: str = ""


class AlertState(StrEnum):
    """`removed` keeps the row, so that what it caught stays explained."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


class Cadence(StrEnum):
    """When a hit is brought: with the person's daily bundle, or at once (by day)."""

    DAILY = "daily"
    AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Alert:
    """A query that one person wants to hear of. `query` is its text as `print_query` writes it."""

    id: int
    user: User
    query: str
    cadence: Cadence
    state: AlertState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """A person whom alerts are brought, and when.

    Their daily bundle comes at `hour` (local wall clock) in `zone` (IANA name) on `weekdays`
    (0 = Monday) and holds at most `cap` papers. `muted_until`: nothing is brought before then.
    `closed` says why direct messages can't reach them, "" where they do.
    """

    user: User
    zone: str
    hour: time = time(9)
    weekdays: frozenset[int] = frozenset(range(5))
    cap: int = 10
    muted_until: datetime | None = None
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that met alerts of a person, for the first time at `seen_at`.

    A person has at most one hit a paper, whatever happens. `due_at` is when it is to be brought;
    `bundle` is the bundle it was frozen into, None where it still waits.
    """

    user: User
    paper_id: str
    alert_ids: tuple[int, ...]
    seen_at: datetime
    due_at: datetime
    bundle: int | None = None


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """A paper on a person's reading list."""

    paper_id: str
    saved_at: datetime
    note: str = ""
