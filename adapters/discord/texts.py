"""Our plain text → Discord's markdown that shows exactly that text. Pure.

What Discord reads as markup is told by its "Markdown Text 101", by "Message Formatting" (mentions,
timestamps), and, where these are silent, by LyricLy/parse-discord, which was written by trying the
desktop client. The surprising part is the text of a link: there a backslash is shown as it stands
(discord-api-docs #6185), and an emoji or an address makes the client show the link's source
(#6088, #7673). Such a text is written before the link instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from adapters.discord.limits import URL_CHARACTERS, characters
from bot.messages import Line, Span, Style

_SPACES = re.compile(r"\s+")
# Control characters, marks and overrides of the writing direction (UAX #9), signs that show
# nothing (zero-width ones, fillers, tags) and could hide or forge text. The zero-width joiners
# stay: Persian, Indic scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")  # they can't be encoded
_JOINERS = " \u200c\u200d\ufe0e\ufe0f"  # alone, they show nothing

# Emphasis, spoilers, code, links, everything in angle brackets (mentions, custom emoji, times,
# commands); a bracket that would make a link of the one before; `scheme://` and `:emoji:`; the
# dot of an invite, which needs no scheme; and the place in `@everyone`.
_MARKUP = re.compile(
    r"[\\*_~|`<\[\]]|(?<=\])\(|:(?=//|\w+:)|(?:(?<=discord)|(?<=discordapp))\.(?=\w)"
    r"|(?<=@)(?=everyone|here)",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"^(\d+)\.(?=\s|$)")
_APART = "\u200b"  # shown as nothing, it keeps apart what Discord would read together

# What a link's text can't hold, since nothing can be escaped there; joiners are taken out of it.
_UNLINKABLE = re.compile(
    r"[\\`\[\]<>@\u200c\u200d]|~~|\|\||[*_].*[*_]|:\w+:|discord"
    # An address in its many disguises: two slashes, or what looks like them.
    "|[/\u1735\u2041\u2044\u2215\u2571\u27cb\u29f8\u2cc6\u2f03\u3033\u30ce\u31d3\u4e3f\U0001d23a]{2}"
    "|[\u203c\u2049\u20e3\u2139\u2194-\u2199\u21a9\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe"
    "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]",
    re.IGNORECASE,
)
# A host that Discord takes: with a dot and a top-level domain, and a port that exists.
_URL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})"
    r"(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}))?(?:[/?#][!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_ENDS_A_LINK = re.compile(r"[()<>\[\]{}\"'`|\\^]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")  # a flag is two of these letters
_FLAGS_AT_THE_END = re.compile("[\U0001f1e6-\U0001f1ff]+\\Z")
_LONGEST_SIGN = 32  # code points that are kept together: a family of emoji has up to a dozen
_CALM = {Style.QUIET, Style.CODE, Style.LINK}
_LEAST = 2  # characters of a text: a sign and that there was more


def clean(text: str) -> str:
    """The text on one line, without what is not seen; "" where nothing is seen of it."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _strip(_visible(text))


def _visible(text: str) -> str:
    """The same, with a space at its ends kept: it may be a part of a line."""
    spaced = _UNSEEN.sub("", _SPACES.sub(" ", text))  # first: line breaks are control characters
    return _SURROGATES.sub("\ufffd", _SPACES.sub(" ", spaced))


def _strip(text: str) -> str:
    return text.strip() if text.strip(_JOINERS) else ""


def clean_url(url: str) -> str:
    """The URL over http or https with a real host, of characters that end no link; else ""."""
    if len(url) > URL_CHARACTERS or not _URL.fullmatch(url):
        return ""
    safe = _ENDS_A_LINK.sub(lambda found: f"%{ord(found[0]):02X}", url)
    return safe if len(safe) <= URL_CHARACTERS else ""


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of the text, cut at a word; "…" says that there was more."""
    if characters(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    while (over := characters(head) - (limit - 1)) > 0 and head:
        head = head[: -((over + 1) // 2)]
    space = head.rfind(" ")
    # A text of one very long word has no better place.
    place = space if space > len(head) // 2 else len(head)
    for whole in range(place, max(0, place - _LONGEST_SIGN), -1):
        if not _is_joined(text, whole):
            place = whole
            break
    return (text[:place].rstrip(" ,;:.") + "…") if limit > 0 else ""


def _is_joined(text: str, place: int) -> bool:
    """Whether a sign goes on there: with an accent, or an emoji's skin, family or flag."""
    before, after = text[place - 1], text[place : place + 1]
    if _FLAG.match(after) and _FLAG.match(before):
        letters = _FLAGS_AT_THE_END.search(text, 0, place)
        return letters is not None and len(letters[0]) % 2 == 1
    is_accent = bool(after) and unicodedata.category(after)[0] == "M"
    return is_accent or "\u200d" in (before, after) or "\U0001f3fb" <= after <= "\U0001f3ff"


