from __future__ import annotations

from datetime import timedelta

import pytest
from standins.office import FRIDAY, MONDAY, Office, button, message, plain, titles

from bot.errors import QueryError, UserError
from bot.messages import Form
from bot.models import PullState


async def test_a_search_gives_five_a_page_and_counts_them_all(office: Office) -> None:
    said = await office.ask("search diffusion")
    assert said.title == "12 papers: diffusion"
    assert said.subtitle.startswith("1–5")
    assert [card.number for card in said.cards] == [1, 2, 3, 4, 5]
    assert said.private


async def test_a_pager_gives_each_paper_once_while_new_ones_arrive(office: Office) -> None:
    page = await office.ask("diffusion")
    seen = titles(page)
    await office.list_papers(MONDAY, {"Diffusion diffusion diffusion": 900})
    while any(b.label.startswith("Next") for b in page.buttons):
        [following] = [b.label for b in page.buttons if b.label.startswith("Next")]
        page = message(await office.press(page, following))
        seen += titles(page)
    assert sorted(seen) == sorted(f"Diffusion of kind {number}" for number in range(1, 13))
    back = message(await office.press(page, "Back"))
    assert titles(back) == seen[5:10]


async def test_a_pager_whose_list_is_gone_searches_again_and_says_so(office: Office) -> None:
    args = {"query": "diffusion", "cursor": "gone.5.12"}
    said = message(await office.commands.answer(office.invocation("search", args)))
    assert [card.number for card in said.cards] == [6, 7, 8, 9, 10]
    assert "searched anew" in plain(said)


@pytest.mark.parametrize("cursor", ["x", "..", "a.99999.1", "a.-1.1", "' OR 1.5.1", "a.9999.12"])
async def test_a_made_up_cursor_is_a_new_search(office: Office, cursor: str) -> None:
    args = {"query": "diffusion", "cursor": cursor}
    said = message(await office.commands.answer(office.invocation("search", args)))
    assert said.cards[0].number == 1
    assert "searched anew" in plain(said)


async def test_a_cursor_of_another_list_opens_no_other_list(office: Office) -> None:
    cursor = button(await office.ask("search diffusion"), "Next 5").args["cursor"]
    args = {"query": "mamba", "cursor": cursor}
    said = message(await office.commands.answer(office.invocation("search", args)))
    assert sorted(titles(said)) == ["Mamba and sheep", "Old mamba"]


async def test_where_no_paper_has_all_words_each_is_told_alone(office: Office) -> None:
    said = await office.ask("search mamba diffusion quark")
    assert said.title == "No paper matches all of it: mamba diffusion quark"
    assert "Alone: “mamba”: 2 papers and “diffusion”: 12 papers." in plain(said)
    assert {card.why for card in said.cards} == {"In part"}
    alone = message(await office.press(said, "Search mamba"))
    assert sorted(titles(alone)) == ["Mamba and sheep", "Old mamba"]


async def test_a_single_word_without_a_match_says_what_was_searched(empty_office: Office) -> None:
    said = await empty_office.ask("search quark")
    assert "Searched: 0 papers" in plain(said)
    assert not said.cards


async def test_a_search_without_words_asks_for_them(office: Office) -> None:
    form = await office.commands.answer(office.invocation("search", {}))
    assert isinstance(form, Form)
    assert (form.verb, [field.name for field in form.fields]) == ("search", ["query"])


async def test_a_wrong_query_is_refused_with_its_place(office: Office) -> None:
    with pytest.raises(QueryError, match=r"query: arXiv has no category cs\.XX") as caught:
        await office.ask("search mamba cat:cs.XX")
    assert caught.value.place == 10


async def test_a_typo_of_a_verb_is_searched_and_offers_the_verb(office: Office) -> None:
    said = await office.ask("serach mamba")
    assert "Did you mean search?" in plain(said)
    meant = message(await office.press(said, "Search"))
    assert sorted(titles(meant)) == ["Mamba and sheep", "Old mamba"]


