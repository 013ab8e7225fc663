"""`subscribe`: settle what is wanted, prove the channel, keep it, and say what will come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.commands import defaults
from bot.commands.choosing import find_twin
from bot.commands.desk import Desk
from bot.commands.settling import archives_wanted, rescheduled, with_settings
from bot.commands.telling import (
    subscription_lines,
    tell_form,
    tell_hours,
    tell_moment_in_full,
    tell_share,
)
from bot.commands.verbs import Values
from bot.commands.zones import is_zone
from bot.errors import (
    ChannelGoneError,
    CredentialsError,
    DeliveryError,
    TemporaryDeliveryError,
    UserError,
)
from bot.messages import Button, Invocation, Line, Message, code, line, quiet, strong
from bot.models import DIRECT, Subscription, SubscriptionState
from bot.queries import parse_standing, sources_of
from bot.query_words import tell_filter
from bot.wording import capital, listing


async def subscribe(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Bring the papers to this channel.

    Nothing is kept unless one line in the channel proved that Paperboy may post there; raises
    UserError with the mend where it may not.
    """
    if "zone" not in values and await _is_zone_open(desk, invocation):
        return _ask_zone(invocation)
    now = desk.clock()
    wanted = await _draft(desk, invocation, values, now)
    if twin := await find_twin(desk, wanted):
        return _exists(twin)
    await _prove(desk, invocation, wanted)
    new_archives = await desk.librarian.want_archives(archives_wanted(wanted), now)
    subscription = await desk.store.subscriptions.insert(wanted)
    outlook = await desk.editor.outlook(subscription, now)
    return _card(subscription, outlook, new_archives)


async def _is_zone_open(desk: Desk, invocation: Invocation) -> bool:
    """Whether nothing tells the zone of a shared place: it is asked once, the first time."""
    channel = invocation.channel
    if is_zone(invocation.zone) or not invocation.zones or channel.is_direct:
        return False
    return not await desk.store.subscriptions.of_workspace(channel.platform, channel.workspace)


def _ask_zone(invocation: Invocation) -> Message:
    buttons = tuple(
        Button(zone, "subscribe", {**invocation.args, "zone": zone}) for zone in invocation.zones
    )
    ask = "Which time zone do people here live in? Their digest comes at 09:00 there."
    other = line("Another one goes with the verb: ", code("/papers subscribe zone:Europe/Berlin"))
    return Message(title="One question first", lines=(line(ask), other), buttons=buttons)


async def _draft(desk: Desk, invocation: Invocation, values: Values, now: datetime) -> Subscription:
    """The subscription that was asked for, with defaults for what was left open."""
    zone = values.get("zone") or await likely_zone(desk, invocation)
    query = parse_standing(values.get("filter", defaults.FILTER))
    draft = Subscription(
        id=0,
        channel=invocation.channel,
        hour=defaults.HOUR,
        zone=zone,
        weekdays=defaults.WEEKDAYS,
        filter=defaults.FILTER,
        size=defaults.edition_size(query),
        ranking=defaults.RANKING,
        layout=defaults.LAYOUT,
        tell_empty=defaults.TELL_EMPTY,
        contact=invocation.user,
        state=SubscriptionState.ACTIVE,
        next_due_at=now,
        created_at=now,
        due_from=await _first_day(desk, sources_of(query)),
    )
    return rescheduled(with_settings(draft, values), now, last_day=None)


async def _first_day(desk: Desk, sources: frozenset[str]) -> date | None:
    """The latest listing day with papers, of the source whose is the oldest: on a Saturday the
    few picks of the day must not hide what arXiv announced on Friday.
    """
    newest = [await desk.store.papers.newest_day({source}) for source in sorted(sources)]
    return min((day for day in newest if day is not None), default=None)


async def likely_zone(desk: Desk, invocation: Invocation) -> str:
    """The asker's zone, else that of the workspace's newest subscription, else the default."""
    if is_zone(invocation.zone):
        return invocation.zone
    channel = invocation.channel
    if channel.workspace == DIRECT:  # no place that people share
        return desk.zone_of(invocation)
    known = await desk.store.subscriptions.of_workspace(channel.platform, channel.workspace)
    return known[-1].zone if known else desk.zone_of(invocation)


def _exists(twin: Subscription) -> Message:
    return Message(
        title="This channel has that subscription already",
        lines=subscription_lines(twin),
        buttons=_buttons(twin, ("Change", "subscriptions change")),
    )


async def _prove(desk: Desk, invocation: Invocation, wanted: Subscription) -> None:
    """One line in the channel, at once: better refused now than silent tomorrow at nine."""
    text = f"{capital(tell_filter(wanted.filter))} will come here, {tell_hours(wanted)}."
    message = Message(lines=(line(text),), silent=True)
    try:
        await desk.courier.prove(invocation.channel, message, f"prove:{invocation.key}")
    except DeliveryError as error:
        raise UserError(f"{_mend(error)} Nothing was subscribed.") from error


def _mend(error: DeliveryError) -> str:
    match error:
        case ChannelGoneError():
            return (
                "Paperboy may not post in this channel: invite it here and let it send messages, "
                "then subscribe again."
            )
        case CredentialsError():
            return (
                "The platform refuses Paperboy's token: whoever runs Paperboy must renew it, "
                "then subscribe again."
            )
        case TemporaryDeliveryError(retry_after=wait) if wait is not None:
            seconds = max(1, round(wait.total_seconds()))
            return f"This channel can't be reached just now: try again in {seconds} seconds."
        case _:
            return "This channel can't be reached just now: try again in a minute."


def _card(
    subscription: Subscription,
    outlook: Sequence[tuple[date, int, int]],
    new_archives: Sequence[str],
) -> Message:
    following = tell_moment_in_full(subscription.next_due_at, subscription.zone)
    what = f" {capital(tell_filter(subscription.filter))}: {tell_form(subscription)}."
    lines: list[Line] = [
        line(strong(f"#{subscription.id}"), what),
        line(_tell_outlook(outlook)),
        line("The next digest comes ", strong(following), "."),
    ]
    if new_archives:
        names = listing(sorted(new_archives))
        lines.append(line(f"The last 7 days of arXiv's {names} are on their way."))
    return Message(
        title=f"Subscribed: {tell_hours(subscription)}",
        lines=tuple(lines),
        notes=() if subscription.tell_empty else (line(quiet("Days without papers stay silent.")),),
        buttons=_buttons(
            subscription,
            ("Post the latest now", "subscriptions now"),
            ("Change", "subscriptions change"),
            ("Undo", "subscriptions remove"),
        ),
    )


def _tell_outlook(outlook: Sequence[tuple[date, int, int]]) -> str:
    if not outlook:
        return "None of the papers of the last listing days would have come."
    if len(outlook) == 1:
        [(_, shown, passing)] = outlook
        return f"The last listing day would have brought {tell_share(shown, passing)}."
    counts = ((shown, f" of {passing}" if shown < passing else "") for _, shown, passing in outlook)
    days = listing([f"{shown}{whole}" for shown, whole in counts])
    return f"The last listing days would have brought {days} papers."


def _buttons(subscription: Subscription, *labelled: tuple[str, str]) -> tuple[Button, ...]:
    args = {"subscription": str(subscription.id)}
    return tuple(Button(label, verb, args) for label, verb in labelled)
