"""Which of a channel's subscriptions an asking is about."""

from __future__ import annotations

from bot.commands.desk import Desk
from bot.commands.settling import is_twin
from bot.commands.telling import subscription_lines
from bot.commands.verbs import Values
from bot.errors import UserError
from bot.messages import Button, Invocation, Message, line
from bot.models import Subscription, SubscriptionState


async def choose(
    desk: Desk, invocation: Invocation, values: Values, *, removed: bool = False
) -> Subscription | Message:
    """The subscription that was named, or the only one of the channel; a question where there
    are several.

    `removed`: one that was removed may be named too. Raises UserError where there is none.
    """
    number = values.get("subscription")
    if number is not None:
        return await _named(desk, invocation, number, removed=removed)
    there = await desk.store.subscriptions.of_channel(invocation.channel)
    if not there:
        raise UserError("nothing is subscribed in this channel yet; begin with: /papers subscribe")
    if len(there) == 1:
        return there[0]
    return _question(invocation, there)


async def find_twin(desk: Desk, wanted: Subscription) -> Subscription | None:
    """Another subscription of the channel that brings the same at the same hour."""
    there = await desk.store.subscriptions.of_channel(wanted.channel)
    return next((s for s in there if s.id != wanted.id and is_twin(s, wanted)), None)


async def refuse_twin(desk: Desk, wanted: Subscription) -> None:
    """Raise UserError where another subscription of the channel brings exactly this."""
    if twin := await find_twin(desk, wanted):
        raise UserError(f"#{twin.id} brings exactly that already; nothing was changed")


async def _named(desk: Desk, invocation: Invocation, number: int, *, removed: bool) -> Subscription:
    found = await desk.store.subscriptions.subscription(number)
    # A number is easily guessed: another channel's subscription is as good as none.
    if found is None or found.channel.key != invocation.channel.key:
        raise UserError(
            f"there is no subscription #{number} in this channel; see: /papers subscriptions list"
        )
    if found.state is SubscriptionState.REMOVED and not removed:
        back = f"/papers subscriptions resume {number}"
        raise UserError(f"#{number} is removed; bring it back with: {back}")
    return found


def _question(invocation: Invocation, there: list[Subscription]) -> Message:
    """All of them, each with a button that asks the same again for it."""
    buttons = tuple(
        Button(f"#{s.id}", invocation.verb, {**invocation.args, "subscription": str(s.id)})
        for s in there
    )
    lines = tuple(told for s in there for told in subscription_lines(s))
    ask = line(f"Which one? Press its number, or type it: /papers {invocation.verb} {there[0].id}")
    return Message(
        title="This channel has several subscriptions", lines=(ask, *lines), buttons=buttons
    )
