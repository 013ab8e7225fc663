"""`share`: what only its asker saw, posted for all in the channel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from bot.commands import days, searching
from bot.commands.days import today
from bot.commands.desk import Desk
from bot.commands.papers import paper
from bot.commands.searching import search
from bot.commands.similar import BY, similar
from bot.commands.verbs import Handler, Kind, Param, Values
from bot.errors import UserError
from bot.messages import Button, Form, Invocation, Message, line
from bot.models import DIRECT, User

_SHARED: Mapping[str, Handler] = {
    "paper": paper,
    "search": search,
    "similar": similar,
    "today": today,
}

ID = Param("id", "An arXiv id or a link to the paper", Kind.PAPER)
WHAT = Param("what", "What is shared", Kind.CHOICE, choices=tuple(_SHARED), inner=True)
ONCE = Param("once", "The answer it is shared from", Kind.TEXT, inner=True)
QUERY = replace(searching.QUERY, required=False, completer="", inner=True)
WHEN = replace(days.WHEN, inner=True)
SHARED = (ID, WHAT, ONCE, QUERY, searching.EXACT, WHEN, BY, searching.CURSOR)

_LONGEST_NAME = 60  # characters of a person's name


async def share(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Post a paper, or a page of an answer, in the channel; whoever pressed is named.

    A second press of the same button posts nothing more.
    """
    channel = invocation.channel
    if channel.workspace == DIRECT:
        raise UserError("nobody else reads along here; share in a channel")
    what = values.get("what", "paper")
    if what in {"paper", "similar"} and "id" not in values:
        raise UserError("id is missing: name the paper to share, as in: /papers share 2405.21060")
    said = await _SHARED[what](desk, invocation, values)
    if isinstance(said, Form):
        raise UserError("query is missing: share a page with its own button")
    posted = for_all(said, invocation.user, _again(invocation.args, what))
    await desk.courier.post(channel, posted, _key(invocation))
    return Message(lines=(line(f"Shared in {channel.name or 'this channel'}."),))


def for_all(said: Message, user: User, again: Button | None) -> Message:
    """An answer as it is posted: by whom, and without what was meant for the asker alone."""
    cards = tuple(
        replace(card, buttons=tuple(b for b in card.buttons if b.verb != "share"))
        for card in said.cards
    )
    by = f"Shared by {user.name[:_LONGEST_NAME] or 'somebody here'}"
    return Message(
        title=said.title,
        subtitle=" · ".join(filter(None, (by, said.subtitle))),
        lines=said.lines,
        cards=cards,
        buttons=(again,) if again else (),
    )


def _again(args: Mapping[str, str], what: str) -> Button | None:
    """The button that gives the whole list to whoever wants it."""
    if what == "paper":
        return None
    wanted = {name: args[name] for name in ("query", "exact", "id", "when") if name in args}
    return Button("The whole list", what, wanted)


def _key(invocation: Invocation) -> str:
    """The same for every press of one button, another for every other asking. It leads to whoever
    shares: what names them is erased with them, however a platform writes their name.
    """
    args = {"once": invocation.key, **invocation.args}
    user = invocation.user
    parts = (invocation.channel.key, user.platform, user.id, *map(repr, sorted(args.items())))
    once = hashlib.sha256(chr(0).join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    return f"share:{user.mark}:{once}"
