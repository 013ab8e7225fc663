"""Our plain text → what Slack shows as exactly that text. Pure.

Slack's mrkdwn has no way to escape `*`, `_`, `~`, `` ` `` or `:emoji:`: a zero-width space beside
a sign makes it more of a sign, not less (jsx-slack, "About escape and exact mode", found by trying
the client). So what strangers wrote, titles above all, stands in blocks in which text is data: as
elements of `rich_text`, which apps may send since September 2023 (Slack's changelog), and as
`plain_text`. They need no escaping, and a mention, a channel link, a date or an emoji is a type of
its own there, which is never written here.

mrkdwn is left where Slack takes nothing else: for a message's `text` (notifications, screen
readers, and where blocks are refused) and for quiet lines with code or links. There `& < >` are
escaped, and a sign that could format becomes the one that looks like it: `*` is `∗` in "A* search",
but stays in "x_i" and "a*b", since within a word it means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from adapters.slack.limits import URL_CHARACTERS
from bot.messages import Line, Span, Style
from bot.shown_lines import clean_runs, cut_runs
from bot.shown_text import characters, seen

Element = Mapping[str, Any]  # of rich text

MOST_RUNS = 20  # of a line, each in its style: with more of them it is plain
MOST_LINKED = 8  # of a title: each of them repeats its address
_APART = "\u2060"  # shown as nothing and no place to break a line, it keeps signs apart
_BESIDE = "\u200b"  # beside a word, it makes a sign format ("exact mode")
_NO_QUOTE = "\u00ad"  # before a `>` that starts a line

_LOOKS_LIKE = {
    "*": "\u2217",
    "_": "\u02cd",
    "~": "\u223c",
    "`": "\u02cb",
    # Full-width, they format too.
    "\uff0a": "\ufe61",
    "\uff3f": "\u2e0f",
    "\uff40": "\u02cb",
}
# A sign at an end of a word; the beginning of an emoji's name; an address, a person or a channel,
# which would be linked.
_MARKUP = re.compile(
    r"(?<![0-9A-Za-z])[*_~`]|[*_~`](?![0-9A-Za-z])|[\uff0a\uff3f\uff40]"
    r"|:(?=//|[^\s:]+:)|(?<=\w)\.(?=[a-z]{2})|(?<=www)\.|[@#](?=[^\W\d_])"
)
_BOUNDS = frozenset(" .,;:!?()'\"")  # a sign formats beside them
_STYLES = {Style.STRONG: "bold", Style.CODE: "code"}


def elements(spans: Iterable[Span], limit: int) -> list[Element]:
    """Spans as elements of rich text, of at most `limit` characters; [] where nothing is seen."""
    return [_element(run) for run in _fitting(spans, limit, MOST_RUNS)]


def linked(spans: Iterable[Span], url: str, limit: int) -> list[Element]:
    """The same as a link to the (clean) URL, bold as a whole or where it is marked.

    Without a URL the text stands alone.
    """
    unlinked = (Span(s.text, Style.PLAIN if s.style is Style.LINK else s.style) for s in spans)
    runs = _without_blanks(_fitting(unlinked, limit, MOST_LINKED))
    is_marked = any(run.style is Style.STRONG for run in runs)
    return [
        _link(run.text, url, is_bold=not is_marked or run.style is Style.STRONG) for run in runs
    ]


def text_element(text: str, style: str = "") -> Element:
    """An element of rich text in one style: bold, italic or code."""
    return {"type": "text", "text": text, **({"style": {style: True}} if style else {})}


def under_one_another(rows: Iterable[list[Element]]) -> list[Element]:
    """Elements of several lines as those of one section, as Slack's own editor writes them."""
    whole: list[Element] = []
    for row in filter(None, rows):
        _append(whole, row if not whole else [text_element("\n"), *row])
    return whole


def mrkdwn(text: str) -> str:
    """The mrkdwn that shows this (clean) text within a line."""
    return _escape(_MARKUP.sub(_apart, text))


def starting(written: str) -> str:
    """The mrkdwn where it starts a line: no quote."""
    return f"{_NO_QUOTE}{written}" if written.startswith(("&gt;", "\uff1e")) else written


