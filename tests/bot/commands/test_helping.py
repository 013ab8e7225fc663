from __future__ import annotations

from datetime import timedelta

import pytest
from standins.office import MONDAY, Office, plain

from bot.commands.helping import EXAMPLES, LANGUAGE
from bot.commands.lines import read_line
from bot.models import Word
from bot.queries import leaves, parse_query
from bot.sources.sample import SampleSource

SCREEN = 24  # lines of a terminal that nobody has made larger


@pytest.fixture
async def sample_office(empty_office: Office) -> Office:
    batch = await SampleSource().fetch(MONDAY - timedelta(days=30), MONDAY)
    await empty_office.store.papers.add(batch, empty_office.now)
    return empty_office


@pytest.mark.parametrize("typed", [typed for typed, _ in LANGUAGE if "like:" not in typed])
async def test_every_example_of_the_language_finds_papers_of_the_sample_edition(
    sample_office: Office, typed: str
) -> None:
    assert (await sample_office.ask(f"search {typed}")).cards


def test_every_part_of_the_language_has_an_example() -> None:
    found = [leaf for typed, _ in LANGUAGE for leaf in leaves(parse_query(typed).tree)]
    kinds = {type(leaf).__name__ for leaf in found}
    assert kinds >= {"Word", "Category", "Upvotes", "Lately", "HasCode", "Like"}
    words = [leaf for leaf in found if isinstance(leaf, Word)]
    assert {(word.quoted, word.prefix) for word in words} == {
        (False, False),
        (True, False),
        (False, True),
    }


async def test_the_language_fits_on_one_screen(office: Office) -> None:
    told = plain(await office.ask("help search")).splitlines()
    assert len(told) < SCREEN
    assert all(len(text) < 100 for text in told)


async def test_the_overview_fits_on_one_screen(office: Office) -> None:
    assert len(plain(await office.ask("help")).splitlines()) < SCREEN


def test_every_example_is_a_line_of_its_verb() -> None:
    for name, typed in EXAMPLES.items():
        assert read_line(typed)[0] == name


async def test_help_names_verbs_as_they_are_typed(office: Office) -> None:
    told = plain(await office.ask("help subscribe"))
    assert "/papers subscribe [time] [zone] …" in told
    assert "For example: /papers subscribe 09:00 " in told
    assert await office.ask("help /papers subscribe") == await office.ask("help subscribe")
    assert (await office.ask("help alerts")).title == "/papers alert …"
