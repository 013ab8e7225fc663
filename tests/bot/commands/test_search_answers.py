"""How an answer to a search reads: marks, places, orders, what to change, how far it reaches."""

from __future__ import annotations

import asyncio
import itertools
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlite_utils import Database
from standins.office import FRIDAY, Office, message, plain, titles

from bot.announcements import FIRST_DAYS
from bot.errors import StoreError
from bot.messages import Line, Message, Style
from bot.models import HUGGINGFACE, Batch, Paper, PullState, Sighting


def marked(line: Line) -> str:
    return "".join(f"*{s.text}*" if s.style is Style.MARK else s.text for s in line)


async def add(office: Office, *papers: Paper, day: date = FRIDAY, upvotes: int = 1) -> None:
    seen = tuple(Sighting(paper.id, HUGGINGFACE, day, upvotes) for paper in papers)
    await office.store.papers.add(
        Batch(HUGGINGFACE, day, day, papers=papers, sightings=seen), office.now
    )


SHEEP = Paper(
    "2611.00001",
    "Counting sheep at scale",
    abstract="Naps help. A flock that sleeps between batches learns more than one that does not.",
    authors=("Ada Meadow", "Béla Fence"),
    keywords=("wool quality", "grazing"),
    organisation="Pasture Institute",
    categories=("cs.LG",),
)
GOATS = Paper("2611.00002", "Counting goats", categories=("math.CO",), authors=("Dov Barn",))


async def test_the_words_are_marked_where_they_stand(empty_office: Office) -> None:
    await add(empty_office, SHEEP)
    [card] = (await empty_office.ask("search count flock")).cards
    assert marked(card.title) == "*Counting* sheep at scale"
    assert "*flock*" in marked(card.excerpt)
    assert card.dated
    assert card.why == ""


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("fence", "Author: Béla Fence"),
        ('author:"bela fence"', "Author: Béla Fence"),
        ("grazing", "Keyword: grazing"),
        ("org:pasture", "Organisation: Pasture Institute"),
        ("sheep author:meadow", "Author: Ada Meadow"),
        ("cat:cs.LG", ""),
    ],
)
async def test_what_matched_elsewhere_is_named(empty_office: Office, query: str, why: str) -> None:
    await add(empty_office, SHEEP)
    [card] = (await empty_office.ask(f"search {query}")).cards
    assert card.why == why


async def test_the_order_is_told_where_it_was_asked_for(office: Office) -> None:
    assert "newest first" in (await office.ask("search diffusion sort:new")).subtitle
    said = await office.ask("search diffusion sort:upvotes")
    assert said.subtitle.startswith("1–5 · most upvotes first")
    assert titles(said)[:2] == ["Diffusion of kind 12", "Diffusion of kind 11"]
    assert "first" not in (await office.ask("search diffusion")).subtitle


async def test_a_filter_that_excludes_everything_is_named_with_what_it_excludes(
    empty_office: Office,
) -> None:
    await add(empty_office, SHEEP, GOATS)
    said = await empty_office.ask("search counting cat:hep-th upvotes:<9")
    assert said.title == "No paper matches: counting cat:hep-th upvotes:<9"
    assert "Without cat:hep-th: 2 papers." in plain(said)
    assert "upvotes" not in plain(said).replace(said.title, "")
    found = message(await empty_office.press(said, "Without cat:hep-th"))
    assert sorted(titles(found)) == ["Counting goats", "Counting sheep at scale"]


async def test_filters_that_exclude_everything_only_together_are_left_out_together(
    empty_office: Office,
) -> None:
    await add(empty_office, SHEEP)
    said = await empty_office.ask("search sheep cat:hep-th upvotes:>9")
    assert "Without any filter: 1 paper." in plain(said)
    found = message(await empty_office.press(said, "Without any filter"))
    assert titles(found) == [SHEEP.title]


async def test_days_that_move_are_counted_as_of_today(office: Office) -> None:
    said = await office.ask("search diffusion date:yesterday")
    assert "Without its dates: 12 papers." in plain(said)
    assert len(titles(message(await office.press(said, "Without its dates")))) == 5
    said = await office.ask("search diffusion date:1d")
    assert "Without date:1d: 12 papers." in plain(said)


async def test_where_nothing_would_help_other_words_are_asked_for(office: Office) -> None:
    for query in ("quark", "quark gluon", "quark cat:cs.LG"):
        said = await office.ask(f"search {query}")
        assert "Try other words for it." in plain(said)
        assert "title:attention" in plain(message(await office.press(said, "How to search")))


async def test_without_vectors_the_most_alike_by_words_are_not_called_close(office: Office) -> None:
    said = await office.ask("search like:2611.20003 upvotes:<4")
    told = "No paper is known to be close to 2611.20003; these are the most alike."
    assert told in plain(said)
    assert sorted(titles(said)) == ["Diffusion of kind 1", "Diffusion of kind 2"]
    assert {card.why for card in said.cards} == {"Alike"}


async def test_a_paper_that_is_not_kept_is_looked_up_for_the_most_alike(office: Office) -> None:
    office.arxiv.shelf["2401.00001"] = Paper("2401.00001", "Mamba in the snow")
    said = await office.ask("search like:2401.00001")
    assert "No paper is known to be close to 2401.00001; these are" in plain(said)
    assert "Old mamba" in titles(said)


async def reach_back_to(office: Office, first: date) -> None:
    """Every listing day since then was pulled completely."""
    last = FRIDAY - timedelta(days=2)
    days = {first + timedelta(n): PullState.HOLIDAY for n in range((last - first).days + 1)}
    await office.store.papers.add(Batch(HUGGINGFACE, first, last, days=days), office.now)


