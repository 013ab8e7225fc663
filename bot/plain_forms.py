"""The plain forms around the query language, each with the condition that it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.categories import canonical_category
from bot.identity import paper_id
from bot.spoken_days import SPOKEN, spoken_period

TAKEN = " \x02 "  # stands where a form stood: what comes before it ends there
BEGINS = r"(?<![^\s,\x02])(?<!not )(?<!no )(?<!nor )(?<!without )(?<!except )"
ABOUT = r"(?:about|on|regarding|concerning|covering)"
ENDS = rf"(?:\s*(?:$|[,\x02])|\s{ABOUT}\s)"  # `papers from last month about mamba`
_WORD_ENDS = r"(?![\w.-]*\w)"

_CATEGORY = (
    r"[A-Za-z]{2,8}(?:-[A-Za-z]{2,4})?[.][A-Za-z-]{2,10}|(?:hep|nucl|quant|gr|math)-[a-z]{2,3}"
)
_PUBLISHED = r"(?:(?:published|posted|released|listed|submitted) )?"
_GENRE = r"(?:surveys?|reviews?|benchmarks?|datasets?|tutorials?|theses|thesis|code)"
GENRES = rf"{_GENRE}(?: (?:and|or) {_GENRE})*"
_OVERVIEWS = r"(?:surveys?|reviews?|tutorials?)(?: (?:and|or) (?:surveys?|reviews?|tutorials?))*"
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_BOUNDS = {
    "at least": ">=",
    **dict.fromkeys(("more than", "over", "above"), ">"),
    "at most": "<=",
    **dict.fromkeys(("fewer than", "less than", "under", "below"), "<"),
}
_NO_YEAR = r"(?!(?:19|20)[0-9]{2}(?!-))"  # "progress since 2017" may be a title
_PREPOSITIONS = frozenset("in by from with like since at to for as of".split())
_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
}


_NUMBER = rf"(?P<number>[0-9]{{1,3}}|{'|'.join(_NUMBERS)})"


@dataclass(frozen=True, slots=True)
class Form:
    """A plain form: how it is written, and what makes a condition of it, "" where it is none."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], date], str]


def _form(pattern: str, read: Callable[[re.Match[str], date], str]) -> Form:
    return Form(re.compile(BEGINS + pattern), read)


def _like(match: re.Match[str], _: date) -> str:
    found = paper_id(match["paper"])
    return f"like:{found[0]}" if found else ""


def _categories(match: re.Match[str], _: date) -> str:
    names = [canonical_category(name) for name in re.split(r", | and | or |,", match["names"])]
    known = [f"cat:{name}" for name in names if name]
    if len(known) < len(names):
        return ""
    return known[0] if len(known) == 1 else f"({' OR '.join(known)})"


def _since(match: re.Match[str], today: date) -> str:
    period = spoken_period(match["when"], today)
    if period is None:
        return ""
    after = match["word"] == "after"
    return f"date:>={period[1] + timedelta(days=1) if after else period[0]}"


def _until(match: re.Match[str], today: date) -> str:
    period = spoken_period(match["when"], today)
    if period is None:
        return ""
    before = match["word"] == "before"
    return f"date:<={period[0] - timedelta(days=1) if before else period[1]}"


def _during(match: re.Match[str], today: date) -> str:
    period = spoken_period(match["when"], today)
    return f"date:{period[0]}..{period[1]}" if period else ""


def _lately(match: re.Match[str], _: date) -> str:
    number = match["number"] or "1"
    days = _NUMBERS.get(number) or int(number)
    return f"date:{days * _UNITS[match['unit']]}d" if days else ""


def _upvotes(match: re.Match[str], _: date) -> str:
    return f"upvotes:{_BOUNDS.get(match['bound'], '>=')}{int(match['number'])}"


def _compared_upvotes(match: re.Match[str], _: date) -> str:
    return f"upvotes:{match['sign']}{int(match['number'])}"


def _some_upvotes(match: re.Match[str], _: date) -> str:
    return f"upvotes:>={int(match['number'])}"


def ruled_out(match: re.Match[str], _: date) -> str:
    """The conditions for what shall not be there, told in words: `in cs.CV`, `by Ann Lee`."""
    named = re.sub(r"^(?:about|on|any) ", "", match["out"])
    category = re.fullmatch(rf"in ({_CATEGORY})", named)
    person = re.fullmatch(r"by ([^\W\d_].*)", named)
    if named == "code":
        return "-has:code"
    if category:
        name = canonical_category(category[1])
        return f"-cat:{name}" if name else ""
    if person:
        return f'-author:"{person[1]}"'
    if named.split()[0] in _PREPOSITIONS:
        return ""
    things = re.split(r", | or | and ", named)
    return " ".join(f'-"{thing}"' if " " in thing else f"-{thing}" for thing in things)


def _organisation(match: re.Match[str], today: date) -> str:
    name = match["name"]
    if spoken_period(name, today):
        return ""
    return f'org:"{name}"' if " " in name else f"org:{name}"


