from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.office import ADA, BERT, CHANNEL, ELSEWHERE, FRIDAY, Office

from bot.commands import COMMANDS
from bot.commands.completing import CHOICE_CHARACTERS, MOST_CHOICES, Typing
from bot.models import Batch, Paper, Sighting, User


def typing(text: str, user: User = ADA, zone: str = "") -> Typing:
    return Typing(text, CHANNEL, user, zone)


async def values(office: Office, verb: str, param: str, text: str) -> list[str]:
    return [value for value, _ in await office.commands.complete(verb, param, typing(text))]


async def test_a_persons_own_queries_come_back_and_nobody_elses(office: Office) -> None:
    await office.ask("search diffusion kind")
    await office.ask("search mamba", user=BERT)
    assert await values(office, "search", "query", "diff") == ["diffusion kind"]
    assert await values(office, "search", "query", "mam") == []


async def test_a_query_without_any_paper_is_not_remembered(office: Office) -> None:
    await office.ask("search quark")
    assert await values(office, "search", "query", "quar") == []


async def test_names_and_categories_complete_a_query(office: Office) -> None:
    paper = Paper("2611.00001", "Sheep", authors=("Ada Meadow",), keywords=("wool", "grazing"))
    seen = Sighting(paper.id, "huggingface", FRIDAY)
    await office.store.papers.add(
        Batch("huggingface", FRIDAY, FRIDAY, papers=(paper,), sightings=(seen,)), office.now
    )
    await office.store.completions.refresh()
    assert 'author:"Ada Meadow"' in await values(office, "search", "query", "mea")
    assert any("wool" in value for value in await values(office, "search", "query", "woo"))
    assert "cat:cs.LG" in await values(office, "search", "query", "cat:cs.L")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("berl", "Europe/Berlin"),
        ("Europe/Ber", "Europe/Berlin"),
        ("new_y", "America/New_York"),
        ("mun", "Europe/Berlin"),
        ("berlni", "Europe/Berlin"),
    ],
)
async def test_a_zone_is_completed_by_its_city(office: Office, typed: str, wanted: str) -> None:
    assert wanted in await values(office, "subscribe", "zone", typed)


async def test_before_anything_is_typed_the_askers_own_zone_is_offered(office: Office) -> None:
    asked = typing("", zone="Asia/Tokyo")
    offered = await office.commands.complete("subscribe", "zone", asked)
    assert [value for value, _ in offered] == ["Asia/Tokyo", "Europe/Berlin"]


async def test_a_channels_own_subscriptions_are_offered_and_told(office: Office) -> None:
    await office.ask("subscribe 09:00 Europe/Berlin filter:cat:cs.LG")
    await office.ask("subscribe 10:00 Europe/Berlin", ELSEWHERE)
    [(value, label)] = await office.commands.complete(
        "subscriptions pause", "subscription", typing("")
    )
    assert value == "1"
    assert "cs.LG" in label
    assert await values(office, "subscriptions pause", "subscription", "mamba") == []


async def test_verbs_and_choices_are_offered(office: Office) -> None:
    assert "search" in await values(office, "help", "verb", "se")
    assert "subscriptions pause" in await values(office, "help", "verb", "pau")
    assert await values(office, "subscribe", "layout", "f") == ["full"]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("sea", "search "),
        ("SUBSCRIPTIONS P", "subscriptions pause "),
        ("search diffu", "search diffusion kind"),
        ("  diffu", "diffusion kind"),
        ("help subsc", "help subscribe"),
        ("subscriptions pause ", "subscriptions pause 1"),
    ],
)
async def test_a_line_at_a_prompt_is_completed_as_a_whole(
    office: Office, typed: str, wanted: str
) -> None:
    await office.ask("subscribe 09:00 Europe/Berlin")
    await office.ask("search diffusion kind")
    assert wanted in await office.commands.complete_line(typed, CHANNEL, ADA)


async def test_what_nothing_completes_has_no_choices(office: Office) -> None:
    assert await values(office, "dance", "query", "x") == []
    assert await values(office, "search", "speed", "x") == []
    assert await values(office, "search", "cursor", "x") == []
    assert await values(office, "search", "query", "x" * 501) == []


async def test_a_value_is_whole_or_not_offered_and_a_label_is_cut(office: Office) -> None:
    long = "diffusion " + " OR ".join(["diffusion"] * 12)
    await office.ask(f"search {long}")
    assert await values(office, "search", "query", "diff") == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=520))
async def test_whatever_is_typed_is_within_the_limits_and_never_an_error(
    office: Office, text: str
) -> None:
    for command in COMMANDS:
        for param in command.typed:
            choices = await office.commands.complete(command.name, param.name, typing(text))
            assert len(choices) <= MOST_CHOICES
            assert all(0 < len(part) <= CHOICE_CHARACTERS for choice in choices for part in choice)


async def test_a_fault_of_the_store_offers_nothing(office: Office) -> None:
    await office.store.close()
    assert await values(office, "search", "query", "x") == []


async def test_completing_takes_less_than_fifty_milliseconds(office: Office) -> None:
    await office.store.completions.refresh()
    for text in ("d", "diffusion k", "author:a", "cat:", ""):
        took = []
        for _ in range(5):
            began = time.perf_counter()
            await values(office, "search", "query", text)
            took.append(time.perf_counter() - began)
        assert min(took) < 0.05
