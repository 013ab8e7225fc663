"""Commands that ask one thing, as in chat, and end."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from adapters.console import TERMINAL
from adapters.console.commands import user_name
from bot.app import App, open_app
from bot.commands.lines import read_line
from bot.commands.telling import tell_hours, tell_state
from bot.errors import UserError
from bot.messages import Form, Invocation, Line, Message, line, quiet, strong
from bot.models import Channel, Subscription, User
from bot.query_words import tell_filter
from bot.settings import Settings
from bot.wording import capital, count_of, local_moment

MOST_CHANNELS = 50  # a server's whole schedule is no answer to read
MOST_FAILURES = 5  # the latest that were given up: enough to see what is wrong
BY_SENSE = frozenset({"search", "similar", "alert"})  # what a model is loaded for, if there is one
NOWHERE = replace(TERMINAL, id="")  # asked from here, status tells of the whole alone


async def ask(settings: Settings, text: str, channel: str = "") -> None:
    """Answer one `/papers` line, as the operator, in a console channel. Raises UserError."""
    async with open_app(settings) as app:
        app.show(await _answer(app, text, _console_channel(channel)))


async def show_status(settings: Settings) -> None:
    """Every channel with its last and next edition, what failed, the sources and the outbox."""
    async with open_app(settings) as app:
        subscriptions = await app.store.subscriptions.every()
        lines = [part for s in subscriptions[:MOST_CHANNELS] for part in await _standing(app, s)]
        if len(subscriptions) > MOST_CHANNELS:
            more = count_of(len(subscriptions) - MOST_CHANNELS, "more subscription")
            lines.append(line(quiet(f"… and {more}.")))
        for failed in await app.store.deliveries.failures(None, MOST_FAILURES):
            when = local_moment(failed.created_at, app.default_zone)
            lines.append(line(f"Not delivered to {failed.channel.key}, {when}: {failed.error}"))
        whole = await _answer(app, "status", NOWHERE)
        first = lines or [line("No channel is subscribed yet.")]
        # The first line of the answer says that nothing is subscribed nowhere.
        app.show(replace(whole, lines=(*first, *whole.lines[1:])))


async def _standing(app: App, subscription: Subscription) -> list[Line]:
    editions = await app.store.subscriptions.editions(subscription.id, 1)
    last = "none yet"
    if editions:
        counts = f"{editions[0].shown} of {count_of(editions[0].due, 'paper')}"
        last = f"{local_moment(editions[0].made_at, subscription.zone)}, {counts}"
    what = f" #{subscription.id} {capital(tell_filter(subscription.filter))}"
    return [
        line(strong(subscription.channel.key), f"{what}, {tell_hours(subscription)}"),
        line(f"  Last edition: {last}. {capital(tell_state(subscription))}."),
    ]


async def _answer(app: App, text: str, channel: Channel) -> Message:
    """The answer without its buttons: nobody is there to press them."""
    verb, args = read_line(text)
    if verb.partition(" ")[0] in BY_SENSE:
        await app.semantics.open()
    answer = await app.commands.answer(_asked(verb, args, channel, app.clock()))
    if isinstance(answer, Form):
        raise UserError(f"{verb} wants more words here; see: paperboy papers help {verb}")
    cards = tuple(replace(card, buttons=()) for card in answer.cards)
    return replace(answer, cards=cards, buttons=())


def _asked(verb: str, args: dict[str, str], channel: Channel, now: datetime) -> Invocation:
    """Who can start Paperboy here can read and write its store: they may manage."""
    name = user_name()
    user = User(TERMINAL.platform, name, name)
    key = secrets.token_hex(8)
    return Invocation(verb, args, channel, user, now, key, may_manage=True, runs_it=True)


def _console_channel(name: str) -> Channel:
    """The console channel of that name; the terminal's own where there is none."""
    plain = name.strip().removeprefix("#")
    if not plain:
        return TERMINAL
    return Channel(TERMINAL.platform, TERMINAL.workspace, plain, f"#{plain}")
