"""Our lines → blocks: rich text, and context for what stands back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from adapters.slack.blocks import context, rich_text
from adapters.slack.limits import URL_CHARACTERS, Block, written
from adapters.slack.texts import Element, elements, line_mrkdwn, text_element, under_one_another
from bot.messages import Line, Style
from bot.shown_lines import as_typed, clean_runs, is_code, is_quiet
from bot.shown_text import characters, clean, cut

LINE_CHARACTERS = 1_000
_TOGETHER = 2_500  # characters of lines that stay together: a text object holds 3,000


@dataclass(frozen=True, slots=True)
class _Row:
    """A line, or (`code`) several of nothing but code, in which every space counts."""

    spans: Line = ()
    code: str = ""

    @property
    def is_quiet(self) -> bool:
        return not self.code and is_quiet(self.spans)


def line_blocks(lines: Iterable[Line]) -> list[Block]:
    """Lines as blocks, in order; lines that show nothing are left out."""
    blocks: list[Block] = []
    for calm, group in groupby(_rows(lines), lambda row: row.is_quiet):
        write = _quiet_blocks if calm else _rich_blocks
        blocks += write(group)
    return blocks


def _rows(lines: Iterable[Line]) -> Iterator[_Row]:
    """The lines; those of nothing but code that follow one another are one block of it, so that a
    caret stands under its place.
    """
    for in_code, group in groupby(lines, is_code):
        rows = list(group)
        typed = [as_typed(spans)[:LINE_CHARACTERS] for spans in rows]
        if in_code and len(rows) > 1 and any(typed):
            yield from (_Row(code=code) for code in _in_texts(typed))
        else:
            yield from (_Row(spans) for spans in rows if clean("".join(s.text for s in spans)))


def _in_texts(rows: Sequence[str]) -> list[str]:
    """The rows as texts of several lines, each of them short enough to stay together."""
    texts: list[str] = []
    for row in rows:
        if texts and characters(texts[-1]) + characters(row) < _TOGETHER:
            texts[-1] += f"\n{row}"
        else:
            texts.append(row)
    return texts


def _quiet_blocks(rows: Iterable[_Row]) -> list[Block]:
    """Plain text where that is all; mrkdwn where there is code or a link to be seen."""
    blocks: list[Block] = []
    for is_plain, group in groupby((row.spans for row in rows), _is_plain):
        texts = [
            cut(clean("".join(span.text for span in spans)), LINE_CHARACTERS)
            if is_plain
            else line_mrkdwn(spans, LINE_CHARACTERS)
            for spans in group
        ]
        blocks += [context(text, is_plain=is_plain) for text in _in_texts(texts)]
    return blocks


def _is_plain(spans: Line) -> bool:
    return all(run.style is Style.PLAIN for run in clean_runs(spans, URL_CHARACTERS))


def _rich_blocks(rows: Iterable[_Row]) -> list[Block]:
    """Blocks of rich text, each with as many lines as stay together."""
    parts: list[list[tuple[bool, list[Element]]]] = [[]]
    length = 0
    for row in rows:
        made = [text_element(row.code)] if row.code else elements(row.spans, LINE_CHARACTERS)
        length += sum(characters(written(each)) for each in made)
        if length > _TOGETHER and parts[-1]:
            parts.append([])
            length = sum(characters(written(each)) for each in made)
        parts[-1].append((bool(row.code), made))
    return [rich_text(_sections(part)) for part in parts if part]


def _sections(part: Iterable[tuple[bool, list[Element]]]) -> list[Element]:
    sections: list[Element] = []
    for in_code, group in groupby(part, lambda each: each[0]):
        kind = "rich_text_preformatted" if in_code else "rich_text_section"
        rows = [made for _, made in group]
        inner = under_one_another(rows if in_code else _paragraphs(rows))
        sections.append({"type": kind, "elements": inner})
    return sections


def _paragraphs(rows: Sequence[list[Element]]) -> list[list[Element]]:
    """The rows; one that begins in bold, as a heading does, stands apart from those before it."""
    made = list(rows)
    for place, (before, row) in enumerate(pairwise(rows), 1):
        if _begins_bold(row) and not _begins_bold(before):
            made[place] = [text_element("\n"), *row]
    return made


def _begins_bold(row: list[Element]) -> bool:
    return bool(row) and "bold" in row[0].get("style", {})
