"""Arguments of the command line → what they mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.errors import UserError
from bot.models import Channel, Subscription
from bot.queries import FIELD_NAMES

# An option of a verb with words that the shell has taken out of their quotes.
_OPTION = re.compile(r"([A-Za-z]+)[:=](?![\"'])(\S+\s.*)", re.DOTALL)
_MOST_NAMES = 20  # as many as one line can tell apart


def read_day(name: str, text: str) -> date | None:
    """The date in `text`, None for an empty one. Raises UserError that names the argument."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{name} wants a date such as 2026-10-31") from None


def typed_line(words: Sequence[str]) -> str:
    """The line that somebody meant whose shell took it apart: quotes are put back."""
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    option = _OPTION.fullmatch(word)
    if option is None or option[1].lower() in FIELD_NAMES:
        return word
    value = option[2].replace("\\", "\\\\").replace('"', '\\"')
    return f'{option[1]}:"{value}"'


def channel_called(subscriptions: Sequence[Subscription], wanted: str) -> list[Subscription]:
    """The subscriptions of the channel with this key, id or name. Raises UserError."""
    plain = wanted.removeprefix("#")
    found = [s for s in subscriptions if plain in _names(s.channel)]
    if len({s.channel.key for s in found}) == 1:
        return found
    known = sorted({s.channel.key for s in found or subscriptions})
    if not known:
        raise UserError("no channel is subscribed yet")
    problem = "several channels are" if found else "no subscribed channel is"
    more = f" and {len(known) - _MOST_NAMES} more" if len(known) > _MOST_NAMES else ""
    raise UserError(f"{problem} called {wanted}; there are {', '.join(known[:_MOST_NAMES])}{more}")


def _names(channel: Channel) -> set[str]:
    return {channel.key, channel.id, channel.name.removeprefix("#")}
