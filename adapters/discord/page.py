"""One Discord message before it is sent, as its JSON is kept in the outbox. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.limits import Component
from adapters.discord.presses import Press

File = tuple[str, str, str]  # name, text, media type


@dataclass(frozen=True, slots=True)
class Body:
    """One message in Components V2.

    `components` are as Discord's API wants them; they are shared between messages, so nobody
    changes them. `presses` says what the tokens in it stand for: they are stored before it is
    sent. `silent` asks not to ring. `thread` names the thread to open under it, "" for none.
    """

    components: tuple[Component, ...]
    presses: Mapping[str, Press] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    silent: bool = False
    thread: str = ""

    def to_json(self) -> str:
        """The body as JSON text."""
        data = {
            "components": self.components,
            "presses": {
                token: {"verb": press.verb, "args": press.args}
                for token, press in self.presses.items()
            },
            "files": self.files,
            "silent": self.silent,
            "thread": self.thread,
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, body: str) -> Body:
        """The body that `to_json` wrote. Raises ValueError where it did not."""
        try:
            return _body(json.loads(body))
        except (AttributeError, KeyError, TypeError, RecursionError) as error:
            raise ValueError("the body is no message of Discord's") from error


def _body(data: Mapping[str, Any]) -> Body:
    components, files, silent = data["components"], data["files"], data["silent"]
    known = isinstance(components, list) and isinstance(files, list) and isinstance(silent, bool)
    if not known or not all(isinstance(each.get("type"), int) for each in components):
        raise ValueError("the body is no message of Discord's")
    return Body(
        components=tuple(components),
        presses={_text(token): _press(about) for token, about in data["presses"].items()},
        files=tuple(_file(*file) for file in files),
        silent=silent,
        thread=_text(data["thread"]),
    )


def _press(about: Mapping[str, Any]) -> Press:
    args = about["args"].items()
    return Press(_text(about["verb"]), {_text(name): _text(text) for name, text in args})


def _file(name: str, text: str, media_type: str) -> File:
    return _text(name), _text(text), _text(media_type)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
