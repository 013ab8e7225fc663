"""The values of a query's fields: categories, sources, figures, papers. Pure.

Each reader takes a value as typed and raises UserError, in one line for people who do not know
the syntax, where it can't be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from bot.categories import canonical_category, likely_category
from bot.errors import UserError
from bot.identity import paper_id
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    SAMPLE,
    Category,
    HasCode,
    Like,
    ListedBy,
    Node,
    Sort,
    Upvotes,
)
from bot.query_days import LONGEST_VALUE, SPAN, read_days, shortened

_SOURCES = {
    **dict.fromkeys(("huggingface", "hf", "hugging face", "hugging-face", "picks"), HUGGINGFACE),
    "arxiv": ARXIV,
    "sample": SAMPLE,
}
_SORTS = {
    **dict.fromkeys(("relevance", "best", "relevant"), Sort.RELEVANCE),
    **dict.fromkeys(("new", "newest", "date", "latest", "recent"), Sort.NEW),
    **dict.fromkeys(("upvotes", "upvoted", "votes", "top", "popular"), Sort.UPVOTES),
}

_FIGURE = re.compile(r"(?P<sign>>=|<=|=|>|<|)\s*(?P<number>[0-9]{1,9})(?P<plus>\+?)")


def read_category(value: str) -> Category:
    """`cs.LG`, `cs` or `cs.*`, in any case."""
    name = canonical_category(value)
    if name is None:
        near = likely_category(value)
        hint = f"did you mean cat:{near}?" if near else "write one like cs.LG, or cs for all of it"
        raise UserError(f"arXiv has no category {shortened(value)}; {hint}")
    return Category(name)


def read_source(value: str) -> ListedBy:
    """`huggingface` (`hf`) or `arxiv`."""
    name = _SOURCES.get(value.lower())
    if name is None:
        raise UserError(
            f"there is no source {shortened(value)}; write source:huggingface or source:arxiv"
        )
    return ListedBy(name)


def read_upvotes(value: str) -> Upvotes:
    """`20` exactly, `>=20`, `20+`, `>20`, `<5`, `<=5`, `10..50`."""
    plain = value.replace(",", "")
    span = SPAN.fullmatch(plain)
    if span and (span["first"] or span["last"]):
        low, high = (_figure(end, value) for end in span.groups())
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        return Upvotes(low, high)
    found = _FIGURE.fullmatch(plain)
    if found is None or (found["plus"] and found["sign"]):
        raise _no_figure(value)
    number = int(found["number"])
    match found["sign"] + found["plus"]:
        case ">=" | "+":
            return Upvotes(low=number)
        case ">":
            return Upvotes(low=number + 1)
        case "<=":
            return Upvotes(high=number)
        case "<" if number == 0:
            raise UserError("no paper has fewer than 0 upvotes")
        case "<":
            return Upvotes(high=number - 1)
    return Upvotes(number, number)


def read_like(value: str) -> Like:
    """The id or link of a paper; `~` before it asks for looser likeness."""
    loose = value.startswith("~")
    found = paper_id(value.removeprefix("~"))
    if found is None:
        raise UserError(
            f"{shortened(value)} is no arXiv id or link to a paper; write it as in like:2405.21060"
        )
    return Like(found[0], loose)


def read_flag(value: str) -> HasCode:
    """`code`."""
    if value.lower() not in ("code", "github"):
        raise UserError(
            f"has:{shortened(value)} can't be asked; has:code is for papers with a link to code"
        )
    return HasCode()


def read_sort(value: str) -> Sort:
    """`relevance`, `new` or `upvotes`."""
    sort = _SORTS.get(value.lower())
    if sort is None:
        raise UserError(
            f"there is no order {shortened(value)}; write sort:relevance, sort:new or sort:upvotes"
        )
    return sort


EXAMPLES = {
    "title": "title:mamba",
    "abstract": "abstract:mamba",
    "author": 'author:"Yann LeCun"',
    "org": "org:DeepMind",
    "keyword": "keyword:diffusion",
    "cat": "cat:cs.LG",
    "source": "source:arxiv",
    "upvotes": "upvotes:>=20",
    "date": "date:7d",
    "since": "since:2026-10",
    "until": "until:2026-10",
    "has": "has:code",
    "like": "like:2405.21060",
    "sort": "sort:new",
}
READERS: Mapping[str, Callable[[str], Node]] = {
    "cat": read_category,
    "source": read_source,
    "upvotes": read_upvotes,
    "date": read_days,
    "since": lambda value: read_days(value, "since"),
    "until": lambda value: read_days(value, "until"),
    "like": read_like,
    "has": read_flag,
}


def nearest_of(word: str, names: Sequence[str]) -> str:
    """The name that is spelled nearest to the word; "" where none is near."""
    found = extractOne(word.lower()[:LONGEST_VALUE], names, scorer=ratio, score_cutoff=60)
    return found[0] if found else ""


def _figure(text: str, value: str) -> int | None:
    if text and not re.fullmatch(r"[0-9]{1,9}", text):
        raise _no_figure(value)
    return int(text) if text else None


def _no_figure(value: str) -> UserError:
    return UserError(
        f"{shortened(value)} is no number of upvotes; write upvotes:>=20, upvotes:<5 or"
        " upvotes:10..50"
    )
