from __future__ import annotations

import pytest
from standins.office import Office, message, plain, titles

from bot.errors import UserError
from bot.models import Paper


async def test_papers_like_one_leave_it_out_and_come_five_a_page(office: Office) -> None:
    said = await office.ask("similar 2611.20003")
    assert said.title == "Papers like: Diffusion of kind 3"
    assert len(said.cards) == 5
    seen = titles(said)
    while any(b.label.startswith("Next") for b in said.buttons):
        [following] = [b.label for b in said.buttons if b.label.startswith("Next")]
        said = message(await office.press(said, following))
        seen += titles(said)
    assert "Diffusion of kind 3" not in seen
    assert {f"Diffusion of kind {n}" for n in (1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12)} <= {*seen}
    assert len(seen) == len({*seen})


async def test_without_a_vector_it_says_that_words_were_compared(office: Office) -> None:
    said = await office.ask("similar https://arxiv.org/abs/2611.20003")
    assert "found by its words alone" in said.subtitle
    following = message(await office.press(said, "Next 5"))
    assert following.subtitle.startswith("6–10 · found by its words")


async def test_it_is_asked_for_as_people_say_it(office: Office) -> None:
    said = await office.ask("similar to 2611.20003")
    assert said.title == "Papers like: Diffusion of kind 3"


async def test_a_paper_that_is_not_kept_is_looked_up_first(office: Office) -> None:
    office.arxiv.shelf["2401.00001"] = Paper("2401.00001", "Mamba in the snow")
    said = await office.ask("similar 2401.00001")
    assert said.title == "Papers like: Mamba in the snow"
    assert "Old mamba" in titles(said)


async def test_where_nothing_is_like_it_that_is_said(empty_office: Office) -> None:
    empty_office.arxiv.shelf["2401.00001"] = Paper("2401.00001", "Mamba in the snow")
    said = await empty_office.ask("similar 2401.00001")
    assert "Nothing like it is kept here yet." in plain(said)


async def test_an_unknown_paper_is_told_in_a_line(office: Office) -> None:
    with pytest.raises(UserError, match=r"arXiv knows no paper 2611\.09999"):
        await office.ask("similar 2611.09999")
    with pytest.raises(UserError, match=r"id: sheep is no arXiv id or .*: /papers search sheep"):
        await office.ask("similar sheep")
    office.arxiv.broken = True
    with pytest.raises(UserError, match="can't be asked just now"):
        await office.ask("similar 2611.09999")