async def test_a_typo_is_offered_the_verb_even_where_it_can_be_no_search(office: Office) -> None:
    said = await office.ask("subscribee 9am size:20")
    assert "there is no field size:" in plain(said)
    pressed = button(said, "Subscribe")
    assert (pressed.verb, pressed.args) == ("subscribe", {"time": "9am", "size": "20"})


async def test_a_paper_is_its_whole_card(office: Office) -> None:
    [card] = (await office.ask("2611.20003v2")).cards
    assert card.full
    assert card.listed.paper.title == "Diffusion of kind 3"


async def test_a_paper_that_nobody_knows_is_told_in_a_line(office: Office) -> None:
    with pytest.raises(UserError, match=r"arXiv knows no paper 2611\.09999"):
        await office.ask("paper 2611.09999")
    with pytest.raises(UserError, match=r"id: hello is no arXiv id .* like 2405\.21060"):
        await office.ask("paper hello")
    office.arxiv.broken = True
    with pytest.raises(UserError, match="can't be asked just now; try again"):
        await office.ask("paper 2611.09999")


async def test_today_with_nothing_yet_is_the_newest_day_and_says_so(office: Office) -> None:
    said = await office.ask("today")
    assert "Nothing is listed for today yet; this is Fri 20 Nov" in plain(said)
    assert titles(said)[0] == "Diffusion of kind 12"
    assert said.subtitle == "1–10 of 12, by upvotes"
    rest = message(await office.press(said, "Next 2"))
    assert titles(rest) == ["Diffusion of kind 2", "Diffusion of kind 1"]


async def test_nothing_typed_is_the_top_three_with_the_common_verbs(office: Office) -> None:
    said = await office.ask("/papers")
    assert len(said.cards) == 3
    assert {"Search", "Trending", "Subscribe", "Help"} < {b.label for b in said.buttons}
    for pressed in said.buttons:
        assert office.commands.find(pressed.verb)


async def test_a_day_a_week_and_a_month_are_shown(office: Office) -> None:
    assert titles(await office.ask("today 2026-11-19"))[0] == "Old mamba"
    for asked in ("2026-W47", "2026-11"):
        said = await office.ask(f"today {asked}")
        assert said.subtitle == "1–10 of 15, by upvotes"
        rest = message(await office.press(said, "Next 5"))
        assert len({*titles(said), *titles(rest)}) == 15
        assert "gone" not in plain(rest)


async def test_an_empty_day_says_how_each_source_answered(office: Office) -> None:
    said = await office.ask("today 2026-11-18")
    assert said.title == "No papers are listed for Wed 18 Nov 2026"
    assert "Hugging Face: not asked for yet" in plain(said)
    newest = message(await office.press(said, "Papers of Fri 20 Nov"))
    assert len(newest.cards) == 10


async def test_an_empty_store_says_so_for_today_and_trending(empty_office: Office) -> None:
    for asked in ("today", "trending", ""):
        said = await empty_office.ask(asked)
        assert "No papers are listed for Mon 23 Nov 2026" in said.title
        assert not said.cards


async def test_what_is_trending_fades_with_age(office: Office) -> None:
    said = await office.ask("trending")
    assert said.subtitle.startswith("1–10 · by upvotes, halved for every 2 days")
    assert titles(said)[0] == "Old mamba"  # 30 votes, a day old: worth 21
    await office.list_papers(FRIDAY + timedelta(days=7), {"Fresh": 11})
    faded = await office.ask("trending")
    assert titles(faded)[0] == "Fresh"


async def test_an_empty_day_names_the_state_of_each_source(office: Office) -> None:
    saturday = FRIDAY + timedelta(days=1)
    await office.list_papers(saturday, {}, PullState.HOLIDAY)
    told = plain(await office.ask("today 2026-11-21"))
    assert "Hugging Face: holiday (a day without announcement), asked Mon 23 Nov, 07:00" in told


async def test_the_papers_of_several_days_are_headed_as_such(office: Office) -> None:
    assert (await office.ask("today last week")).title == "Papers of 16–22 Nov 2026"
    assert (await office.ask("today Fri 20 Nov")).title == "The day's papers · Fri 20 Nov 2026"
