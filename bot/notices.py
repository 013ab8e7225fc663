"""Who is told that a place is closed to Paperboy: its contact, else the owner of the workspace,
else the place itself, where that may be for a part of what is posted alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bot.departures import tell_of_departure, without_contact
from bot.messages import Message, line
from bot.models import DIRECT, Channel, Delivery, Subscription, User
from bot.ports import DeliveryLog, KnowsMembers, OwnedPlaces, Platform, SubscriptionStore

_KEY = "paused"
_ADOPT = (
    "Nobody looks after it now: say /papers subscriptions adopt there, and you are told from then "
    "on when something is wrong."
)


class Notices:
    """Puts notices in the outbox. What can't reach one goes on to the next."""

    def __init__(
        self,
        deliveries: DeliveryLog,
        subscriptions: SubscriptionStore,
        platforms: Mapping[str, Platform],
    ) -> None:
        self._deliveries = deliveries
        self._subscriptions = subscriptions
        self._platforms = platforms

    async def tell(self, subscription: Subscription, reason: str, now: datetime) -> None:
        """Tell that a subscription is paused, and why. Raises StoreError."""
        channel, subscription = subscription.channel, await self._without_who_left(subscription)
        message = Message(
            title=f"Paused: {channel.name or channel.id}",
            lines=(
                line(f"Paperboy can't post there any more: {reason}."),
                line(
                    "Nothing is lost: let it in again, then say /papers subscriptions resume "
                    "there, and one edition brings what was missed."
                ),
                *(() if subscription.contact.id else (line(_ADOPT),)),
            ),
            private=True,
        )
        [payload, *_] = self._platforms[channel.platform].pack(message)
        asked = await self._asked(subscription)
        key = f"{_KEY}:{subscription.id}:{now:%Y%m%dT%H%M%S%f}:0"
        await self._deliveries.enqueue(asked[0], key, [payload], now)

    async def go_on(self, delivery: Delivery, now: datetime) -> None:
        """Tell the next, where this notice could not reach somebody. Raises StoreError."""
        kind, *parts = delivery.key.split(":")
        if kind != _KEY or len(parts) < 3:
            return
        number, moment, step = parts[0], parts[1], int(parts[2]) + 1
        subscription = await self._subscriptions.subscription(int(number))
        asked = await self._asked(subscription) if subscription else []
        doors, failed = [each.key for each in asked], delivery.channel.key
        # Who was found gone by this is not among them any more.
        following = asked[doors.index(failed) + 1 :] if failed in doors else asked
        if following:
            key = f"{_KEY}:{number}:{moment}:{step}"
            await self._deliveries.enqueue(following[0], key, [delivery.payload], now)

    async def _without_who_left(self, subscription: Subscription) -> Subscription:
        """The subscription as it is kept then. Who is not there any more learns nothing of it."""
        channel, contact = subscription.channel, subscription.contact
        platform = self._platforms[channel.platform]
        if channel.is_direct or not contact.id or not isinstance(platform, KnowsMembers):
            return subscription
        if not await platform.has_left(channel.workspace, contact):
            return subscription
        tell_of_departure(contact)
        change = partial(without_contact, contact)
        return await self._subscriptions.revise(subscription.id, change) or change(subscription)

    async def _asked(self, subscription: Subscription) -> list[Channel]:
        """Whom to tell, one after another; nobody twice."""
        channel = subscription.channel
        people = [subscription.contact]
        platform = self._platforms[channel.platform]
        if isinstance(platform, OwnedPlaces) and not channel.is_direct:
            people.append(await platform.owner(channel.workspace))
        doors = (_door(user) for user in people if user.id)
        # By key: the channel may be the door of one of them, under its name.
        return list({each.key: each for each in (*doors, channel)}.values())


def _door(user: User) -> Channel:
    return Channel(user.platform, DIRECT, user.id)
