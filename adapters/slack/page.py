"""One Slack message before it is sent, as its JSON is kept in the outbox. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.limits import Block
from bot.presses import Press

File = tuple[str, str, str]  # name, text, media type


@dataclass(frozen=True, slots=True)
class Body:
    """One message in Block Kit.

    `blocks` are as Slack's API wants them; they are shared between messages, so nobody changes
    them. `text` says the same in mrkdwn, for notifications and screen readers. `presses` says what
    the tokens in it stand for: they are stored before it is sent.
    """

    blocks: tuple[Block, ...]
    text: str
    presses: Mapping[str, Press] = field(default_factory=dict)
    files: tuple[File, ...] = ()

    def to_json(self) -> str:
        """The body as JSON text."""
        data = {
            "blocks": self.blocks,
            "text": self.text,
            "presses": {
                token: {"verb": press.verb, "args": press.args}
                for token, press in self.presses.items()
            },
            "files": self.files,
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, body: str) -> Body:
        """The body that `to_json` wrote. Raises ValueError where it did not."""
        try:
            return _body(json.loads(body))
        except (AttributeError, KeyError, TypeError, RecursionError) as error:
            raise ValueError("the body is no message of Slack's") from error


def _body(data: Mapping[str, Any]) -> Body:
    blocks, files = data["blocks"], data["files"]
    known = isinstance(blocks, list) and isinstance(files, list)
    if not known or not all(isinstance(each.get("type"), str) for each in blocks):
        raise ValueError("the body is no message of Slack's")
    return Body(
        blocks=tuple(blocks),
        text=_text(data["text"]),
        presses={_text(token): _press(about) for token, about in data["presses"].items()},
        files=tuple(_file(*file) for file in files),
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
