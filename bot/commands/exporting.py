"""`cite` and `saved export`: papers as references, in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.citing import FILE_NAMES, MEDIA_TYPES, CitationFormat, cite
from bot.commands.desk import Desk
from bot.commands.papers import find_paper
from bot.commands.saving import nothing_saved, saved_papers
from bot.commands.verbs import Kind, Param, Values
from bot.messages import Attachment, Button, Invocation, Message, line, quiet
from bot.models import Paper
from bot.wording import count_of

FORMAT = Param("format", "For your reference manager", Kind.CHOICE, choices=tuple(CitationFormat))

MOST_EXPORTED = 5000  # papers in one file
_FORMS = "The formats are bibtex, ris and csl, as in: /papers saved export ris"
# Words that name a form of file or of reference rather than what a paper is about.
_OTHER_FORMATS = frozenset(
    "apa asciidoc biblatex chicago csv doc docx endnote excel html ieee json latex markdown md "
    "mendeley mla odt pdf rtf tex text txt vancouver word xls xlsx xml yaml zotero".split()
)


_TITLES = {
    CitationFormat.BIBTEX: "BibTeX",
    CitationFormat.RIS: "RIS",
    CitationFormat.CSL: "CSL-JSON",
}


async def export(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """The list, or what in it matches a query, as a file for a reference manager."""
    text = values.get("query", "")
    if "format" not in values and text.casefold() in _OTHER_FORMATS:
        return await _no_such_form(desk, invocation, text)
    saved = (await saved_papers(desk, invocation, text))[:MOST_EXPORTED]
    if not saved:
        return replace(nothing_saved(text), notes=(line(quiet(_FORMS)),))
    papers = [each.paper for each in await desk.store.papers.get([s.paper_id for s in saved])]
    form = CitationFormat(values.get("format", CitationFormat.BIBTEX))
    notes = {each.paper_id: each.note for each in saved}
    told = f"{count_of(len(papers), 'reference')} as {_TITLES[form]}."
    args = {"query": text} if text else {}
    return Message(
        lines=(line(told),),
        buttons=_other_forms(form, "saved export", args),
        file=_file(papers, form, notes),
    )


async def cite_paper(desk: Desk, invocation: Invocation, values: Values) -> Message:  # noqa: ARG001
    """One paper as a reference."""
    paper_id, _ = values["id"]
    listed = await find_paper(desk, paper_id)
    form = CitationFormat(values.get("format", CitationFormat.BIBTEX))
    return Message(
        lines=(line(f"{listed.paper.title or paper_id}, as {_TITLES[form]}."),),
        buttons=_other_forms(form, "cite", {"id": paper_id}),
        file=_file([listed.paper], form, {}),
    )


async def _no_such_form(desk: Desk, invocation: Invocation, word: str) -> Message:
    """What is said to `saved export word`: the word is a format, or else what is looked for."""
    ways = [Button(title, "saved export", {"format": form}) for form, title in _TITLES.items()]
    if found := await saved_papers(desk, invocation, word):
        label = f"What matches {word}: {len(found)}"
        args = {"query": word, "format": CitationFormat.BIBTEX.value}
        ways.append(Button(label, "saved export", args))
    told = f"There is no format {word} here."
    return Message(lines=(line(told), line(_FORMS)), buttons=tuple(ways))


def _other_forms(form: CitationFormat, verb: str, args: Mapping[str, str]) -> tuple[Button, ...]:
    others = [other for other in CitationFormat if other is not form]
    return tuple(Button(_TITLES[other], verb, {**args, "format": other}) for other in others)


def _file(papers: Sequence[Paper], form: CitationFormat, notes: Mapping[str, str]) -> Attachment:
    return Attachment(FILE_NAMES[form], cite(papers, form, notes), MEDIA_TYPES[form])
