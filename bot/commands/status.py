"""`status`: is it broken, or a weekend? This channel first, then the whole."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.desk import Desk
from bot.commands.standing import latest_pulls, reaches
from bot.commands.telling import ADOPT, tell_hours, tell_moment, tell_share, tell_state
from bot.commands.verbs import Values
from bot.messages import Button, Invocation, Line, Message, line, quiet, strong
from bot.models import DeliveryState, Edition, Subscription
from bot.query_words import tell_filter
from bot.wording import capital, count_of

_FAILURES = 5  # the latest that were given up: enough to see what is wrong
_OPEN = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.PAUSED)


async def status(desk: Desk, invocation: Invocation, values: Values) -> Message:  # noqa: ARG001
    """This channel's last and next editions, the sources, what failed; then the whole."""
    zone = desk.zone_of(invocation)
    there = await desk.store.subscriptions.of_channel(invocation.channel)
    lines: list[Line] = []
    for subscription in there:
        lines += await _subscription(desk, subscription)
    if not there:
        lines.append(line("Nothing is subscribed in this channel."))
    lines += await _failed(desk, invocation, zone)
    lines += await _remarks(desk, invocation)
    lines += [line(strong("Sources")), *await latest_pulls(desk, there[0].zone if there else zone)]
    buttons = () if there else (Button("Subscribe", "subscribe"),)
    return Message(title="Status", lines=tuple(lines), notes=await _whole(desk), buttons=buttons)


async def _subscription(desk: Desk, subscription: Subscription) -> list[Line]:
    what = f" {capital(tell_filter(subscription.filter))}, {tell_hours(subscription)}"
    editions = await desk.store.subscriptions.editions(subscription.id, 1)
    last = _tell_edition(editions[0], subscription.zone) if editions else "none yet"
    return [
        line(strong(f"#{subscription.id}"), what),
        line(f"Last edition: {last}"),
        line(capital(tell_state(subscription))),
        *(() if subscription.contact.id else (line(f"Nobody looks after it: {ADOPT}."),)),
    ]


def _tell_edition(edition: Edition, zone: str) -> str:
    """`Mon 23 Nov, 09:00 Europe/Berlin, 10 of 31 papers`."""
    told = f"{tell_moment(edition.made_at, zone)}, {tell_share(edition.shown, edition.due)}"
    return f"{told}: {edition.note}" if edition.note and not edition.shown else told


async def _failed(desk: Desk, invocation: Invocation, zone: str) -> list[Line]:
    failures = await desk.store.deliveries.failures(invocation.channel, _FAILURES)
    return [
        line(
            f"Not delivered: a message of {tell_moment(failed.created_at, zone)}, "
            f"given up after {count_of(failed.tries, 'try', 'tries')}"
            + (f": {failed.error}" if failed.error else "")
        )
        for failed in failures
    ]


async def _remarks(desk: Desk, invocation: Invocation) -> list[Line]:
    """What is to be looked into: on this platform, for whoever runs Paperboy on all of them."""
    platform = "" if invocation.runs_it else invocation.channel.platform
    noticed = await desk.health.remarks(platform) if desk.health else []
    return [line(strong("To be looked into: "), f"{text}.") for text in noticed]


async def _whole(desk: Desk) -> tuple[Line, ...]:
    kept = f"{count_of(await desk.store.papers.count(), 'paper')} kept"
    reach = await reaches(desk)
    counts = await desk.store.deliveries.counts()
    waiting = sum(counts.get(state, 0) for state in _OPEN)
    deliveries = f"{count_of(waiting, 'message')} waiting to be sent" if waiting else "all is sent"
    if failed := counts.get(DeliveryState.FAILED, 0):
        deliveries += f", {failed} given up"
    archive = f"{kept}; search reaches {reach}" if reach else f"{kept}; the archive is filling"
    told = (archive, capital(deliveries), _tell_alerts(await desk.store.alerts.counts()))
    return tuple(line(quiet(f"{text}.")) for text in told if text)


def _tell_alerts(counts: Mapping[str, int]) -> str:
    """`12 alerts in all, 3 of them without a necessary word; 40 catches to be brought`."""
    active, unkeyed = counts.get("active", 0), counts.get("unkeyed", 0)
    if not active:
        return ""
    slow = f", {unkeyed:,} of them without a necessary word" if unkeyed else ""
    waiting = counts.get("waiting", 0)
    waits = f"; {count_of(waiting, 'catch', 'catches')} to be brought" if waiting else ""
    return f"{count_of(active, 'alert')} in all{slow}{waits}"
