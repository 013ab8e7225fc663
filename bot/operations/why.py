"""Why did this channel get what it got on that day? Read from the rows, told step by step."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.app import open_app
from bot.commands.telling import tell_form, tell_hours
from bot.due import needed_sources
from bot.errors import QueryError
from bot.messages import Line, Message, line, quiet, strong
from bot.models import (
    Delivery,
    DeliveryState,
    Edition,
    EditionKind,
    Subscription,
    SubscriptionState,
)
from bot.operations.arguments import channel_called, read_day
from bot.ports import Store
from bot.queries import parse_query, sources_of
from bot.query_words import tell_filter
from bot.schedules import local_day, moment_of
from bot.settings import Settings
from bot.wording import capital, count_of, local_moment, short_day, since_when, source_title

EDITIONS_BACK = 1000  # more than two years of days: longer than the ledger is kept


async def explain(settings: Settings, channel: str, day: str) -> None:
    """Say why a channel got what it got. Raises UserError for a wrong channel or date."""
    wanted = read_day("DATE", day)
    async with open_app(settings) as app:
        app.show(await why(app.store, channel, wanted, app.clock()))


async def why(store: Store, wanted: str, day: date | None, now: datetime) -> Message:
    """What each subscription of a channel got on a local day (None: today), and why.

    `wanted` is a channel's key, id or name. Raises UserError where no channel is called so.
    """
    found = channel_called(await store.subscriptions.every(), wanted)
    lines: list[Line] = []
    for subscription in found:
        lines += await _explain(store, subscription, day, now)
    return Message(
        title=f"Why: {found[0].channel.name or found[0].channel.key}", lines=tuple(lines)
    )


async def _explain(
    store: Store, subscription: Subscription, day: date | None, now: datetime
) -> list[Line]:
    wanted = day or local_day(now, subscription.zone)
    editions = await store.subscriptions.editions(subscription.id, EDITIONS_BACK)
    edition = next((e for e in editions if e.local_day == wanted), None)
    settings = (
        f" {capital(tell_filter(subscription.filter))}, {tell_hours(subscription)}, "
        f"{tell_form(subscription)}; {subscription.state} now."
    )
    lines = [
        line(strong(f"#{subscription.id}"), settings),
        line(f"Due: {_due(subscription, wanted)}"),
    ]
    if edition is None:
        lines.append(line(_no_edition(subscription, wanted, now, _next_made(editions, wanted))))
    else:
        lines += _edition(subscription, edition)
        sent = await store.deliveries.of_edition(subscription.id, wanted)
        lines += [line(_delivery(delivery, subscription.zone)) for delivery in sent]
        if edition.kind is not EditionKind.SILENT and not sent:
            lines.append(line("Delivery: its rows were forgotten since (RETENTION_DAYS)."))
    return lines + await _sources(store, subscription, wanted)


def _due(subscription: Subscription, day: date) -> str:
    if day.weekday() not in subscription.weekdays:
        return f"not on {short_day(day)}: {day:%A} is none of its days."
    moment = moment_of(day, subscription.hour, subscription.zone)
    return f"{local_moment(moment, subscription.zone)} ({moment:%H:%M} UTC)."


def _next_made(editions: list[Edition], day: date) -> Edition | None:
    """The first edition after a day; `editions` are the newest first."""
    return next((e for e in reversed(editions) if e.local_day > day), None)


def _no_edition(subscription: Subscription, day: date, now: datetime, later: Edition | None) -> str:
    """The likeliest reason first: what the rows say of a day without an edition."""
    zone, hour = subscription.zone, moment_of(day, subscription.hour, subscription.zone)
    next_one = f"The next is due {local_moment(subscription.next_due_at, zone)}."
    if hour < subscription.created_at:
        subscribed = local_moment(subscription.created_at, zone)
        return f"No edition: it was subscribed after that, {subscribed}. {next_one}"
    paused = subscription.paused_at if subscription.state is SubscriptionState.PAUSED else None
    if paused and hour >= paused:
        reason = subscription.pause_reason or "no reason kept"
        return f"No edition: paused since {local_moment(paused, zone)} ({reason})."
    if day.weekday() not in subscription.weekdays:
        return f"No edition: not one of its days. {next_one}"
    if hour > now:
        return f"No edition yet. {next_one}"
    if subscription.next_due_at <= now:
        return (
            "No edition yet: it is due and not made. It waits for a source (below) for at most 90 "
            "minutes, or no Paperboy is running: see paperboy doctor."
        )
    return f"No edition: {_missed(later, zone)} {next_one}"


def _missed(later: Edition | None, zone: str) -> str:
    """A day that has passed without one: what came instead."""
    why_not = "Paperboy was not running at that hour, or it was paused, or other days were set."
    if later is None:
        return f"{why_not} What was missed comes with the next."
    kind = "one edition for the whole time away" if later.kind is EditionKind.AWAY else "next one"
    return f"{why_not} What was missed came with the {kind}, {local_moment(later.made_at, zone)}."


_KINDS = {
    EditionKind.AWAY: "the one after an absence",
    EditionKind.SILENT: "nothing was to be said",
}


def _edition(subscription: Subscription, edition: Edition) -> list[Line]:
    zone = subscription.zone
    late = (edition.made_at - edition.due_at) // timedelta(minutes=1)
    about = [_KINDS[edition.kind]] if edition.kind in _KINDS else []
    about += [_lateness(late)] if late > 1 else []
    told = f" ({', '.join(about)})" if about else ""
    counts = (
        f"{count_of(edition.candidates, 'paper')} listed, {edition.due} of them due after the "
        f"filter and what was shown before, {edition.shown} shown."
    )
    return [
        line(f"Edition: made {local_moment(edition.made_at, zone)}{told}."),
        line(f"Window: {since_when(edition.window_from, edition.made_at, zone)}; {counts}"),
        *([line(f"It said: {edition.note}")] if edition.note else []),
        *(line(f"Trouble in the window: {_trouble(state)}.") for state in edition.states),
    ]


def _lateness(minutes: int) -> str:
    return f"{minutes} minutes late" if minutes < 120 else f"{minutes // 60} hours late"


def _trouble(state: str) -> str:
    """`huggingface 2026-11-23 broken` as `Hugging Face was broken for Mon 23 Nov`."""
    source, day, name = state.split(" ", 2)
    return f"{source_title(source)} was {name} for {short_day(date.fromisoformat(day))}"


_STATES = {
    DeliveryState.WAITING: "waits to be sent",
    DeliveryState.SENDING: "is being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "given up",
    DeliveryState.PAUSED: "paused with its channel",
}


def _delivery(delivery: Delivery, zone: str) -> str:
    at = f" {local_moment(delivery.sent_at, zone)}" if delivery.sent_at else ""
    tries = f" after {count_of(delivery.tries, 'try', 'tries')}" if delivery.tries > 1 else ""
    told = f"Delivery: part {delivery.part + 1} of {delivery.parts} {_STATES[delivery.state]}"
    answer = f"; the platform answered {delivery.reference}" if delivery.reference else ""
    problem = f"; the last problem: {delivery.error}" if delivery.error else ""
    return f"{told}{at}{tries}{answer}{problem}."


async def _sources(store: Store, subscription: Subscription, day: date) -> list[Line]:
    """How the sources that the filter needs stand for that day and the one before."""
    try:
        sources = needed_sources(sources_of(parse_query(subscription.filter)))
    except QueryError as error:
        return [line(f"Its filter can't be read: {error}.")]
    lines = []
    for source in sorted(sources):
        days = await store.pulls.days(source, day - timedelta(days=1), day)
        told = [f"{short_day(d.day)} {d.state}, {count_of(d.papers, 'paper')}" for d in days]
        states = "; ".join(told) or "never asked for these days"
        lines.append(line(quiet(f"{source_title(source)}: {states}.")))
    return lines
