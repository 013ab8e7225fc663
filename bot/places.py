"""Use case: the places that Paperboy is in, whom a platform lets in and out.

A workspace that removes Paperboy keeps all that it set up: it is paused, and goes on when Paperboy
is let in again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.models import Subscription, SubscriptionState
from bot.ports import Clock, Press, Store

LEFT = "Paperboy was removed from there"

log = structlog.get_logger()


class Places:
    """What adapters keep in the store, and tell of the workspaces they serve."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

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

    async def left(self, platform: str, workspace: str) -> None:
        """A workspace has removed Paperboy: pause what it set up. Raises StoreError."""
        now = self._clock()
        paused = await self._store.subscriptions.pause_workspace(platform, workspace, LEFT, now)
        if paused:
            log.info("a workspace was left", workspace=workspace, paused=paused)

    async def came_back(self, platform: str, workspace: str) -> list[Subscription]:
        """A workspace has let Paperboy in again: go on with what leaving has paused, and nothing
        else; returns that. Raises StoreError.
        """
        there = await self._store.subscriptions.of_workspace(platform, workspace)
        resumed = [await self._resume(each) for each in there if _was_left(each)]
        if resumed:
            log.info("a workspace came back", workspace=workspace, resumed=len(resumed))
        return resumed

    async def served(self, platform: str, workspaces: Collection[str]) -> None:
        """These are all the workspaces that Paperboy is in now: what is not among them was left
        while nobody looked, and what is came back. Raises StoreError.
        """
        known = {
            (each.channel.workspace, _was_left(each))
            for each in await self._store.subscriptions.every()
            if each.channel.platform == platform and not each.channel.is_direct
        }
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