def _always(condition: str) -> Callable[[re.Match[str], date], str]:
    return lambda _match, _today: condition


# In the order in which they are looked for. These say by themselves that no title is meant.
CLEAR = (
    _form(
        r"(?:(?:that|which) are )?(?:like|similar to|related to|close to) (?P<paper>[^\s,\x02]+)",
        _like,
    ),
    _form(
        rf"in (?P<names>(?:{_CATEGORY})(?:(?:, | and | or |,)(?:{_CATEGORY}))*){_WORD_ENDS}",
        _categories,
    ),
    _form(rf"not (?P<out>in (?:{_CATEGORY})){_WORD_ENDS}", ruled_out),
    _form(rf"{_PUBLISHED}(?P<word>since|after) {_NO_YEAR}(?P<when>{SPOKEN}){_WORD_ENDS}", _since),
    _form(
        rf"{_PUBLISHED}(?P<word>until|till|before) {_NO_YEAR}(?P<when>{SPOKEN}){_WORD_ENDS}", _until
    ),
    _form(
        rf"{_PUBLISHED}(?:in|over|from|of|within|during) the (?:last|past) (?:{_NUMBER} )?"
        rf"(?P<unit>day|week|month)s?{_WORD_ENDS}",
        _lately,
    ),
    _form(
        rf"(?:not|no) (?:older than|(?P<more>more than)) (?:an? |{_NUMBER} )?"
        rf"(?P<unit>day|week|month|year)s?(?(more) old)(?={ENDS})",
        _lately,
    ),
    _form(rf"(?:the )?(?:last|past) {_NUMBER} (?P<unit>day|week|month)s(?={ENDS})", _lately),
    _form(rf"(?:from |of |in )?(?P<when>(?:this|last) (?:week|month))(?={ENDS})", _during),
    _form(
        rf"(?:published|posted|released|submitted) (?:in|on|from) (?P<when>{SPOKEN})(?={ENDS})",
        _during,
    ),
    _form(
        rf"(?:but (?:not|no|without)|except(?: for)?|excluding) (?:any )?(?P<out>{GENRES})"
        rf"(?={ENDS})",
        ruled_out,
    ),
    _form(rf"(?:not|no) (?P<out>{_OVERVIEWS})(?={ENDS})", ruled_out),
    _form(
        rf"(?:with |having )?(?P<bound>{'|'.join(_BOUNDS)}) (?P<number>[0-9]{{1,6}}) (?:up)?votes",
        _upvotes,
    ),
    _form(r"(?:with )?(?P<number>[0-9]{1,6})(?P<bound>\+) (?:up)?votes", _upvotes),
    _form(
        rf"(?:sorted by (?:date|newest)|(?:newest|latest|most recent) first)(?={ENDS})",
        _always("sort:new"),
    ),
    _form(
        rf"(?:sorted by (?:up)?votes|most (?:up)?voted(?: first)?|most popular first)(?={ENDS})",
        _always("sort:upvotes"),
    ),
    _form(
        r"(?:with (?:available|public|open|released) code|with code available"
        rf"|(?:that|which) (?:have|has|come with) code)(?={ENDS})",
        _always("has:code"),
    ),
)
# These are found in titles too: they are read only beside a clear one, or where papers are asked
# for.
UNCLEAR = (
    _form(rf"{_PUBLISHED}(?P<word>since|after) (?P<when>{SPOKEN}){_WORD_ENDS}", _since),
    _form(rf"{_PUBLISHED}(?P<word>until|till|before) (?P<when>{SPOKEN}){_WORD_ENDS}", _until),
    _form(rf"in the (?:last|past) (?:{_NUMBER} )?(?P<unit>year)s?(?={ENDS})", _lately),
    _form(rf"{_PUBLISHED}(?:from|of|in) (?P<when>{SPOKEN})(?={ENDS})", _during),
    _form(rf"(?P<when>today|yesterday)(?={ENDS})", _during),
    _form(rf"with code(?={ENDS})", _always("has:code")),
    _form(rf"from (?P<name>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){{0,3}})(?={ENDS})", _organisation),
    _form(
        r"(?:but (?:not|no|without)|except(?: for)?|excluding) "
        rf"(?P<out>[\w.-]+(?: [\w.-]+){{0,5}})(?={ENDS})",
        ruled_out,
    ),
    _form(rf"(?:without|not|no) (?P<out>{GENRES})(?={ENDS})", ruled_out),
)
# These are mostly something else: no more than a button offers the reading.
LIKELY = (
    _form(r"- (?P<out>[\w.-]+)(?=\s*$)", ruled_out),
    _form(
        r"(?:up)?votes? ?(?P<sign>>=|<=|>|<) ?(?P<number>[0-9]{1,6})(?![0-9])", _compared_upvotes
    ),
    _form(r"(?P<number>[0-9]{1,6})\+? (?:up)?votes?(?![\w-])", _some_upvotes),
)
