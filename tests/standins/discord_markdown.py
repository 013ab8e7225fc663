"""What Discord's client makes of a text: what is seen of it, and what it takes for markup.

Written from Discord's "Markdown Text 101" and "Message Formatting" and from what others found by
trying the client (nothing is escaped in a link's text; no emoji, address or mention may be in it),
not from the adapter. It reads from left to right, as the client does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

UNSEEN = re.compile("[\u200b]")
ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
BLOCKS = (
    ("heading", re.compile(r" *(#{1,3})[ \t]+(?!#)(?P<inner>[^\n]*)(?:\n|$)")),
    ("subtext", re.compile(r" *-# +(?!-#)(?P<inner>[^\n]+)(?:\n|$)")),
    ("quote", re.compile(r" *>(?:>>)? (?P<inner>[^\n]*)(?:\n|$)")),
    ("list", re.compile(r" *(?:[*+-]|\d+\.) +(?P<inner>[^\n]+)(?:\n|$)")),
)
LINK = re.compile(
    r"\[(?P<text>(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
    r"\(\s*<?(?P<url>(?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"][\s\S]*?['\"])?\s*\)"
)
NOT_IN_A_LINK = (
    ("code block", re.compile(r"```(?:[A-Za-z0-9_+.-]*\n)?[\s\S]*?[^\n][\s\S]*?```")),
    ("mention", re.compile(r"<(?:@[!&]?|#)[0-9]+>")),
    ("command", re.compile(r"</[^:>]+:[0-9]+>")),
    ("guide", re.compile(r"<id:[a-z]+>")),
    ("everyone", re.compile(r"@(?:everyone|here)")),
    ("address", re.compile(r"<(?P<url>[^: >]+:/[^ >]+)>")),
    ("mail", re.compile(r"<(?:mailto:)?[^\s<>@]+@[^\s<>]+>|<\+[0-9 -]+>")),
    ("address", re.compile(r"(?P<url>(?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s])")),
    ("invite", re.compile(r"discord(?:app)?\.(?:gg|com|new|gift)/?\w*", re.IGNORECASE)),
)
EMOJI = re.compile(
    "[\u203c\u2049\u20e3\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23fa"
    "\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d"
    "\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u2660-\u2668"
    "\u267b\u267e\u267f\u2692-\u269c\u26a0\u26a1\u26a7-\u26b1\u26bd-\u26c5\u26c8\u26ce-\u26d4"
    "\u26e9-\u26fd\u2702-\u270d\u270f\u2712-\u2757\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf"
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f004\U0001f0cf\U0001f170-\U0001f251\U0001f300-\U0001faff]"
)
ANYWHERE = (
    ("bold", re.compile(r"\*\*(?P<inner>(?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underline", re.compile(r"__(?P<inner>(?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    (
        "italics",
        re.compile(r"\*(?!\s)(?P<inner>(?:\\.|\*\*|[^*\\])+?)(?<!\s) {0,2}\*(?!\*)", re.DOTALL),
    ),
    ("italics", re.compile(r"_(?P<inner>(?:\\.|__|[^_\\])+?)_(?![A-Za-z0-9_])", re.DOTALL)),
    ("struck", re.compile(r"~~(?P<inner>.+?)~~(?!_)", re.DOTALL)),
    ("spoiler", re.compile(r"\|\|(?P<inner>.+?)\|\|", re.DOTALL)),
    ("time", re.compile(r"<t:-?[0-9]+(?::[tTdDfFRsS])?>")),
    ("emoji", re.compile(r"<a?:\w+:[0-9]+>|:\w+:")),
)
CODE = re.compile(r"(?P<fence>`+)(?P<code>.+?)(?<!`)(?P=fence)(?!`)", re.DOTALL)
# What the client takes out of a link's text before it looks at it, and what it sees through.
CLEANED = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u3000\u00a0]")
ADDRESS = re.compile(
    "(?:https?|discord|steam)[:\uff1a\u2236\ua789][/\u2044\u2215]{2}", re.IGNORECASE
)


# Where anything at all may begin within a line; and a new line.
SPECIAL = re.compile(r"[\\\[<@:`*_~|\n]|(?:https?|steam|discord)", re.IGNORECASE)


@dataclass
class Seen:
    """What is seen of a text, and each thing that was taken for markup: (kind, what it shows)."""

    text: str = ""
    marks: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.marks}


def see(markdown: str) -> Seen:
    """What the client shows for this markdown."""
    seen = Seen()
    seen.text = UNSEEN.sub("", _read(markdown, seen, at_start=True))
    return seen


def _read(source: str, seen: Seen, *, at_start: bool, in_link: bool = False) -> str:
    shown, place = [], 0
    while place < len(source):
        line = source.rfind("\n", 0, place) + 1
        is_first = (line > 0 or at_start) and not source[line:place].strip(" ")
        step = _block(source, place, seen) if is_first and not in_link else None
        step = step or _piece(source, place, seen, at_start=is_first, in_link=in_link)
        end = step[1]
        if step == (source[place], place + 1) and source[place] not in "\n ":
            # Nothing can begin before the next sign that means something.
            found = SPECIAL.search(source, end)
            end = found.start() if found else len(source)
        shown.append(step[0] + source[step[1] : end])
        place = end
    return "".join(shown)


def _block(source: str, place: int, seen: Seen) -> tuple[str, int] | None:
    for kind, pattern in BLOCKS:
        found = pattern.match(source, place)
        if found:
            inner = found["inner"].rstrip().rstrip("#") if kind == "heading" else found["inner"]
            shown = _read(inner, seen, at_start=True)
            seen.marks.append((kind, shown))
            return shown + ("\n" if found[0].endswith("\n") else ""), found.end()
    return None


def _piece(
    source: str, place: int, seen: Seen, *, at_start: bool, in_link: bool
) -> tuple[str, int]:
    if not in_link:
        escaped = ESCAPE.match(source, place)
        if escaped:
            return escaped[1], escaped.end()
        found = LINK.match(source, place)
        if found and _may_be_linked(found["text"], found["url"]):
            shown = _read(CLEANED.sub("", found["text"]), seen, at_start=False, in_link=True)
            seen.links.append((shown, found["url"]))
            return shown, found.end()
        for kind, pattern in NOT_IN_A_LINK:
            found = pattern.match(source, place)
            if found:
                seen.marks.append((kind, found[0]))
                if kind == "address":
                    seen.links.append(("", found["url"]))
                return found[0], found.end()
    found = CODE.match(source, place)
    if found:
        code = found["code"]
        code = code[1:] if code.lstrip(" ").startswith("`") and code[0] == " " else code
        code = code[:-1] if code.rstrip(" ").endswith("`") and code[-1] == " " else code
        padded = code[1:-1] if found["fence"] == "``" and code[0] == code[-1] == " " else code
        seen.marks.append(("code", padded))
        return padded, found.end()
    for kind, pattern in ANYWHERE:
        found = pattern.match(source, place)
        if found:
            inner = found.groupdict().get("inner")
            shown = (
                found[0]
                if inner is None
                else _read(inner, seen, at_start=at_start, in_link=in_link)
            )
            seen.marks.append((kind, shown))
            return shown, found.end()
    return source[place], place + 1


def _may_be_linked(text: str, url: str) -> bool:
    plain = CLEANED.sub("", text)
    if not re.match(r"https?://[^\s.]+\.[^\s]", url) or not plain.strip():
        return False
    forbidden = (pattern for _, pattern in NOT_IN_A_LINK)
    named_emoji = re.search(r":\w+:", plain) or EMOJI.search(plain)
    return not (ADDRESS.search(plain) or named_emoji or any(p.search(plain) for p in forbidden))
