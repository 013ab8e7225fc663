"""What a button or a form stands for, in its one form, and the token that may stand for it. Pure.

How a press is written into what a platform brings back is each adapter's own; where the platform
has too little room for it, there is a token of a stored press.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.ports import Press

__all__ = ["TOKEN", "Press", "Token", "storable", "token_of"]

_TOKEN_CHARACTERS = 22  # of base64: 132 bits, so no two are the same and none is guessed
TOKEN = re.compile(rf"[\w-]{{{_TOKEN_CHARACTERS}}}", re.ASCII)
_SURROGATES = re.compile("[\ud800-\udfff]")  # no store of ours can hold them


@dataclass(frozen=True, slots=True)
class Token:
    """What stands for a press that was too long: it was stored under `text` before sending."""

    text: str


def storable(verb: str, args: Mapping[str, str]) -> Press:
    """The press in its one form: arguments by name, without what can't be encoded."""
    clean = {_encodable(name): _encodable(text) for name, text in args.items()}
    return Press(_encodable(verb), dict(sorted(clean.items())))


def token_of(press: Press) -> str:
    """22 characters that stand for a press: the same for the same, for others another."""
    canonical = json.dumps([press.verb, sorted(press.args.items())], separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode("utf-8")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")[:_TOKEN_CHARACTERS]


def _encodable(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text)