async def ask_as_operator(office: Office, query: str) -> Message:
    asked = replace(office.invocation("search", {"query": query}), runs_it=True)
    return message(await office.commands.answer(asked))


async def test_while_the_archive_fills_it_says_how_far_back_it_reaches(office: Office) -> None:
    await reach_back_to(office, date(2026, 11, 2))
    assert "search reaches back to Mon 2 Nov 2026" in (await office.ask("diffusion")).subtitle
    nothing = await office.ask("search quark")
    assert "Searched: 15 papers, back to Mon 2 Nov 2026." in plain(nothing)
    assert "paperboy pull" not in plain(nothing)


async def test_only_the_operator_is_told_how_to_reach_further(office: Office) -> None:
    await reach_back_to(office, date(2026, 11, 2))
    assert "paperboy pull --since 2025-11-02" in plain(await ask_as_operator(office, "quark"))
    assert "paperboy pull" not in plain(await ask_as_operator(office, "diffusion"))


async def test_a_full_archive_is_not_spoken_of(office: Office) -> None:
    await reach_back_to(office, FIRST_DAYS[HUGGINGFACE])
    assert "reaches" not in (await office.ask("diffusion")).subtitle
    assert "Searched: 15 papers." in plain(await ask_as_operator(office, "quark"))


async def test_every_card_can_be_saved_shared_and_compared(office: Office) -> None:
    for line in ("search diffusion", "today 2026-11-20", "paper 2611.20003", "trending", "/papers"):
        said = await office.ask(line)
        assert said.private
        for card in said.cards:
            verbs = {b.verb: b.args["id"] for b in card.buttons if b.verb != "alert add"}
            assert verbs == dict.fromkeys(("save", "similar", "share"), card.listed.paper.id)


async def test_one_page_that_holds_all_says_no_places(empty_office: Office) -> None:
    await add(empty_office, SHEEP, GOATS)
    said = await empty_office.ask("search counting")
    assert said.title == "2 papers: counting"
    assert "1–2" not in said.subtitle


async def test_a_busy_writer_does_not_hold_an_answer(office: Office) -> None:
    freed = threading.Event()
    held = office.store.papers._engine.write(lambda _: freed.wait(30))
    holding = asyncio.create_task(held)
    try:
        async with asyncio.timeout(10):
            first = await office.ask("search diffusion")
        assert len(first.cards) == 5
    finally:
        freed.set()
        await holding
    await asyncio.gather(*office.desk.errands)
    second = message(await office.press(first, "Next 5"))
    assert [card.number for card in second.cards] == [6, 7, 8, 9, 10]
    assert "searched anew" not in plain(second)


async def test_plain_words_are_read_and_told_with_a_way_to_the_exact_ones(office: Office) -> None:
    said = await office.ask("papers about diffusion since last week")
    assert said.title == "12 papers: diffusion date:>=2026-11-16"
    assert "Read as: papers about “diffusion”, listed since 16 Nov 2026" in plain(said)
    assert "Did you mean" not in plain(said)
    following = message(await office.press(said, "Next 5"))
    assert following.title == said.title
    assert "searched anew" not in plain(following)
    exact = message(await office.press(said, "Search the exact words"))
    assert exact.title == "No paper matches all of it: papers about diffusion since last week"
    assert {card.why for card in exact.cards} == {"In part"}


async def test_words_after_the_commands_name_are_read_with_it(office: Office) -> None:
    for line in ("/papers about mamba", "papers about mamba", "search papers about mamba"):
        said = await office.ask(line)
        assert said.title == "2 papers: mamba"
        assert "Read as: papers about “mamba”" in plain(said)


async def test_what_is_no_plain_form_is_searched_as_it_stands(office: Office) -> None:
    said = await office.ask("search Mamba and sheep")
    assert said.title == "1 paper: Mamba and sheep"
    assert "Read as" not in plain(said)
    assert not [b for b in said.buttons if b.label == "Search the exact words"]


@pytest.mark.parametrize(
    "line", ["papers search mamba", "papers 2611.20003", "papers", "Papers help"]
)
async def test_the_commands_name_before_a_verb_is_no_search(office: Office, line: str) -> None:
    assert not (await office.ask(line)).title.startswith(("No paper", "2 papers: papers"))


async def test_a_full_disk_does_not_keep_an_answer_back(office: Office) -> None:
    await fill_disk(office)
    said = await office.ask("search diffusion")
    assert len(said.cards) == 5
    following = message(await office.press(said, "Next 5"))
    assert [card.number for card in following.cards] == [6, 7, 8, 9, 10]
    assert "searched anew" in plain(following)


async def fill_disk(office: Office) -> None:
    """Let the database grow no more, and take up what room it has."""
    papers = office.store.papers
    await papers._engine.write(lambda db: db.execute(f"PRAGMA max_page_count = {_pages(db)}"))
    for size in (4000, 400, 40):
        for number in itertools.count():
            try:
                await papers.keep_results(f"{size} {number}", "x" * size, [], office.now)
            except StoreError:
                break


def _pages(db: Database) -> int:
    return int(db.execute("PRAGMA page_count").fetchone()[0])


async def test_the_words_of_a_question_are_not_offered_one_by_one(office: Office) -> None:
    said = await office.ask("search how do mamba and sheep meet diffusion kindly")
    assert said.cards
    assert "Alone" not in plain(said)