def escape(text: str) -> str:
    """Markdown that shows this (clean) text within a line."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}" if found[0] else _APART, text)


def starting(markdown: str) -> str:
    """The markdown where it starts a line, a heading or bold: no list, quote or heading in it."""
    if markdown[:1] in ("-", "+", ">", "#"):
        return f"\\{markdown}"
    return _LIST_NUMBER.sub(r"\1\\.", markdown)


def escape_within(text: str, limit: int) -> str:
    """The same, of as much of the text as gives at most `limit` characters of markdown."""
    return _within([Span(text)] if text else [], limit, _escaped)


def quiet(markdown: str) -> str:
    """A line of small, grey text; "" for none."""
    return f"-# {starting(markdown)}" if markdown else ""


def heading(markdown: str, level: int = 2) -> str:
    """A heading; "" for none."""
    if not markdown:
        return ""
    end = _APART if markdown.endswith("#") else ""  # those at the end are not shown
    return f"{'#' * level} {starting(markdown)}{end}"


def line_markdown(spans: Line, limit: int) -> str:
    """One of our lines as a line of markdown, cut to `limit` characters.

    It is quiet where it starts so, and nothing in it stands out.
    """
    said = [span for span in spans if span.text]
    is_quiet = bool(said) and said[0].style is Style.QUIET and {s.style for s in said} <= _CALM
    written = inline(spans, limit - len("-# \\"))
    return quiet(written) if is_quiet else starting(written)


def inline(spans: Line, limit: int) -> str:
    """Spans as markdown within a line, cut to `limit` characters."""
    return _within(_runs(spans), limit, _escaped)


def masked_link(spans: Line, url: str, limit: int, otherwise: str = "link") -> str:
    """The text as a link to the (clean) URL, cut to `limit` characters, the URL counted.

    A text that can't be a link's stands before one whose text is `otherwise`. Without a URL, and
    where there is no room for it, the text stands alone.
    """
    runs = _runs(Span(s.text, Style.PLAIN if s.style is Style.LINK else s.style) for s in spans)
    room = limit - len(f"[](<{url}>)")
    if not url or room < _LEAST:
        return _within(runs, limit, _escaped)
    if _can_be_linked(runs):
        return f"[{_within(runs, room, _as_it_stands)}](<{url}>)"
    beside = f"[{otherwise}](<{url}>)"
    room = limit - len(f" ({beside})")
    if room < _LEAST:
        return _within(runs, limit, _escaped)
    shown = _within(runs, room, _escaped)
    return f"{shown} ({beside})" if shown else beside


def _can_be_linked(runs: list[Span]) -> bool:
    text = "".join(run.text for run in runs)
    has_marks = any(run.style is not Style.PLAIN for run in runs)
    if not _strip(text) or (has_marks and ("*" in text or "_" in text)):
        return False
    return not _UNLINKABLE.search(text)


def _runs(spans: Iterable[Span]) -> list[Span]:
    """The spans cleaned, each in the style that it will have; those that look alike are one."""
    runs: list[Span] = []
    for span in spans:
        text = _visible(span.text)
        url = clean_url(span.url) if span.style is Style.LINK else ""
        style = _shown_as(span.style, text, url)
        if runs and (runs[-1].style, runs[-1].url) == (style, url):
            runs[-1] = Span(runs[-1].text + text, style, url)
        elif text:
            runs.append(Span(text, style, url))
    return runs


def _shown_as(style: Style, text: str, url: str) -> Style:
    if not _strip(text) or style is Style.QUIET or (style is Style.LINK and not url):
        return Style.PLAIN
    if style is Style.CODE and "``" in text:  # a fence of three would be a block
        return Style.PLAIN
    return Style.STRONG if style is Style.MARK else style


def _within(runs: list[Span], limit: int, write: Callable[[Span], str]) -> str:
    """The runs, or as much of them as `limit` characters of markdown hold."""
    text = "".join(run.text for run in runs)
    room = min(limit, characters(text)) if _strip(text) else 0
    while room > 0:
        written = _together([(run, write(run)) for run in _cut_runs(runs, text, room)]).strip()
        over = characters(written) - limit
        if over <= 0:
            return written
        room -= max(1, over // 2)  # a character of text is two of markdown at most
    return ""


def _cut_runs(runs: list[Span], text: str, limit: int) -> list[Span]:
    short = cut(text, limit)
    if short == text:
        return runs
    left, kept = len(short) - 1, []
    for run in runs:
        if left <= 0:
            break
        kept.append(Span(run.text[:left], run.style, run.url))
        left -= len(run.text)
    if not kept:
        return [Span(short)]
    last = kept[-1]
    return [*kept[:-1], Span(last.text + "…", last.style, last.url)]


def _together(parts: list[tuple[Span, str]]) -> str:
    """The parts in a row; two that Discord would read as one are kept apart."""
    written = ""
    for run, part in parts:
        meets = written[-1:] == part[:1] and part[:1] in ("`", "*")
        is_bare = run.style is Style.LINK and part[:1] not in (" ", "[")
        written += (_APART if written and (meets or is_bare) else "") + part
    return written


def _escaped(run: Span) -> str:
    text = run.text.strip()
    if run.style is Style.PLAIN or not text:
        return escape(run.text)
    if run.style is Style.STRONG:
        made = f"**{starting(escape(text))}**"
    elif run.style is Style.CODE:
        made = f"`` {text} ``" if "`" in text else f"`{text}`"
    else:
        made = masked_link((Span(text),), run.url, len(text) * 3 + len(run.url) + 20)
    return _spaced(run, made)


def _as_it_stands(run: Span) -> str:
    """Within a link, where nothing is escaped."""
    text = run.text.strip()
    is_bold = run.style is Style.STRONG and text
    return _spaced(run, f"**{text}**") if is_bold else run.text


def _spaced(run: Span, made: str) -> str:
    """Spaces at its ends stand outside of the markup."""
    before = " " if run.text.startswith(" ") else ""
    return f"{before}{made}{' ' if run.text.endswith(' ') else ''}"
