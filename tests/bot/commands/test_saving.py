from __future__ import annotations

import json
from dataclasses import replace

import pytest
from standins.office import (
    BERT,
    FRIDAY,
    MONDAY,
    Office,
    button,
    message,
    paper_id,
    plain,
    titles,
)

from bot.commands import Commands
from bot.errors import QueryError, UserError
from bot.models import Paper

MAMBA = paper_id(FRIDAY, 1)


async def test_a_saved_paper_is_on_the_askers_list(office: Office) -> None:
    said = await office.ask(f"save {MAMBA}")
    assert said.private
    assert plain(said).strip().startswith("Saved: ")
    listed = await office.ask("saved")
    assert listed.title == "1 saved paper"
    assert [card.listed.paper.id for card in listed.cards] == [MAMBA]
    assert listed.cards[0].why == "saved Mon 23 Nov 2026"
    assert "Your list is empty" in plain(await office.ask("saved", user=BERT))


async def test_saving_twice_says_so(office: Office) -> None:
    await office.ask(f"save {MAMBA}")
    assert "Saved already: " in plain(await office.ask(f"save https://arxiv.org/abs/{MAMBA}v2"))


async def test_a_paper_that_arxiv_alone_knows_is_saved_too(office: Office) -> None:
    with pytest.raises(UserError, match="arXiv knows no paper"):
        await office.ask("save 2401.00001")


async def test_a_full_list_takes_no_more_and_says_how_many_it_holds(office: Office) -> None:
    office.commands = Commands(replace(office.desk, most_saved=1))
    await office.ask(f"save {MAMBA}")
    with pytest.raises(UserError, match="holds 1 papers, the most it can"):
        await office.ask(f"save {paper_id(FRIDAY, 2)}")


async def test_a_removed_paper_comes_back_with_its_note(office: Office) -> None:
    await office.ask(f"save {MAMBA}")
    await office.ask(f"saved note {MAMBA} compare with chapter 3")
    gone = await office.ask(f"saved remove {MAMBA}")
    assert "Your list is empty" in plain(await office.ask("saved"))
    await office.press(gone, "Undo")
    [card] = (await office.ask("saved")).cards
    assert card.why == "saved Mon 23 Nov 2026 · compare with chapter 3"


async def test_a_made_up_undo_saves_plainly(office: Office) -> None:
    for since in ("tomorrow", "2999-01-01T00:00:00+00:00", "2020-01-01"):
        args = {"id": MAMBA, "since": since, "noted": "x"}
        await office.commands.answer(office.invocation("save", args))
    [card] = (await office.ask("saved")).cards
    assert card.why == "saved Mon 23 Nov 2026"


async def test_what_is_not_saved_is_neither_removed_nor_noted(office: Office) -> None:
    for line in (f"saved remove {MAMBA}", f"saved note {MAMBA} x"):
        with pytest.raises(UserError, match="not on your list"):
            await office.ask(line)


async def test_an_empty_note_takes_the_note_away(office: Office) -> None:
    await office.ask(f"save {MAMBA}")
    await office.ask(f"saved note {MAMBA} x")
    assert "The note is gone." in plain(await office.ask(f"saved note {MAMBA}"))
    with pytest.raises(UserError, match="a note has at most 300 characters; this has 301"):
        await office.ask(f"saved note {MAMBA} {'x' * 301}")


async def test_a_list_is_searched_and_paged(office: Office) -> None:
    await office.list_papers(MONDAY, {f"Sheep of kind {n}": n for n in range(1, 8)} | {"Owl": 1})
    for number in range(1, 9):
        await office.ask(f"save {paper_id(MONDAY, number)}")
    said = await office.ask("saved list sheep")
    assert said.title == "7 saved papers: sheep"
    following = message(await office.press(said, "Next 2"))
    assert len({*titles(said), *titles(following)}) == 7
    nothing = await office.ask("saved list zebra")
    assert plain(nothing).strip() == "Nothing on your list matches: zebra"
    assert button(nothing, "The whole list").verb == "saved list"
    with pytest.raises(QueryError):
        await office.ask("saved list cat:nowhere.XX")


async def test_a_list_is_exported_with_its_notes_in_every_form(office: Office) -> None:
    await office.ask(f"save {MAMBA}")
    await office.ask(f"saved note {MAMBA} good")
    said = await office.ask("saved export")
    assert said.file is not None
    assert said.file.name == "papers.bib"
    assert "note = {good}" in said.file.text
    assert plain(said).strip() == "1 reference as BibTeX."
    as_csl = message(await office.press(said, "CSL-JSON"))
    assert as_csl.file is not None
    assert json.loads(as_csl.file.text)[0]["note"] == "good"
    ris = await office.ask("saved export ris")
    assert ris.file is not None
    assert ris.file.text.startswith("TY  - UNPB\n")


async def test_one_paper_is_cited_though_it_is_not_saved(office: Office) -> None:
    office.arxiv.shelf["2401.00001"] = Paper("2401.00001", "Far away")
    said = await office.ask("cite 2401.00001 ris")
    assert said.file is not None
    assert "TI  - Far away" in said.file.text
