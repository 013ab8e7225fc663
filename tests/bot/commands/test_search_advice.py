"""What a search says of what was probably meant: papers by their ids, readings, slips, filters."""

from __future__ import annotations

import pytest
from standins.office import FRIDAY, Office, button, message, plain, titles

from bot.errors import QueryError, UserError
from bot.messages import Message, Style
from bot.models import HUGGINGFACE, Batch, Paper, Sighting


async def add(office: Office, *papers: Paper) -> None:
    seen = tuple(Sighting(paper.id, HUGGINGFACE, FRIDAY, 1) for paper in papers)
    await office.store.papers.add(
        Batch(HUGGINGFACE, FRIDAY, FRIDAY, papers=papers, sightings=seen), office.now
    )
    await office.store.completions.refresh()


def labels(said: Message) -> list[str]:
    return [button.label for button in said.buttons]


@pytest.mark.parametrize(
    "typed",
    ["2611.20003", "https://arxiv.org/abs/2611.20003v1", "arxiv:2611.20003", "arXiv:2611.20003"],
)
async def test_a_search_for_an_id_or_a_link_leads_to_the_paper(office: Office, typed: str) -> None:
    said = await office.ask(f"search {typed}")
    assert "Read as: the paper 2611.20003" in plain(said)
    assert titles(said) == ["Diffusion of kind 3"]
    exact = message(await office.press(said, "Search the exact words"))
    assert exact.title.startswith("No paper matches")


async def test_a_search_for_a_paper_that_nobody_knows_says_so(office: Office) -> None:
    with pytest.raises(UserError, match=r"arXiv knows no paper 2501\.99999"):
        await office.ask("search 2501.99999")


@pytest.mark.parametrize(
    "typed", ["like:2501.99999", "papers like 2501.99999", "-x like:~2501.99999"]
)
async def test_what_is_like_no_paper_is_told_at_once(office: Office, typed: str) -> None:
    with pytest.raises(UserError, match=r"arXiv knows no paper 2501\.99999"):
        await office.ask(f"search {typed}")


async def test_papers_like_what_is_no_id_are_told_at_once(office: Office) -> None:
    with pytest.raises(QueryError, match=r"9999\.99999 is no arXiv id; one looks like") as caught:
        await office.ask("search papers like 9999.99999")
    assert caught.value.place == len("papers like ")
    said = await office.ask('search "papers like 9999.99999"')
    assert said.title.startswith("No paper matches")


@pytest.mark.parametrize(
    "typed", ["GPT-9x quark", "l’été", "ma*ba", "p<0.05", "深度学习", "GPT深度学习"]
)
async def test_a_part_of_a_word_matches_in_part_not_in_sense(
    empty_office: Office, typed: str
) -> None:
    held = ("GPT tells", "Un été", "ba ba", "Below 0 or 05", "深度 maps", "A 度学 note")
    await add(empty_office, *(Paper(f"2611.0000{n}", t) for n, t in enumerate(held, 1)))
    said = await empty_office.ask(f"search {typed}")
    assert {card.why for card in said.cards} == {"In part"}
    assert "These match in part." in plain(said)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("mamba without surveys", "Search mamba -surveys"),
        ("mamba - survey", "Search mamba -survey"),
        ("mamba upvote > 20", "Search mamba upvotes:>=21"),
    ],
)
async def test_a_reading_that_may_be_a_title_is_offered_as_a_button(
    office: Office, typed: str, label: str
) -> None:
    said = await office.ask(f"search {typed}")
    assert "Read as" not in plain(said)
    assert label in labels(said)
    if "survey" in label:
        read = message(await office.press(said, label))
        assert sorted(titles(read)) == ["Mamba and sheep", "Old mamba"]


async def test_what_is_read_is_told_with_a_way_to_the_exact_words(office: Office) -> None:
    said = await office.ask("search mamba but not surveys")
    assert "Read as: papers about “mamba”, not “surveys”" in plain(said)
    assert sorted(titles(said)) == ["Mamba and sheep", "Old mamba"]
    assert "Search the exact words" in labels(said)


async def test_small_words_of_plain_forms_are_not_offered_alone(office: Office) -> None:
    for typed in ("mamba since quark", "mamba like about", "papers mamba quark"):
        told = plain(await office.ask(f"search {typed}"))
        assert "Alone: “mamba”: 2 papers." in told
    told = plain(await office.ask('search "old mamba" quark'))
    assert "Alone: “old mamba”: 1 paper." in told


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("upvote > 20", "upvotes:>20"),
        ("20 upvotes", "upvotes:>=20"),
        ("mamba 5 votes", "upvotes:>=5"),
    ],
)
async def test_who_means_upvotes_is_told_how_to_write_them(
    office: Office, typed: str, written: str
) -> None:
    said = await office.ask(f"search {typed}")
    assert f"To ask for upvotes, write {written}." in plain(said)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("source:arxiv", "No paper that is kept here meets source:arxiv."),
        ("date:2026-10-1", "No paper that is kept here meets date:2026-10-01."),
        ("source:arxiv has:code", "No paper that is kept here meets source:arxiv or has:code."),
        ("upvotes:30 date:2026-11-20", "Without upvotes:30: 12 papers."),
    ],
)
async def test_where_there_are_no_words_the_filters_are_told(
    office: Office, typed: str, told: str
) -> None:
    said = await office.ask(f"search {typed}")
    assert told in plain(said)
    assert "other words" not in plain(said)


async def test_a_slip_in_a_quoted_word_is_offered_put_right(office: Office) -> None:
    await office.store.completions.refresh()
    said = await office.ask('search "diffusion of knid"')
    assert 'Did you mean "diffusion of kind"?' in plain(said)
    read = message(await office.press(said, 'Search "diffusion of kind"'))
    assert read.title == '12 papers: "diffusion of kind"'


async def test_a_name_that_nobody_has_is_offered_as_the_nearest(empty_office: Office) -> None:
    await add(empty_office, Paper("2611.00001", "Sheep", authors=("Yann LeCun", "Ann Lee")))
    for typed in ("Yan LeCun", "yann lecunn", "LeCun, Yan"):
        said = await empty_office.ask(f'search author:"{typed}"')
        assert 'Did you mean author:"Yann LeCun"?' in plain(said)
    read = message(await empty_office.press(said, 'Search author:"Yann LeCun"'))
    assert titles(read) == ["Sheep"]
    assert "Did you mean" not in plain(await empty_office.ask('search author:"Bob Ross"'))


async def test_a_ruled_out_word_that_no_paper_holds_gets_a_remark(office: Office) -> None:
    await office.store.completions.refresh()
    said = await office.ask("search mamba -diffusoin")
    told = "No paper has “diffusoin”, so it rules nothing out: did you mean diffusion?"
    assert told in plain(said)
    assert button(said, "Search mamba -diffusion").args == {"query": "mamba -diffusion"}
    for typed in ("mamba -diffusion", "mamba -quark"):
        assert "rules nothing out" not in plain(await office.ask(f"search {typed}"))


async def test_a_small_word_alone_is_not_marked_everywhere(empty_office: Office) -> None:
    await add(empty_office, Paper("2611.00001", "A search for a tree"))
    for typed in ("A* search", '"a" search'):
        [card] = (await empty_office.ask(f"search {typed}")).cards
        assert [s.text for s in card.title if s.style is Style.MARK] == ["search"]