def line_mrkdwn(spans: Line, limit: int) -> str:
    """One of our lines as a line of mrkdwn, cut to `limit` characters."""
    return _within(spans, limit, _together)


def line_text(spans: Line, limit: int) -> str:
    """The same without emphasis and links, to be read aloud."""
    return _within(spans, limit, _read_aloud)


def code_mrkdwn(text: str) -> str:
    """What shows this text between signs of code, its spaces kept."""
    return _escape(text.replace("`", _LOOKS_LIKE["`"]))


def mrkdwn_link(url: str, written: str) -> str:
    """A link to the (clean) URL."""
    return f"<{_escape(url)}|{written}>"


def _fitting(spans: Iterable[Span], limit: int, most: int) -> list[Span]:
    """The spans in runs of at most `limit` characters; in one where they are more than `most`."""
    runs = clean_runs(spans, URL_CHARACTERS)
    text = "".join(run.text for run in runs)
    if not seen(text):
        return []
    if len(runs) > most:
        runs = [Span(text)]
    runs[0] = replace(runs[0], text=runs[0].text.lstrip())
    runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
    return [run for run in cut_runs(runs, limit) if run.text]


def _without_blanks(runs: Iterable[Span]) -> list[Span]:
    """The runs; one in which nothing is seen, as between two marked words, goes on with the one
    before: Slack takes no link that shows nothing.
    """
    made: list[Span] = []
    for run in runs:
        last = made[-1] if made else run
        if made and (last.style is run.style or not (seen(run.text) and seen(last.text))):
            made[-1] = replace(last if seen(last.text) else run, text=last.text + run.text)
        else:
            made.append(run)
    return made


def _element(run: Span) -> Element:
    if run.style is Style.LINK:
        return {"type": "link", "url": run.url, "text": run.text}
    return text_element(run.text, _STYLES.get(run.style, ""))


def _link(text: str, url: str, *, is_bold: bool) -> Element:
    if not url:
        return text_element(text, "bold" if is_bold else "")
    bold = {"style": {"bold": True}} if is_bold else {}
    return {"type": "link", "url": url, "text": text, **bold}


def _append(whole: list[Element], more: Iterable[Element]) -> None:
    """Add elements; a plain one goes on with the plain one before it."""
    for each in more:
        if whole and set(each) == set(whole[-1]) == {"type", "text"}:
            whole[-1] = text_element(whole[-1]["text"] + each["text"])
        else:
            whole.append(each)


def _escape(text: str) -> str:
    """The three signs that Slack's documents ask to escape, and no other."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _apart(found: re.Match[str]) -> str:
    return _LOOKS_LIKE.get(found[0]) or f"{found[0]}{_APART}"


def _within(spans: Line, limit: int, write: Callable[[list[Span]], str]) -> str:
    """A line as mrkdwn, of as much of it as `limit` characters hold."""
    room = min(limit, sum(characters(span.text) for span in spans))
    while room > 0:
        written = write(_fitting(spans, room, MOST_RUNS))
        over = characters(written) - limit
        if over <= 0:
            return starting(written)
        room -= max(1, over // 5)  # a character of text is five of mrkdwn at most
    return ""


def _marked_up(run: Span) -> str:
    text = run.text.strip()
    if run.style is Style.PLAIN or not text:
        return mrkdwn(run.text)
    if run.style is Style.STRONG:
        made = f"*{mrkdwn(text).replace('*', _LOOKS_LIKE['*'])}*"
    elif run.style is Style.CODE:
        made = f"`{code_mrkdwn(text)}`"
    else:
        made = mrkdwn_link(run.url, mrkdwn(text))
    before = " " if run.text.startswith(" ") else ""
    return f"{before}{made}{' ' if run.text.endswith(' ') else ''}"


def _read_aloud(runs: list[Span]) -> str:
    return mrkdwn("".join(run.text for run in runs))


def _together(runs: list[Span]) -> str:
    """The runs in a row; what formats is kept apart from a word beside it."""
    written, formats = "", False
    for run in runs:
        part, will_format = _marked_up(run), run.style in _STYLES
        before, after = written[-1:], part[:1]
        meets_before = will_format and written and before not in _BOUNDS
        meets_after = formats and after not in _BOUNDS
        written += f"{_BESIDE if meets_before or meets_after else ''}{part}"
        formats = will_format
    return written
