"""Why did this channel get what it got on that day? Read from the rows, told step by step."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.due import needed_sources
from bot.errors import UserError
from bot.messages import Line, Message, line, quiet, strong
from bot.models import Delivery, Edition, EditionKind, Subscription, SubscriptionState
from bot.ports import Store
from bot.queries import parse_query, sources_of
from bot.schedules import local_day, moment_of
from bot.wording import count_of, local_moment, short_day, since_when, source_title

EDITIONS_BACK = 400  # more than a year of days: what `why` can be asked about


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


def channel_called(subscriptions: list[Subscription], wanted: str) -> list[Subscription]:
    """The subscriptions of the channel with this key, id or name. Raises UserError."""
    plain = wanted.removeprefix("#")
    found = [
        s
        for s in subscriptions
        if plain in {s.channel.key, s.channel.id, s.channel.name.removeprefix("#")}
    ]
    if len({s.channel.key for s in found}) == 1:
        return found
    known = sorted({s.channel.key for s in found or subscriptions})
    if not known:
        raise UserError("no channel is subscribed yet")
    problem = "several channels are" if found else "no subscribed channel is"
    raise UserError(f"{problem} called {wanted}; there are {', '.join(known[:20])}")


async def _explain(
    store: Store, subscription: Subscription, day: date | None, now: datetime
) -> list[Line]:
    wanted = day or local_day(now, subscription.zone)
    editions = await store.subscriptions.editions(subscription.id, EDITIONS_BACK)
    edition = next((e for e in editions if e.local_day == wanted), None)
    lines = [
        line(strong(f"Subscription {subscription.id}"), f" · {_settings(subscription)}"),
        line(f"{short_day(wanted)}: {_due(subscription, wanted)}"),
    ]
    if edition is None:
        lines.append(line(_no_edition(subscription, wanted, now)))
    else:
        lines += _edition(subscription, edition)
        sent = await store.deliveries.of_edition(subscription.id, wanted)
        lines += [line(_delivery(delivery, subscription.zone)) for delivery in sent]
    return lines + await _sources(store, subscription, wanted)


def _settings(subscription: Subscription) -> str:
    days = ",".join("Mon Tue Wed Thu Fri Sat Sun".split()[n] for n in sorted(subscription.weekdays))
    what = subscription.filter or "Hugging Face picks"
    return (
        f"{days} {subscription.hour:%H:%M} {subscription.zone} · {what} · "
        f"top {subscription.size} by {subscription.ranking} · {subscription.state}"
    )


def _due(subscription: Subscription, day: date) -> str:
    if day.weekday() not in subscription.weekdays:
        return f"not due, {day:%A} is none of its days"
    moment = moment_of(day, subscription.hour, subscription.zone)
    return f"due {local_moment(moment, subscription.zone)} ({moment:%H:%M} UTC)"


def _no_edition(subscription: Subscription, day: date, now: datetime) -> str:
    """The likeliest reason first: what the rows say of a day without an edition."""
    zone, hour = subscription.zone, moment_of(day, subscription.hour, subscription.zone)
    next_one = f"the next edition is due {local_moment(subscription.next_due_at, zone)}"
    paused = subscription.state is SubscriptionState.PAUSED and subscription.paused_at
    if hour < subscription.created_at:
        return f"No edition: subscribed {local_moment(subscription.created_at, zone)}; {next_one}."
    if paused:
        reason = subscription.pause_reason or "no reason kept"
        return f"No edition: paused since {local_moment(paused, zone)} ({reason})."
    if day.weekday() not in subscription.weekdays:
        return f"No edition: not one of its days; {next_one}."
    if hour > now:
        return f"No edition yet: {next_one}."
    if subscription.next_due_at <= now:
        return (
            "No edition yet: it is due and not made. It waits for a source (below) for at most 90 "
            "minutes, or no Paperboy is running: see paperboy doctor."
        )
    return (
        "No edition: Paperboy was not running at that hour, or its row was forgotten since; "
        f"what was missed came with the edition after it; {next_one}."
    )


_KINDS = {
    EditionKind.AWAY: " (the one after an absence)",
    EditionKind.SILENT: " (nothing was said)",
}


def _edition(subscription: Subscription, edition: Edition) -> list[Line]:
    zone = subscription.zone
    late = (edition.made_at - edition.due_at) // timedelta(minutes=1)
    lateness = f", {late} minutes late" if late > 1 else ""
    made = f"Edition made {local_moment(edition.made_at, zone)}{lateness}"
    counts = (
        f"Window {since_when(edition.window_from, edition.made_at, zone)} · "
        f"{count_of(edition.candidates, 'candidate')} · {edition.due} due after the filter · "
        f"{edition.shown} shown"
    )
    return [
        line(made + _KINDS.get(edition.kind, "")),
        line(counts),
        *([line(f"Said: {edition.note}")] if edition.note else []),
        *(line(quiet(f"Source trouble in the window: {state}")) for state in edition.states),
    ]


def _delivery(delivery: Delivery, zone: str) -> str:
    part = f"Part {delivery.part + 1} of {delivery.parts}: {delivery.state}"
    tries = f" after {count_of(delivery.tries, 'try', 'tries')}" if delivery.tries > 1 else ""
    at = f" {local_moment(delivery.sent_at, zone)}" if delivery.sent_at else ""
    answer = f", the platform answered {delivery.reference}" if delivery.reference else ""
    return f"{part}{at}{tries}{answer}{f': {delivery.error}' if delivery.error else ''}"


async def _sources(store: Store, subscription: Subscription, day: date) -> list[Line]:
    lines = []
    for source in sorted(needed_sources(sources_of(parse_query(subscription.filter)))):
        days = await store.pulls.days(source, day - timedelta(days=1), day)
        told = [f"{short_day(d.day)} {d.state}, {count_of(d.papers, 'paper')}" for d in days]
        states = "; ".join(told) or "never asked for these days"
        lines.append(line(quiet(f"{source_title(source)}: {states}")))
    return lines
