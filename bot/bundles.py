"""When and how a person is told of what their alerts caught. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.messages import Button, Line, Message, PaperCard, Span, Style, line, quiet
from bot.models import Alert, Cadence, Excerpt, Hit, ListedPaper, Reader, Runs
from bot.narrowing import Narrowing
from bot.schedules import local_day, next_due
from bot.wording import capital, count_of, day_span

# Local hours between which a paper is brought at once: nobody is to be woken by one.
BY_DAY_FROM = time(8)
BY_DAY_UNTIL = time(20)
_EVERY_DAY = frozenset(range(7))

_LONGEST_QUOTE = 60  # characters of an alert's query beside its number
_PAUSE_BUTTONS = 3  # of the alerts that caught most: a message has room for few


@dataclass(frozen=True, slots=True)
class Catch:
    """A paper of a bundle: the alerts that caught it, and where it holds their words."""

    listed: ListedPaper
    alerts: tuple[Alert, ...]
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """An alert that brings more than its share, and how it could bring less."""

    alert: Alert
    narrowings: tuple[Narrowing, ...]


def due_moment(reader: Reader, cadence: Cadence, at: datetime) -> datetime:
    """When a paper that was caught at `at` is to be brought.

    With the person's daily bundle: their next hour after `at`. At once: `at`, where it is day
    there, else the next 08:00. What is caught during a mute waits for the first hour of theirs
    from its end on, whatever its cadence, so that all of it comes as one bundle.
    """
    hours = (reader.hour, reader.zone, reader.weekdays)
    if reader.muted_until and at < reader.muted_until:
        return next_due(reader.muted_until - datetime.resolution, *hours)
    if cadence is Cadence.DAILY:
        return next_due(at, *hours)
    if BY_DAY_FROM <= at.astimezone(ZoneInfo(reader.zone)).time() < BY_DAY_UNTIL:
        return at
    return next_due(at, BY_DAY_FROM, reader.zone, _EVERY_DAY)


def best_first(catches: Sequence[Catch]) -> list[Catch]:
    """What more alerts caught, then by upvotes, then the newest."""

    def place(catch: Catch) -> tuple[int, int, int, str]:
        listed = catch.listed
        day = listed.last_day.toordinal() if listed.last_day else 0
        return len(catch.alerts), listed.upvotes or 0, day, listed.paper.id

    return sorted(catches, key=place, reverse=True)


def loudest(catches: Sequence[Catch], cap: int) -> Alert | None:
    """The alert that caught most of a bundle that is cut; None where nothing is cut."""
    return _by_catch(catches)[0] if len(catches) > cap and _by_catch(catches) else None


def muted_since(reader: Reader, hits: Sequence[Hit]) -> datetime | None:
    """When the first of these was caught, where they waited for the end of a mute."""
    first = min(hit.seen_at for hit in hits)
    return first if reader.muted_until and first < reader.muted_until else None


def compose_bundle(
    reader: Reader,
    catches: Sequence[Catch],
    now: datetime,
    since: datetime | None = None,
    advice: Advice | None = None,
) -> Message:
    """How a bundle reads: the first `cap` of the papers, which alerts caught them, the way to the
    rest and to less. `since`: they waited for the end of a mute since then.
    """
    shown, alerts = catches[: reader.cap], _by_catch(catches)
    more = len(catches) - len(shown)
    cards = tuple(catch_card(catch, number) for number, catch in enumerate(shown, 1))
    notes = (line(quiet(f"And {more:,} more: your alert inbox keeps them.")),) if more else ()
    return Message(
        title=_title(catches, reader, since, now),
        cards=cards,
        notes=notes,
        buttons=(
            *((Button(f"Show {more} more", "alert inbox"),) if more else ()),
            *(narrowing_buttons(advice.alert, advice.narrowings) if advice else ()),
            *(Button(f"Pause #{a.id}", "alert pause", _named(a)) for a in alerts[:_PAUSE_BUTTONS]),
            Button("My alerts", "alert list"),
        ),
    )


def catch_card(catch: Catch, number: int = 0) -> PaperCard:
    """A paper with the alerts that caught it, and their words marked."""
    found = catch.excerpt or Excerpt((), ())
    return PaperCard(
        catch.listed,
        number,
        why=capital(" · ".join(f"alert #{a.id} {quoted(a.query)}" for a in catch.alerts)),
        title=_marked(found.title),
        excerpt=_marked(found.passage),
        buttons=(Button("Save", "save", {"id": catch.listed.paper.id}),),
        dated=True,
    )


def narrowing_buttons(alert: Alert, narrowings: Sequence[Narrowing]) -> tuple[Button, ...]:
    """Buttons that narrow an alert at once, each with what it would have brought."""
    return tuple(
        Button(
            f"#{alert.id} {n.label}",
            "alert change",
            {**_named(alert), "query": n.query, "sure": "yes"},
        )
        for n in narrowings
    )


def quoted(query: str) -> str:
    """A query in quotation marks, shortened: `“state space model”`, also where it is a phrase."""
    inner = query[1:-1] if query[:1] == query[-1:] == '"' else ""
    text = inner if inner and '"' not in inner else query
    if len(text) > _LONGEST_QUOTE:
        text = f"{text[: _LONGEST_QUOTE - 1].rstrip()}…"
    return f"“{text}”"


def _title(catches: Sequence[Catch], reader: Reader, since: datetime | None, now: datetime) -> str:
    count = len(catches)
    cut = f"top {reader.cap} of {count:,}" if count > reader.cap else ""
    if since:
        span = day_span(local_day(since, reader.zone), local_day(now, reader.zone))
        return f"While your alerts were muted, {span}: {cut or count_of(count, 'paper')}"
    whose = "your alert" if len(_by_catch(catches)) == 1 else "your alerts"
    return (
        f"{capital(cut)} papers for {whose}" if cut else f"{count_of(count, 'paper')} for {whose}"
    )


def _by_catch(catches: Sequence[Catch]) -> list[Alert]:
    """The alerts of a bundle, that which caught most first."""
    counts = Counter(alert for catch in catches for alert in catch.alerts)
    return sorted(counts, key=lambda alert: (-counts[alert], alert.id))


def _named(alert: Alert) -> dict[str, str]:
    return {"alert": str(alert.id)}


def _marked(runs: Runs) -> Line:
    """The text with its marks; nothing where it has none, so that the card shows its own."""
    if not any(marked for _, marked in runs):
        return ()
    return tuple(Span(text, Style.MARK if marked else Style.PLAIN) for text, marked in runs)
