"""Messages as they were rendered: how discord.py takes them, and what is read of them again."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import discord

from adapters.discord.limits import Component
from adapters.discord.page import Body


class Frozen(discord.ui.LayoutView):
    """Components as they were rendered. Presses are answered by their ids alone, not by views."""

    def __init__(self, components: Iterable[Component]) -> None:
        super().__init__(timeout=None)
        self._frozen = [dict(component) for component in components]
        self.stop()  # so that nothing of it is kept to wait for presses

    def to_components(self) -> list[dict[str, Any]]:
        """The components, as Discord's API takes them."""
        return self._frozen

    def has_components_v2(self) -> bool:
        """They are of the second kind."""
        return True


def files_of(body: Body) -> list[discord.File]:
    """The files that come with a message."""
    return [discord.File(io.BytesIO(text.encode()), filename=name) for name, text, _ in body.files]


def said_in(message: Any) -> list[str]:  # noqa: ANN401 - a message as Discord tells it
    """The texts of a message, in order; of a plain one its content."""
    texts = texts_of(message.get("components", []))
    return texts or [message.get("content", "").strip()]


def texts_of(components: Iterable[Any]) -> list[str]:
    """The texts in components, in order."""
    return [text.strip() for component in components for text in _texts_in(component)]


def _texts_in(component: Any) -> Iterator[str]:  # noqa: ANN401
    if "content" in component:
        yield component["content"]
    for inner in component.get("components", []):
        yield from _texts_in(inner)
