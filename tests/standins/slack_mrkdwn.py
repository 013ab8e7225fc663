"""What Slack's client makes of a text and of blocks: what is seen, and what it takes for markup.

Written from Slack's "Formatting message text" and "Block Kit", and from what others found by trying
the client: formatting signs work at the ends of words only, also where a zero-width space ends the
word; full-width signs format too; names of emoji may have letters of any script; within the label
of a link emoji and signs mean what they mean elsewhere. Not written from the adapter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

UNSEEN = re.compile("[\u00ad\u200b\u2060]")
# Signs that look alike: what the eye can't tell apart is one sign here.
ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2217\ufe61\uff0a", "*"),
        **dict.fromkeys("\u02cd\u2e0f\uff3f", "_"),
        **dict.fromkeys("\u02cb\uff40", "`"),
        "\u223c": "~",
    }
)
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
ENTITY = re.compile("&(?:amp|lt|gt);")

ANGLE = re.compile(r"<([^<>\n]+)>")
FENCE = re.compile(r"```(.+?)```", re.DOTALL)
QUOTE = re.compile(r"(?:^|(?<=\n))(?:&gt;|>|\uff1e)")
EMOJI = re.compile(r":[\w+'-]+(?:::skin-tone-[2-6])?:")
# What is linked though nobody asked for it, where a text is not "verbatim".
ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://[^\s<>|]+|\bwww\.\w[\w.-]*|[\w.+-]+@[\w-]+\.[a-z]{2,}"
    r"|\b[\w-]+\.(?:com|org|net|io|ai|dev|example|gg)\b"
    r"|(?<!\w)@(?:everyone|channel|here)\b|(?<!\w)#[a-z][\w-]*"
)
SIGNS = {"*": "bold", "_": "italic", "~": "struck", "`": "code"}
SIGNS |= {"\uff0a": "bold", "\uff3f": "italic", "\uff40": "code"}
# Within code they mean nothing: until the rest is read, others stand for them.
IN_CODE = str.maketrans("*_~\uff0a\uff3f", "\ue000\ue001\ue002\ue003\ue004")
FROM_CODE = {new: old for old, new in IN_CODE.items()}


@dataclass
class Seen:
    """What is seen of a text, and each thing that was taken for markup: (kind, what it shows)."""

    text: str = ""
    marks: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.marks}


def to_the_eye(text: str) -> str:
    """The text without what is not seen, and signs that look alike as one."""
    return UNSEEN.sub("", text).translate(ALIKE)


def see(mrkdwn: str, *, verbatim: bool = False) -> Seen:
    """What the client shows for this mrkdwn, as the eye sees it."""
    seen = Seen()
    seen.text = to_the_eye(_read(mrkdwn, seen, verbatim=verbatim).translate(FROM_CODE))
    return seen


def see_blocks(blocks: Iterable[Any]) -> list[Seen]:
    """What the client shows for each block: texts of buttons and options are not among it."""
    return [_block(block) for block in blocks]


def _read(source: str, seen: Seen, *, verbatim: bool) -> str:
    """Fences first, then angle brackets, then the rest, as the client takes a text apart."""
    whole = _apart(source, FENCE, lambda found: _kept("code block", _decoded(found[1]), seen))
    return "".join(
        part.translate(IN_CODE) if is_code else _read_lines(part, seen, verbatim=verbatim)
        for part, is_code in whole
    )


def _read_lines(source: str, seen: Seen, *, verbatim: bool) -> str:
    for found in QUOTE.finditer(source):
        seen.marks.append(("quote", found[0]))
    # A span of code may hold what looks like a bracket of its own, so it is found before.
    shown = []
    for part, is_code in _signs(source, seen, {"`", "\uff40"}):
        if is_code:
            shown.append(_decoded(part).translate(IN_CODE))
            continue
        for piece, is_done in _apart(part, ANGLE, lambda found: _angle(found[1], seen)):
            shown.append(piece if is_done else _read_text(piece, seen, verbatim=verbatim))
    # The other signs work across links: `*<url|title>*` is a bold link.
    return _formatted("".join(shown), seen)


def _read_text(source: str, seen: Seen, *, verbatim: bool) -> str:
    for found in EMOJI.finditer(source):
        seen.marks.append(("emoji", found[0]))
    if not verbatim:
        for found in ADDRESS.finditer(_decoded(source)):
            seen.marks.append(("address", found[0]))
    return _decoded(source)


def _angle(inner: str, seen: Seen) -> str:
    target, _, label = inner.partition("|")
    kinds = {"@": "mention", "#": "channel", "!": "date" if "date^" in target else "mention"}
    if target[:1] in kinds:
        return _kept(kinds[target[0]], _decoded(label or target), seen)
    shown = _decoded(label or target)
    for found in EMOJI.finditer(label):
        seen.marks.append(("emoji", found[0]))
    seen.links.append((to_the_eye(_formatted(shown, seen)), _decoded(target)))
    return shown


def _formatted(shown: str, seen: Seen) -> str:
    """The text without the signs that format it."""
    for sign in SIGNS:
        if SIGNS[sign] != "code":
            shown = "".join(part for part, _ in _signs(shown, seen, {sign}))
    return shown


def _signs(source: str, seen: Seen, signs: set[str]) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it stood between two such signs."""
    sign = "|".join(map(re.escape, signs))
    pattern = re.compile(rf"(?<!\w)(?P<sign>{sign})(?!\s)(?P<inner>[^\n]+?)(?<!\s)(?P=sign)(?!\w)")
    return _apart(source, pattern, lambda found: _kept(SIGNS[found["sign"]], found["inner"], seen))


def _apart(
    source: str, pattern: re.Pattern[str], show: Callable[[re.Match[str]], str]
) -> list[tuple[str, bool]]:
    parts, place = [], 0
    for found in pattern.finditer(source):
        parts += [(source[place : found.start()], False), (show(found), True)]
        place = found.end()
    return [*parts, (source[place:], False)]


def _kept(kind: str, shown: str, seen: Seen) -> str:
    seen.marks.append((kind, to_the_eye(shown)))
    return shown


def _decoded(text: str) -> str:
    return ENTITY.sub(lambda found: ENTITIES[found[0]], text)


def _block(block: Any) -> Seen:
    seen = Seen()
    if block["type"] == "rich_text":
        seen.text = "\n".join(_rich(part, seen) for part in block["elements"])
    elif block["type"] == "context":
        seen.text = " ".join(_object(each, seen) for each in block["elements"])
    elif "text" in block:
        seen.text = _object(block["text"], seen)
    return seen


def _rich(part: Any, seen: Seen) -> str:
    """In rich text, texts are as they are: whatever else there is has a type of its own."""
    if part["type"] != "rich_text_section":
        seen.marks.append((part["type"], ""))
    shown = []
    for element in part["elements"]:
        shown.append(element.get("text", ""))
        if element["type"] == "link":
            seen.links.append((element["text"], element["url"]))
        elif element["type"] != "text":
            seen.marks.append((element["type"], ""))
        seen.marks += [(style, element["text"]) for style in element.get("style", {})]
    return "".join(shown)


def _object(text: Any, seen: Seen) -> str:
    if text["type"] == "mrkdwn":
        found = see(text["text"], verbatim=text.get("verbatim", False))
        seen.marks += found.marks
        seen.links += found.links
        return found.text
    if text.get("emoji", True):
        seen.marks += [("emoji", found[0]) for found in EMOJI.finditer(text["text"])]
    return text["text"]
