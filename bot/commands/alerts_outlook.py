"""What an alert would have brought lately; where that is nothing, what of its query would have."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.bundles import quoted
from bot.commands.desk import Desk
from bot.messages import Line, line, quiet
from bot.models import HUGGINGFACE, SAMPLE, And, Like, Node, Query, Word
from bot.narrowing import LOOK_BACK_DAYS, MOST_COUNTED, Narrowing, Outlook, lately, look_back
from bot.ports import PaperStore
from bot.queries import leaves, positive_leaves, print_query, resolve
from bot.wording import count_of, listing

_MOST_PARTS = 6  # of a query that are looked at alone


async def outlook_of(desk: Desk, query: Query, today: date) -> tuple[Outlook, tuple[Line, ...]]:
    """What a query would have brought, and how it could bring less; where it brought nothing, what
    is to be said about that, and how it could bring more.
    """
    papers = desk.store.papers
    outlook = await look_back(papers, query, today)
    likes = any(isinstance(leaf, Like) for leaf in leaves(query.tree))
    if outlook.papers or likes:
        return outlook, ()
    kept = await papers.count_matches(resolve(query, today), MOST_COUNTED + 1)
    if kept > MOST_COUNTED:
        return outlook, (line(f"Of all papers kept here, more than {MOST_COUNTED:,} match."),)
    if kept:
        match = "matches" if kept == 1 else "match"
        return outlook, (line(f"Of all papers kept here, {kept:,} {match}."),)
    ways, unknown = await _wider(papers, query, today)
    return replace(outlook, narrowings=tuple(ways)), _tell_parts(ways, unknown)


async def filling_note(desk: Desk, today: date) -> tuple[Line, ...]:
    """That there may have been more, where the days looked back on are not all here yet."""
    if await desk.store.pulls.latest(SAMPLE):  # its days are all there are
        return ()
    reach = await desk.store.pulls.reach(HUGGINGFACE)
    if reach is not None and reach <= today - timedelta(days=LOOK_BACK_DAYS):
        return ()
    return (line(quiet("The last days are still being fetched: there may be more.")),)


async def _wider(
    papers: PaperStore, query: Query, today: date
) -> tuple[list[Narrowing], list[str]]:
    """What one of its words alone, or all but one of its filters, would have brought; and the words
    that no paper has.
    """
    parts = query.tree.parts[:_MOST_PARTS]
    words = [part for part in parts if _is_words(part)]
    trees = {f"only {_text(word)}": And((word,)) for word in words if len(parts) > 1}
    for dropped in parts if len(parts) > 1 else ():
        if dropped not in words:
            rest = tuple(part for part in query.tree.parts if part != dropped)
            trees[f"without {_text(dropped)}"] = And(rest)
    counts = await asyncio.gather(*(_count(papers, tree, today) for tree in trees.values()))
    ways = [
        Narrowing(told, print_query(Query(tree)), count)
        for (told, tree), count in zip(trees.items(), counts, strict=True)
        if count
    ]
    return ways, [_text(word) for word in words if not await _is_known(papers, word)]


def _tell_parts(ways: Sequence[Narrowing], unknown: Sequence[str]) -> tuple[Line, ...]:
    named = listing([quoted(text) for text in unknown], "or")
    lines = [line(f"No paper kept here has {named}.")] if unknown else []
    alone = [
        f"{quoted(way.told.removeprefix('only '))}: {count_of(way.papers, 'paper')}"
        for way in ways
        if way.told.startswith("only ")
    ]
    if alone:
        lines.append(line(f"Alone, in these days: {listing(alone)}."))
    return tuple(lines) or (line("Of all papers kept here, none matches."),)


async def _count(papers: PaperStore, tree: And, today: date) -> int:
    return await papers.count_matches(lately(Query(tree), today), MOST_COUNTED + 1)


async def _is_known(papers: PaperStore, part: Node) -> bool:
    return bool(await papers.count_matches(Query(And((part,))), 1))


def _is_words(node: Node) -> bool:
    asked = positive_leaves(node)
    return asked == leaves(node) and all(isinstance(leaf, Word) for leaf in asked)


def _text(node: Node) -> str:
    return print_query(Query(And((node,))))
