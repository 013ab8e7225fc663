"""Commands that answer one thing and end: a `/papers` line, a preview, why, a backup."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path

from adapters.console import TERMINAL
from adapters.console.commands import user_name
from bot.app import App, open_app
from bot.commands.lines import read_line
from bot.errors import UserError
from bot.messages import Form, Invocation, Message, line
from bot.models import Channel, Subscription, User
from bot.operations.why import channel_called, why
from bot.settings import Settings


async def ask(settings: Settings, text: str, channel: str) -> None:
    """Answer one `/papers` line, as the operator, in a console channel."""
    async with open_app(settings) as app:
        verb, args = read_line(text)
        there = console_channel(channel)
        user = User("console", user_name(), user_name())
        asked = Invocation(
            verb, args, there, user, app.clock(), key=secrets.token_hex(8), may_manage=True
        )
        answer = await app.commands.answer(asked)
        if isinstance(answer, Form):
            raise UserError(f"{verb} wants more words here; see: paperboy papers help {verb}")
        app.show(answer)


def console_channel(name: str) -> Channel:
    """The console channel of that name; the terminal's own where there is none."""
    plain = name.strip().removeprefix("#")
    if not plain:
        return TERMINAL
    return Channel(TERMINAL.platform, TERMINAL.workspace, plain, f"#{plain}")


async def show_digest(settings: Settings, channel: str, *, preview: bool) -> None:
    """Show what a channel's subscriptions would get now, or post it at once."""
    async with open_app(settings) as app:
        found = channel_called(await app.store.subscriptions.every(), channel)
        for subscription in found:
            if preview:
                app.show((await app.newsroom.preview(subscription, app.clock()))[1])
            else:
                await _post(app, subscription)


async def explain(settings: Settings, channel: str, day: date | None) -> None:
    """Say why a channel got what it got."""
    async with open_app(settings) as app:
        app.show(await why(app.store, channel, day, app.clock()))


async def back_up(settings: Settings, path: Path) -> None:
    """Write a consistent copy of the database to a new file."""
    async with open_app(settings) as app:
        await app.store.keeper.backup(str(path))
        app.show(Message(lines=(line(f"Backed up to {path}."),)))


async def _post(app: App, subscription: Subscription) -> None:
    """Queue today's edition now; the daemon sends it, or this process where it can."""
    edition = await app.newsroom.post_now(subscription, app.clock())
    if edition is None:
        text = "Nothing to post: today's edition is out already, or no paper is due."
        app.show(Message(lines=(line(text),)))
        return
    await app.postman.send_waiting()
