"""Slips in what a search does not put right by itself: in quoted words, names, ruled-out words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from bot.commands.asked import Asked, with_corrections
from bot.commands.desk import Desk
from bot.commands.unmatched import Advice, short
from bot.messages import Button, line, strong
from bot.models import And, FirstListed, Query, TextField, User, Word
from bot.queries import leaves, positive_leaves

# No paper has this day, so nothing is looked up: only the spelling of the words is.
_NO_DAY = FirstListed(since=date.max)
_NEAR_NAME = 80  # of 100: `Yan LeCun` for Yann LeCun, not another of the same last name
_MOST_NAMES = 25
_MOST_WORDS = 2  # of a name from which others are looked for: its last, then the one before
_SHORTEST = 3  # letters of such a word


async def meant(desk: Desk, user: User, asked: Asked) -> Advice:
    """For a search that nothing matches: its quoted words and names as they were probably meant."""
    wanted = [leaf for leaf in positive_leaves(asked.query.tree) if isinstance(leaf, Word)]
    near = await _names(desk, user, [w for w in wanted if w.field is TextField.AUTHOR])
    near = near or await _slips(desk, [word for word in wanted if word.quoted])
    if not near:
        return Advice()
    text = _put_right(asked, near)
    return Advice((line("Did you mean ", strong(text), "?"),), (_search(text),))


async def remarks(desk: Desk, asked: Asked) -> Advice:
    """A remark on ruled-out words that no paper holds, and what was probably meant."""
    wanted = positive_leaves(asked.query.tree)
    unwanted = [leaf for leaf in leaves(asked.query.tree) if leaf not in wanted]
    near = await _slips(desk, [leaf for leaf in unwanted if isinstance(leaf, Word)])
    if not near:
        return Advice()
    wrong, right = next(iter(near.items()))
    told = line(
        f"No paper has “{wrong}”, so it rules nothing out: did you mean ", strong(right), "?"
    )
    return Advice((told,), (_search(_put_right(asked, near)),))


async def _slips(desk: Desk, words: Iterable[Word]) -> Mapping[str, str]:
    """The words that no paper holds, each with the nearest that some do."""
    plain = tuple(replace(word, quoted=False, prefix=False) for word in words)
    if not plain:
        return {}
    return (await desk.store.papers.find(Query(And((*plain, _NO_DAY))), 1)).corrected


async def _names(desk: Desk, user: User, names: Iterable[Word]) -> Mapping[str, str]:
    """Of names that nobody has, the nearest that somebody has."""
    near: dict[str, str] = {}
    for name in names:
        if not await desk.store.papers.count_matches(Query(And((name,))), 1):
            near |= await _nearest_name(desk, user, name.text)
    return near


async def _nearest_name(desk: Desk, user: User, name: str) -> dict[str, str]:
    words = [word for word in reversed(name.split()) if len(word) >= _SHORTEST]
    for word in words[:_MOST_WORDS]:
        found = await desk.store.completions.complete(user, f'author:"{word}', _MOST_NAMES)
        # Not those of the person's own queries, which come with them.
        told = [each.query for each in found if each.kind == "author"]
        known = [query.partition('"')[2].rstrip('"') for query in told]
        best = extractOne(name, known, scorer=ratio, processor=str.lower, score_cutoff=_NEAR_NAME)
        if best:
            return {name: best[0]}
    return {}


def _put_right(asked: Asked, near: Mapping[str, str]) -> str:
    return with_corrections(asked, near, date.max).text


def _search(text: str) -> Button:
    return Button(short(f"Search {text}"), "search", {"query": text})
