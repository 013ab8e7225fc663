"""Buttons and forms ↔ the `custom_id`s that Discord brings back when they are used. Pure.

A button is `b1:` and its verb with its arguments, where 100 characters hold them, else `t1:` and a
token that stands for them; a form is `m1:` or `n1:` in the same way; the menu that opens papers is
`o1`. So a press after a restart needs no memory, and a token is the same at every rendering. The
figure is a version: what an older Paperboy wrote is known as such. `#2` and so on make equal ids
of one message different; reading drops it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote_plus, unquote_to_bytes

from adapters.discord.limits import CUSTOM_ID_CHARACTERS
from bot.messages import Button
from bot.presses import TOKEN, Press, Token, storable, token_of

__all__ = [
    "CustomIds",
    "Press",
    "Token",
    "form_id",
    "is_opening",
    "read_custom_id",
    "storable",
    "token_of",
]

_VERSION = "1"
_OPENING = re.compile(r"o1(?:#[0-9]{1,3})?", re.ASCII)
_TOKEN = re.compile(rf"[tn]1:({TOKEN.pattern})(?:#[0-9]{{1,3}})?", re.ASCII)
_PLACE = re.compile(r"#[0-9]{1,3}\Z", re.ASCII)
_PLACE_CHARACTERS = 4  # "#999": a message has 40 components
_AS_THEY_ARE = "/:;,()<>*!$'\"@|~"  # in an id they mean nothing, so they need no encoding


class CustomIds:
    """The `custom_id`s of one message: all different. `presses` holds what its tokens stand for."""

    def __init__(self) -> None:
        self.presses: dict[str, Press] = {}
        self._times: dict[str, int] = {}

    def of_button(self, button: Button) -> str:
        """The id of a button."""
        custom_id, kept = _written("b", "t", storable(button.verb, button.args))
        self.presses |= kept
        return self._apart(custom_id)

    def of_opening(self) -> str:
        """The id of a menu that opens papers."""
        return self._apart(f"o{_VERSION}")

    def _apart(self, custom_id: str) -> str:
        times = self._times[custom_id] = self._times.get(custom_id, 0) + 1
        return custom_id if times == 1 else f"{custom_id}#{times}"


def form_id(verb: str, args: Mapping[str, str]) -> tuple[str, dict[str, Press]]:
    """The id of a form (a modal), and what its token stands for, where it is one."""
    return _written("m", "n", storable(verb, args))


def read_custom_id(text: str) -> Press | Token | None:
    """What the id of a button or a form stands for; None where it is none of this version's."""
    token = _TOKEN.fullmatch(text)
    if token:
        return Token(token[1])
    if text[:3] not in ("b1:", "m1:") or len(text) > CUSTOM_ID_CHARACTERS:
        return None
    return _press(_PLACE.sub("", text[3:]))


def is_opening(text: str) -> bool:
    """Whether this is the id of a menu that opens papers: its values are their ids."""
    return _OPENING.fullmatch(text) is not None


def _written(plain: str, short: str, press: Press) -> tuple[str, dict[str, Press]]:
    custom_id = f"{plain}{_VERSION}:{_compact(press)}"
    if len(custom_id) <= CUSTOM_ID_CHARACTERS - _PLACE_CHARACTERS:
        return custom_id, {}
    token = token_of(press)
    return f"{short}{_VERSION}:{token}", {token: press}


def _compact(press: Press) -> str:
    args = "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in press.args.items())
    return f"{_quoted(press.verb)}?{args}" if args else _quoted(press.verb)


def _press(compact: str) -> Press | None:
    verb, _, rest = compact.partition("?")
    pairs = [part.partition("=") for part in rest.split("&")] if rest else []
    try:
        args = {_unquoted(name): _unquoted(text) for name, _, text in pairs}
        press = Press(_unquoted(verb), args)
    except UnicodeDecodeError:
        return None
    # Only what was written here is read: anything else would come out differently.
    return press if press.verb and _compact(press) == compact else None


def _quoted(text: str) -> str:
    return quote_plus(text, safe=_AS_THEY_ARE, errors="replace")


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
