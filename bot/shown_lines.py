"""Our lines → runs of clean text, each in the style that it will have. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.messages import Line, Span, Style
from bot.shown_text import clean_url, cut, seen, visible

_CALM = {Style.QUIET, Style.CODE, Style.LINK}


def _any(_: str) -> bool:
    return True


def clean_runs(
    spans: Iterable[Span], url_characters: int, may_be_code: Callable[[str], bool] = _any
) -> list[Span]:
    """The spans cleaned; those that look alike are one.

    A mark is strong. Plain is what is quiet, what shows nothing, a link without a (clean) URL of
    at most `url_characters`, and code that `may_be_code` finds can't be written as such.
    """
    found: list[Span] = []
    for span in spans:
        text = visible(span.text)
        url = clean_url(span.url, url_characters) if span.style is Style.LINK else ""
        style = _shown_as(span.style, text, url)
        if style is Style.CODE and not may_be_code(text):
            style = Style.PLAIN
        if found and (found[-1].style, found[-1].url) == (style, url):
            found[-1] = Span(found[-1].text + text, style, url)
        elif text:
            found.append(Span(text, style, url))
    return found


def cut_runs(whole: Sequence[Span], limit: int) -> list[Span]:
    """At most `limit` characters of the runs, cut at a word; "…" says that there was more."""
    text = "".join(run.text for run in whole)
    short = cut(text, limit)
    if short == text:
        return list(whole)
    left, kept = len(short) - 1, []
    for run in whole:
        if left <= 0:
            break
        kept.append(Span(run.text[:left], run.style, run.url))
        left -= len(run.text)
    if not kept:
        return [Span(short)]
    last = kept[-1]
    return [*kept[:-1], Span(last.text + "…", last.style, last.url)]


def is_quiet(spans: Line) -> bool:
    """Whether a line stands back: it starts so, and nothing in it stands out."""
    said = [span for span in spans if span.text]
    return bool(said) and said[0].style is Style.QUIET and {s.style for s in said} <= _CALM


def is_code(spans: Line) -> bool:
    """Whether a line is nothing but code."""
    said = [span for span in spans if span.text]
    return bool(said) and all(span.style is Style.CODE for span in said)


def as_typed(spans: Line) -> str:
    """A line of code with its spaces; what is not seen is a space too: columns stay columns."""
    text = "".join(span.text for span in spans)
    return "".join(sign if sign.isprintable() else " " for sign in text).rstrip()


def _shown_as(style: Style, text: str, url: str) -> Style:
    if not seen(text) or style is Style.QUIET or (style is Style.LINK and not url):
        return Style.PLAIN
    return Style.STRONG if style is Style.MARK else style
