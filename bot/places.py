"""Use case: the places that Paperboy is in, whom a platform lets in and out.

A workspace that removes Paperboy keeps all that it set up: it is paused, and goes on when Paperboy
is let in again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.departures import tell_of_departure, without_contact
from bot.errors import StoreError
from bot.models import Channel, Subscription, SubscriptionState, User
from bot.ports import Clock, Press, Store

LEFT = "Paperboy was removed from there"

log = structlog.get_logger()


class Places:
    """What adapters keep in the store, and tell of the workspaces they serve."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._holder = secrets.token_hex(8)  # this process, among those that share the store

    async def keep_presses(self, presses: Mapping[str, Press]) -> None:
        """Keep what the buttons of a message stand for, by token. Raises StoreError."""
        if presses:
            await self._store.places.keep_presses(presses, self._clock())

    async def press(self, token: str) -> Press | None:
        """What a button stands for; None where that is not kept any more. Raises StoreError."""
        return await self._store.places.press(token)

    async def managers(self, platform: str, workspace: str) -> str:
        """The role that may manage there, "" for none. Raises StoreError."""
        return await self._store.places.managers(platform, workspace)

    async def knows(self, platform: str, workspace: str) -> bool:
        """Whether anything is or was subscribed there, so that its zone is known."""
        return bool(await self._store.subscriptions.of_workspace(platform, workspace))

    async def of_channel(self, channel: Channel) -> list[Subscription]:
        """What is subscribed in a channel. Raises StoreError."""
        return await self._store.subscriptions.of_channel(channel)

    async def channels(self, platform: str, workspace: str) -> list[Channel]:
        """The channels of a workspace in which something is subscribed. Raises StoreError."""
        there = await self._store.subscriptions.of_workspace(platform, workspace)
        return list({each.channel.key: each.channel for each in there}.values())

    async def hold(self, name: str, span: timedelta) -> bool:
        """Take or renew what only one process may have, for so long. Raises StoreError."""
        return await self._store.leases.hold(name, self._holder, self._clock(), span)

    async def keep_installation(
        self, platform: str, workspace: str, secret: bytes, instead_of: bytes | None = None
    ) -> bool:
        """Keep what the adapter acts with in a workspace, encrypted by it. Raises StoreError.

        With `instead_of`, only where that is what is kept still; whether it was kept: of two that
        renew a token, the later one must not overwrite what the other has been given since.
        """
        now = self._clock()
        return await self._store.places.keep_installation(
            platform, workspace, secret, now, instead_of
        )

    async def installation(self, platform: str, workspace: str) -> bytes | None:
        """What was kept of a workspace, None where nothing is. Raises StoreError."""
        return await self._store.places.installation(platform, workspace)

    async def installations(self, platform: str) -> list[str]:
        """The workspaces of which something was kept. Raises StoreError."""
        return await self._store.places.installations(platform)

    async def forget_installation(self, platform: str, workspace: str) -> None:
        """Keep nothing of a workspace that could be acted with. Raises StoreError."""
        await self._store.places.forget_installation(platform, workspace)

    async def first_time(self, key: str) -> bool:
        """Whether this asking has not been seen before, here or in another process.

        Where the store can't tell, it has not: better answered twice than never.
        """
        try:
            return await self._store.places.first_time(key, self._clock())
        except StoreError as error:
            log.error("what was asked can't be remembered", reason=str(error))
            return True

    async def is_contact(self, channel: Channel, user: User, number: str) -> bool:
        """Whether somebody is the contact of the subscription that is meant: by its number as it
        was typed, else the only one of the channel, or each of several. Raises StoreError.
        """
        if number.strip():
            meant = await self._numbered(channel, number)
        else:
            meant = await self._store.subscriptions.of_channel(channel)
        who = (user.platform, user.id)
        return bool(meant) and all((s.contact.platform, s.contact.id) == who for s in meant)

    async def _numbered(self, channel: Channel, number: str) -> list[Subscription]:
        digits = re.fullmatch(r"#?([0-9]{1,15})", number.strip())
        found = await self._store.subscriptions.subscription(int(digits[1])) if digits else None
        return [found] if found and found.channel.key == channel.key else []

    async def left(self, platform: str, workspace: str) -> None:
        """A workspace has removed Paperboy: pause what it set up, and what its people did. Raises
        StoreError.
        """
        now = self._clock()
        paused = await self._store.subscriptions.pause_workspace(platform, workspace, LEFT, now)
        people = await self._store.alerts.close_doors(platform, workspace, LEFT)
        if paused or people:
            log.info("a workspace was left", workspace=workspace, paused=paused, people=people)

    async def came_back(self, platform: str, workspace: str) -> list[Subscription]:
        """A workspace has let Paperboy in again: go on with what leaving has paused, and nothing
        else; returns the subscriptions among it. Raises StoreError.
        """
        there = await self._store.subscriptions.of_workspace(platform, workspace)
        there += await self._store.subscriptions.of_people(platform, workspace)
        resumed = [await self._resume(each) for each in there if _was_left(each)]
        now = self._clock()
        people = await self._store.alerts.open_doors(platform, workspace, LEFT, now)
        if resumed or people:
            count = len(resumed)
            log.info("a workspace came back", workspace=workspace, resumed=count, people=people)
        return resumed

    async def person_left(self, user: User) -> None:
        """Somebody is in no workspace with Paperboy any more: what they looked after has no contact
        until it is adopted. What is kept of them stays until it is erased. Raises StoreError.
        """
        tell_of_departure(user)
        for each in await self._store.subscriptions.every():
            if each.contact.id == user.id and not each.channel.is_direct:
                await self._store.subscriptions.revise(each.id, partial(without_contact, user))

    async def served(self, platform: str, workspaces: Collection[str]) -> None:
        """These are all the workspaces that Paperboy is in now: what is not among them was left
        while nobody looked, and what is came back. Raises StoreError.
        """
        known = {
            (home, _was_left(each))
            for each in await self._store.subscriptions.every()
            if each.channel.platform == platform and (home := _home(each.channel))
        }
        known |= await self._store.alerts.workspaces(platform, LEFT)
        for workspace, was_left in sorted(known):
            if workspace in workspaces and was_left:
                await self.came_back(platform, workspace)
            elif workspace not in workspaces and not was_left:
                await self.left(platform, workspace)

    async def _resume(self, subscription: Subscription) -> Subscription:
        now = self._clock()
        missed = await self._store.subscriptions.free_unsent(subscription.id, now)

        def revised(known: Subscription) -> Subscription:
            return resumed(known, now, missed=missed) if _was_left(known) else known

        revision = await self._store.subscriptions.revise(subscription.id, revised)
        return revision or subscription


def resumed(subscription: Subscription, now: datetime, *, missed: bool) -> Subscription:
    """Active again; what was missed meanwhile is due at once, as the one edition for that time.

    `missed`: an edition was made and could not arrive.
    """
    active = replace(subscription, state=SubscriptionState.ACTIVE, pause_reason="", paused_at=None)
    if subscription.next_due_at > now and not missed:
        return active
    away_since = subscription.away_since or subscription.paused_at or subscription.next_due_at
    return replace(active, next_due_at=now, away_since=away_since)


def _was_left(subscription: Subscription) -> bool:
    is_paused = subscription.state is SubscriptionState.PAUSED
    return is_paused and subscription.pause_reason == LEFT


def _home(channel: Channel) -> str:
    """The workspace of a channel; of direct messages that of the person, "" where people are known
    beyond one (bot.models.User).
    """
    if not channel.is_direct:
        return channel.workspace
    home, slash, _ = channel.id.partition("/")
    return home if slash else ""
