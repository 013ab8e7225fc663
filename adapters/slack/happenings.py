"""What happens to Paperboy in a workspace: it is invited to a channel, removed, installed again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from adapters.slack import render
from adapters.slack.asking import NAME
from adapters.slack.members import Directory
from adapters.slack.page import Body
from adapters.slack.web import Web
from adapters.slack.workspaces import Workspaces
from bot.messages import Button, Message, line
from bot.models import Channel, Subscription, SubscriptionState
from bot.places import Places

log = structlog.get_logger()


class Happenings:
    """Does what is to be done when something happens to Paperboy."""

    def __init__(
        self, web: Web, workspaces: Workspaces, directory: Directory, places: Places
    ) -> None:
        self._web = web
        self._workspaces = workspaces
        self._directory = directory
        self._places = places

    async def happened(self, team: str, body: Mapping[str, Any]) -> None:
        """An event of a workspace that nobody asked anything by. Raises StoreError, DeliveryError,
        or what the library does.
        """
        event = body.get("event") or {}
        match event.get("type"):
            case "app_uninstalled":
                await self._workspaces.left(team)
            case "tokens_revoked" if (event.get("tokens") or {}).get("bot"):
                await self._workspaces.left(team)
            case "member_joined_channel":
                await self._joined(team, event)
            case "member_left_channel" | "channel_archive" | "channel_unarchive":
                self._directory.forget_room(team, str(event.get("channel", "")))

    async def _joined(self, team: str, event: Mapping[str, Any]) -> None:
        """Paperboy was invited: what it can do here is offered to whoever invited it, to them
        alone.
        """
        workspace = await self._workspaces.get(team)
        channel, inviter = str(event.get("channel", "")), str(event.get("inviter") or "")
        if event.get("user") != workspace.bot_user:
            return
        self._directory.forget_room(team, channel)
        if not inviter:
            return
        zone = (await self._directory.member(team, inviter)).zone
        there = await self._places.of_channel(Channel(NAME, team, channel))
        [payload, *_] = render.pack(_again(there) if there else _offer(zone))
        body = Body.from_json(payload.body)
        await self._places.keep_presses(body.presses)
        client = self._web.asking(workspace.token)
        await client.chat_postEphemeral(
            channel=channel,
            user=inviter,
            text=body.text,
            blocks=[dict(block) for block in body.blocks],
        )


def _offer(zone: str) -> Message:
    """What can be had with one press, and the form for everything else."""
    usual = {"time": "09:00", "weekdays": "mon-fri"} | ({"zone": zone} if zone else {})
    label = f"Weekdays 09:00, {zone}" if zone else "Weekdays 09:00"
    return Message(
        lines=(line("Paperboy brings the day's research papers here, at your hour."),),
        buttons=(Button(label, "subscribe", usual), Button("Choose …", "subscribe")),
        private=True,
    )


def _again(there: list[Subscription]) -> Message:
    """It was here before: what is paused can go on."""
    paused = [each for each in there if each.state is SubscriptionState.PAUSED]
    text = "Paperboy is in this channel again: what is subscribed here goes on."
    if paused:
        text = "Paperboy is in this channel again; what was subscribed here is paused."
    buttons = tuple(
        Button(f"Resume #{each.id}", "subscriptions resume", {"subscription": str(each.id)})
        for each in paused[:5]
    )
    return Message(lines=(line(text),), buttons=buttons, private=True)
