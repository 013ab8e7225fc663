from __future__ import annotations

import json

import pytest
from standins.office import FRIDAY, Office, button, message, paper_id, plain

from bot.errors import UserError
from bot.models import Paper

DIFFUSION = paper_id(FRIDAY, 1)


async def test_a_list_is_exported_with_its_notes_in_every_form(office: Office) -> None:
    await office.ask(f"save {DIFFUSION}")
    await office.ask(f"saved note {DIFFUSION} good")
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


@pytest.mark.parametrize("word", ["json", "word", "APA"])
async def test_a_format_that_there_is_not_names_those_there_are(office: Office, word: str) -> None:
    await office.ask(f"save {DIFFUSION}")
    said = await office.ask(f"saved export {word}")
    assert said.file is None
    assert f"There is no format {word} here." in plain(said)
    assert "The formats are bibtex, ris and csl" in plain(said)
    assert message(await office.press(said, "RIS")).file is not None


async def test_a_word_that_names_a_format_can_be_looked_for_too(office: Office) -> None:
    await office.list_papers(FRIDAY, {"Word models": 1})
    await office.ask(f"save {DIFFUSION}")
    said = await office.ask("saved export word")
    found = message(await office.press(said, "What matches word: 1"))
    assert "1 reference as BibTeX." in plain(found)


async def test_an_export_of_nothing_names_the_formats(office: Office) -> None:
    await office.ask(f"save {DIFFUSION}")
    said = await office.ask("saved export zebra")
    assert "Nothing on your list matches: zebra" in plain(said)
    assert "The formats are bibtex, ris and csl" in plain(said)
    assert button(said, "The whole list").verb == "saved list"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"cite {DIFFUSION} apa", "format: choose one of bibtex, ris, csl"),
        ("cite mamba", "look for the words: /papers search mamba"),
        ("cite mamba bibtex", "look for the words: /papers search mamba"),
    ],
)
async def test_what_can_not_be_cited_is_answered_with_the_way_out(
    office: Office, line: str, problem: str
) -> None:
    with pytest.raises(UserError, match=problem):
        await office.ask(line)
