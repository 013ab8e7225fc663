from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from standins.office import (
    BERT,
    FRIDAY,
    MONDAY,
    Office,
    SmallArxiv,
    button,
    message,
    paper_id,
    plain,
    titles,
)

from bot.commands import Commands
from bot.errors import QueryError, UserError
from bot.models import ListedPaper
from bot.ports import Store

MAMBA = paper_id(FRIDAY, 1)


async def test_a_saved_paper_is_on_the_askers_list(office: Office) -> None:
    said = await office.ask(f"save {MAMBA}")
    assert said.private
    assert plain(said).strip().startswith("Saved: ")
    listed = await office.ask("saved")
    assert listed.title == "1 saved paper"
    assert [card.listed.paper.id for card in listed.cards] == [MAMBA]
    assert listed.cards[0].why == "Saved Mon 23 Nov 2026"
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
    assert card.why == "Saved Mon 23 Nov 2026 · compare with chapter 3"


async def test_a_made_up_undo_saves_plainly(office: Office) -> None:
    for since in ("tomorrow", "2999-01-01T00:00:00+00:00", "2020-01-01"):
        args = {"id": MAMBA, "since": since, "noted": "x"}
        await office.commands.answer(office.invocation("save", args))
    [card] = (await office.ask("saved")).cards
    assert card.why == "Saved Mon 23 Nov 2026"


async def test_what_is_not_saved_is_neither_removed_nor_noted(office: Office) -> None:
    for line in (f"saved remove {MAMBA}", f"saved note {MAMBA} x"):
        with pytest.raises(UserError, match="not on your list"):
            await office.ask(line)


@pytest.mark.parametrize("empty", ["note:", 'note:""', '""', "“”"])
async def test_an_empty_note_takes_the_note_away_and_undo_brings_it_back(
    office: Office, empty: str
) -> None:
    await office.ask(f"save {MAMBA}")
    await office.ask(f"saved note {MAMBA} x — y")
    gone = await office.ask(f"saved note {MAMBA} {empty}")
    assert "The note is gone." in plain(gone)
    await office.press(gone, "Undo")
    [card] = (await office.ask("saved")).cards
    assert card.why == "Saved Mon 23 Nov 2026 · x — y"


async def test_without_a_text_the_note_is_shown_to_be_changed_and_stays(office: Office) -> None:
    await office.ask(f"save {MAMBA}")
    await office.ask(f"saved note {MAMBA} x")
    form = await office.ask_form(f"saved note {MAMBA}")
    assert [(field.name, field.value) for field in form.fields] == [("note", "x")]
    assert form.args == {"id": MAMBA}
    [card] = (await office.ask("saved")).cards
    assert card.why == "Saved Mon 23 Nov 2026 · x"
    with pytest.raises(UserError, match="not on your list"):
        await office.ask_form(f"saved note {paper_id(FRIDAY, 2)}")


async def test_a_note_that_replaces_another_can_be_undone(office: Office) -> None:
    await office.ask(f"save {MAMBA}")
    await office.ask(f"saved note {MAMBA} first")
    second = await office.ask(f"saved note {MAMBA} second")
    assert "first" in plain(message(await office.press(second, "Undo")))


async def test_a_note_has_at_most_three_hundred_characters(office: Office) -> None:
    await office.ask(f"save {MAMBA}")
    with pytest.raises(UserError, match="a note has at most 300 characters; this has 301"):
        await office.ask(f"saved note {MAMBA} {'x' * 301}")


async def test_a_note_is_kept_as_it_was_typed(office: Office) -> None:
    note = "見《Mamba》 — “key” paper（重要）：「読む」"
    await office.ask(f"save {MAMBA}")
    await office.ask(f"saved note {MAMBA} {note}")
    removed = await office.ask(f"saved remove {MAMBA}")
    await office.press(removed, "Undo")
    [card] = (await office.ask("saved")).cards
    assert card.why == f"Saved Mon 23 Nov 2026 · {note}"


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
    with pytest.raises(UserError, match=r"to look for it there: /papers saved list sheep dog$"):
        await office.ask("saved sheep dog")


async def test_two_presses_at_once_take_turns_at_the_last_place_of_a_list(office: Office) -> None:
    office.commands = Commands(replace(office.desk, most_saved=1))
    asked = (office.ask(f"save {paper_id(FRIDAY, number)}") for number in (1, 2, 3))
    said = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in said) == ["Message", *["UserError"] * 2]
    assert len((await office.ask("saved")).cards) == 1


class SlowArxiv(SmallArxiv):
    """One that answers when it is told to."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def look_up(self, paper_id: str, at: datetime) -> ListedPaper | None:
        self.asked.set()
        await self.may_answer.wait()
        return await super().look_up(paper_id, at)


async def test_a_form_waits_for_no_turn(office: Office) -> None:
    arxiv = SlowArxiv(office.store)
    office.commands = Commands(replace(office.desk, librarian=arxiv))
    slow = asyncio.create_task(office.ask(f"save {MAMBA}"))
    await arxiv.asked.wait()
    async with asyncio.timeout(10):  # platforms take a form for three seconds
        assert (await office.ask_form("alert add")).verb == "alert add"
    assert not slow.done()
    arxiv.may_answer.set()
    assert "Saved: " in plain(await slow)


async def test_what_is_missing_is_told_with_the_verb_as_it_is_typed(office: Office) -> None:
    problem = "id is missing: /papers save wants an arXiv id or a link to the paper"
    with pytest.raises(UserError, match=problem):
        await office.ask("save")
