"""Message → Discord messages in Components V2, within every limit. Pure.

A message is cut into blocks, each of which stays together: the heading, a paper, the notes, a row
of buttons. They are packed in order into as few messages as their shortest form needs, and then in
the fullest form that takes no more. So no paper is lost, and no card is broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.discord.blocks import (
    SEPARATOR_LINE,
    Block,
    button_rows,
    container,
    file_block,
    menus,
    text,
    with_buttons,
)
from adapters.discord.cards import SIZES, full_block, short_block
from adapters.discord.limits import BUTTONS_A_ROW, THREAD_CHARACTERS, Component
from adapters.discord.lines import together
from adapters.discord.packing import Form, Pages, best_pages, paginated
from adapters.discord.page import Body, File
from adapters.discord.plain import NOTHING, plain_text
from adapters.discord.presses import CustomIds
from adapters.discord.texts import escape_within, heading, quiet
from bot.messages import Line, Message
from bot.models import Layout, Payload
from bot.said import Said
from bot.shown_text import characters, clean, cut

HEADING_CHARACTERS = 300  # of a title, and of the line under it
MOST_WITH_BUTTONS = 3  # papers of a list, with what can be done under each
LINE_CHARACTERS = 1_000
TEXT_CHARACTERS = 2_500  # of lines that stay together; of three bytes each, a message holds them


def pack(message: Message) -> list[Payload]:
    """The message as payloads for the outbox, in order: one a Discord message."""
    return [
        Payload(
            body=body.to_json(),
            plain=plain_text(said),
            paper_ids=tuple(card.listed.paper.id for card in said.cards),
        )
        for body, said in _rendered(message)
    ]


def bodies(message: Message) -> list[Body]:
    """The message as Discord messages, in order: the same as in the outbox, for an answer."""
    return [body for body, _ in _rendered(message)]


def _rendered(message: Message) -> Iterator[tuple[Body, Said]]:
    """Each Discord message, and what it says."""
    pages, separated = _pages(message)
    cards = iter(message.cards)
    for place, blocks in enumerate(pages):
        files = tuple(block.file for block in blocks if block.file)
        said = Said(
            title="" if place else message.title,
            subtitle="" if place else message.subtitle,
            lines=tuple(each for block in blocks for each in block.lines),
            cards=tuple(next(cards) for block in blocks if block.is_paper),
            notes=tuple(each for block in blocks for each in block.notes),
            file=files[0][0] if files else "",
        )
        body = _body(blocks, files, separated=separated, silent=message.silent)
        yield replace(body, thread="" if place else _thread_of(message)), said


def _thread_of(message: Message) -> str:
    """The name of the thread under the first message; "" for none."""
    if message.layout is not Layout.THREAD or not message.cards:
        return ""
    return cut(clean(message.title), THREAD_CHARACTERS) or "Papers"


def _pages(message: Message) -> tuple[Pages, bool]:
    """The blocks of each Discord message, and whether there are lines between the papers."""
    before, after = _before(message), _after(message)
    if message.layout is Layout.THREAD:
        whole = [[full_block(replace(card, full=True))] for card in message.cards]
        return [*paginated((*before, *after)), *whole], False
    pages, form = best_pages(
        _forms(message), lambda form: (*before, *_papers(message, form), *after)
    )
    return pages, form.separated


def _forms(message: Message) -> list[Form]:
    """Every form that the message may have, the best first, the shortest last."""
    has_short = message.layout is Layout.COMPACT and not all(c.full for c in message.cards)
    # A row under each of more papers is a wall on a phone: there the menu opens the card.
    is_short = message.private and len(message.cards) <= MOST_WITH_BUTTONS
    may_have_buttons = has_short and is_short and any(c.buttons for c in message.cards)
    return [
        Form(size, with_buttons, separated)
        for size in range(len(SIZES) if has_short else 1)
        for with_buttons in ((True, False) if may_have_buttons else (False,))
        for separated in ((True, False) if message.cards[1:] else (False,))
    ]


def _papers(message: Message, form: Form) -> tuple[Block, ...]:
    is_full = message.layout is Layout.FULL
    return tuple(
        full_block(replace(card, full=True))
        if is_full or card.full
        else short_block(card, SIZES[form.size], with_buttons=form.with_buttons)
        for card in message.cards
    )


def _before(message: Message) -> tuple[Block, ...]:
    """The heading, the lines, and the file."""
    title = heading(escape_within(clean(message.title), HEADING_CHARACTERS))
    subtitle = quiet(escape_within(clean(message.subtitle), HEADING_CHARACTERS))
    head = "\n".join(filter(None, (title, subtitle)))
    return (
        *((Block((text(head),)),) if head else ()),
        *_line_blocks(message.lines),
        *((file_block(message.file),) if message.file else ()),
    )


def _after(message: Message) -> tuple[Block, ...]:
    """The notes and the buttons, a block a row."""
    rows = range(0, len(message.buttons), BUTTONS_A_ROW)
    return (
        *(replace(each, lines=(), notes=each.lines) for each in _line_blocks(message.notes)),
        *(Block(buttons=message.buttons[start : start + BUTTONS_A_ROW]) for start in rows),
    )


def _line_blocks(lines: Iterable[Line]) -> list[Block]:
    """Lines as one text, or as several where they are too long for one."""
    texts, length = [("", list[Line]())], 0
    for shown, rows in together(lines, LINE_CHARACTERS):
        length += characters(shown) + 1
        if length > TEXT_CHARACTERS:
            texts.append(("", []))
            length = characters(shown) + 1
        before, known = texts[-1]
        texts[-1] = (f"{before}{shown}\n", [*known, *rows])
    return [
        Block((text(shown.strip()),), lines=tuple(rows)) for shown, rows in texts if shown.strip()
    ]


def _body(
    blocks: Sequence[Block], files: tuple[File, ...], *, separated: bool, silent: bool
) -> Body:
    ids = CustomIds()
    components = list(_components(blocks, ids, separated=separated)) or [text(NOTHING)]
    return Body((container(components),), ids.presses, files, silent)


def _components(blocks: Sequence[Block], ids: CustomIds, *, separated: bool) -> Iterator[Component]:
    """The blocks one under another; the menu stands under the last paper."""
    papers = [place for place, block in enumerate(blocks) if block.is_paper]
    for place, block in enumerate(blocks):
        if separated and place and place in papers:
            yield SEPARATOR_LINE
        yield from with_buttons(block.components, button_rows(block.buttons, ids))
        if papers and place == papers[-1]:
            yield from menus(_options(blocks), ids)


def _options(blocks: Sequence[Block]) -> list[Component]:
    """A place in the menu for each paper; one that stands there twice has one."""
    options: dict[str, Component] = {}
    for block in blocks:
        if block.option:
            options.setdefault(block.option["value"], block.option)
    return list(options.values())
