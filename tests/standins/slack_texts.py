"""The part of the validator of Slack's limits that knows texts: lengths, escapes, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")
# What `<` may begin in mrkdwn: links, people, channels, dates. Nothing calls a whole channel.
TOKEN = re.compile(
    r"<(?:(?:https?://|mailto:)[^<>|\s]+(?:\|[^<>\n]+)?"
    r"|@[UW][A-Z0-9]+(?:\|[^<>]+)?|#C[A-Z0-9]+(?:\|[^<>]*)?"
    r"|!date\^\d+\^[^<>|]+\|[^<>]+)>"
)
ENTITY = re.compile(r"&(?:amp|lt|gt);")


def length(words: str) -> int:
    """Characters as the strictest count has them: UTF-16 units, as they are sent."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def sized(words: object, least: int, most: int, where: str) -> Iterator[str]:
    """Between `least` and `most` characters, and not blank where there must be some."""
    if not isinstance(words, str):
        yield f"{where}: {words!r} is no text"
        return
    if not least <= length(words) <= most:
        yield f"{where}: {length(words)} characters, at most {most}"
    elif least and not words.strip("\u200b\u200c\u200d\ufeff \n\t"):
        yield f"{where}: blank"


def plain(told: Any, most: int, where: str) -> Iterator[str]:
    """A text object that must be plain_text."""
    if isinstance(told, dict) and told.get("type") == "mrkdwn":
        yield f"{where}: mrkdwn where only plain_text may be"
        return
    yield from text(told, most, where)


def text(told: Any, most: int, where: str) -> Iterator[str]:
    """A text object of either type."""
    if not isinstance(told, dict) or told.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{where}: {told!r} is no text object"
        return
    extra = "emoji" if told["type"] == "plain_text" else "verbatim"
    yield from unknown(told, {"type", "text", extra}, where)
    if not isinstance(told.get(extra, True), bool):
        yield f"{where}/{extra}: {told[extra]!r}"
    yield from sized(told.get("text", ""), 1, most, where)
    if told["type"] == "mrkdwn":
        yield from unescaped(str(told.get("text", "")), where)


def unescaped(words: str, where: str) -> Iterator[str]:
    """Signs of mrkdwn that stand neither in an entity nor in a link; `>` may begin a line."""
    left = TOKEN.sub("", words)
    left = re.sub(r"^>+", "", ENTITY.sub("", left), flags=re.MULTILINE)
    found = re.search(r"[&<>].{0,20}", left)
    if found:
        yield f"{where}: unescaped {found[0]!r}"


def url(address: object, most: int, where: str, only: str = "http") -> Iterator[str]:
    """An address of the web, with https if `only` says so."""
    if not isinstance(address, str) or not WEB.fullmatch(address) or length(address) > most:
        yield f"{where}: no address: {str(address)[:80]!r}"
    elif not address.startswith(only):
        yield f"{where}: not {only}: {address[:80]!r}"


def unknown(told: dict[str, Any], known: set[str], where: str) -> Iterator[str]:
    """Fields that Slack does not know there, and those that are null."""
    if set(told) - known:
        yield f"{where} has {sorted(set(told) - known)}"
    nulls = sorted(name for name, value in told.items() if value is None)
    if nulls:
        yield f"{where} has null in {nulls}"


def unencodable(value: object, where: str) -> Iterator[str]:
    """Half of a surrogate pair, or a NUL, anywhere."""
    if isinstance(value, str):
        if re.search("[\ud800-\udfff\x00]", value):
            yield f"{where}: can't be encoded: {value[:40]!r}"
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from unencodable(part, f"{where}/{name}")
    elif isinstance(value, (list, tuple)):
        for place, part in enumerate(value):
            yield from unencodable(part, f"{where}/{place}")
