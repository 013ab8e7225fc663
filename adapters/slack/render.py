"""Message → Slack messages in Block Kit, within every limit. Pure.

A message is cut into parts, each of which stays together: the heading, a paper, some lines, a row
of buttons. They are packed in order into as few messages as their shortest form needs, and then in
the fullest form that takes no more. So no paper is lost, and no card is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.slack.blocks import DIVIDER, Part, actions, context, file_of, header, selects
from adapters.slack.cards import SIZES, full_part, short_part
from adapters.slack.limits import MESSAGE, URL_CHARACTERS, VIEW, Block
from adapters.slack.lines import line_blocks
from adapters.slack.packing import Form, Pages, best_pages, paginated
from adapters.slack.page import Body
from adapters.slack.plain import NOTHING, lead, plain_text, spoken_text
from adapters.slack.presses import ActionIds
from bot.card_facts import paper_url, plain_title
from bot.messages import Line, Message, PaperCard, code, line, link, quiet
from bot.models import Layout, Payload
from bot.presses import Press
from bot.said import Said
from bot.shown_text import clean, cut

SUBTITLE_CHARACTERS = 300
MOST_WITH_BUTTONS = 3  # papers of a list, with what can be done under each
FIRST_TITLES = 5  # of a thread, in the message that it stands under
TITLE_CHARACTERS = 120
BUTTONS_A_ROW = 5  # that stay together


def pack(message: Message) -> list[Payload]:
    """The message as payloads for the outbox, in order: one a Slack message.

    As a thread, the first is the message that the others stand under.
    """
    return [
        Payload(
            body=body.to_json(),
            plain=plain_text(said),
            paper_ids=tuple(card.listed.paper.id for card in said.cards),
        )
        for body, said in _rendered(message)
    ]


def bodies(message: Message) -> list[Body]:
    """The message as Slack messages, in order: the same as in the outbox, for an answer."""
    return [body for body, _ in _rendered(message)]


def view_blocks(
    message: Message, ids: ActionIds | None = None
) -> tuple[list[Block], dict[str, Press]]:
    """The message as the blocks of a modal or of a Home, and what the tokens in them stand for.

    A view is one page: where it holds no more, it says so. `ids` are shared by messages that stand
    in one view.
    """
    shown = replace(message, layout=Layout.COMPACT, private=True)
    first, *others = best_pages(_forms(shown), lambda form: _parts(shown, form), VIEW)
    if others:
        more = Part((context("There is more than a window holds."),))
        while len(paginated([*first, more], VIEW)) > 1:
            first.pop()
        first.append(more)
    ids = ids or ActionIds()
    return _blocks(first, ids), ids.presses


def _rendered(message: Message) -> Iterator[tuple[Body, Said]]:
    """Each Slack message, and what it says."""
    in_thread = message.layout is Layout.THREAD
    pages = _thread(message) if in_thread else _pages(message)
    last = 0 if in_thread else len(pages) - 1
    cards = iter(message.cards)
    for place, parts in enumerate(pages):
        files = tuple(part.file for part in parts if part.file)
        held = tuple(next(cards) for part in parts if part.is_paper)
        told = held if place else message.cards
        said = Said(
            lead="" if in_thread and place else lead(told, message.title, more=place > 0),
            title="" if place else message.title,
            subtitle="" if place else message.subtitle,
            lines=() if place else (*message.lines, *_first_titles(message)),
            cards=held,
            notes=message.notes if place == last else (),
            file=f"File: {files[0][0]}" if files else "",
        )
        ids = ActionIds()
        blocks = _blocks(parts, ids)
        yield Body(tuple(blocks), spoken_text(said), ids.presses, files), said


def _pages(message: Message) -> Pages:
    return best_pages(_forms(message), lambda form: _parts(message, form), MESSAGE)


def _thread(message: Message) -> Pages:
    """What the thread stands under, and a page a paper."""
    whole = [[full_part(replace(card, full=True))] for card in message.cards]
    titles = [Part((block,)) for block in line_blocks(_first_titles(message))]
    parent = paginated((*_before(message), *titles, *_after(message)), MESSAGE)
    return [*parent, *whole]


def _first_titles(message: Message) -> tuple[Line, ...]:
    """The first papers of a thread, and how many more there are; none of anything else."""
    if message.layout is not Layout.THREAD:
        return ()
    shown = tuple(_first_title(card) for card in message.cards[:FIRST_TITLES])
    more = len(message.cards) - len(shown)
    return (*shown, line(quiet(f"And {more} more, each a reply to this."))) if more > 0 else shown


def _first_title(card: PaperCard) -> Line:
    title = cut(plain_title(card), TITLE_CHARACTERS)
    url = paper_url(card.listed, URL_CHARACTERS)
    return line(f"{card.number}. " if card.number else "", link(title, url) if url else title)


def _forms(message: Message) -> list[Form]:
    """Every form that the message may have, the best first, the shortest last."""
    has_short = message.layout is Layout.COMPACT and not all(c.full for c in message.cards)
    # A row under each of more papers is a wall on a phone: there the select opens the card.
    is_short = message.private and len(message.cards) <= MOST_WITH_BUTTONS
    may_have_buttons = has_short and is_short and any(c.buttons for c in message.cards)
    return [
        Form(size, with_buttons)
        for size in range(len(SIZES) if has_short else 1)
        for with_buttons in ((True, False) if may_have_buttons else (False,))
    ]


def _parts(message: Message, form: Form) -> list[Part]:
    is_full = message.layout is Layout.FULL
    papers = (
        full_part(replace(card, full=True))
        if is_full or card.full
        else short_part(card, SIZES[form.size], with_buttons=form.with_buttons)
        for card in message.cards
    )
    return [*_before(message), *papers, *_after(message)]


def _before(message: Message) -> list[Part]:
    """The heading, the lines, and the file."""
    title, subtitle = clean(message.title), cut(clean(message.subtitle), SUBTITLE_CHARACTERS)
    head = (
        *((header(title),) if title else ()),
        *((context(subtitle),) if subtitle else ()),
    )
    parts = [Part(head)] if head else []
    parts += [Part((block,)) for block in line_blocks(message.lines)]
    if message.file:
        file = file_of(message.file)
        parts.append(Part(tuple(line_blocks([line("File: ", code(file[0]))])), file=file))
    return parts


def _after(message: Message) -> list[Part]:
    """The notes and the buttons, a part a row."""
    rows = range(0, len(message.buttons), BUTTONS_A_ROW)
    return [
        *(Part((block,)) for block in line_blocks(message.notes)),
        *(Part(buttons=message.buttons[start : start + BUTTONS_A_ROW]) for start in rows),
    ]


def _blocks(parts: Sequence[Part], ids: ActionIds) -> list[Block]:
    """The blocks one under another; the select stands under the last paper, and the buttons of the
    message go on in its row.
    """
    made: list[Block] = []
    papers = [place for place, part in enumerate(parts) if part.is_paper]
    has_row = False
    for place, part in enumerate(parts):
        if place and (part.is_whole or (parts[place - 1].is_whole and not has_row)):
            made.append(DIVIDER)
        rows = part.rows(ids)
        if has_row and part.is_row:
            rows = actions([*made.pop()["elements"], *rows[0]["elements"]])
        made += [*part.blocks, *rows]
        has_row = part.is_row
        if papers and place == papers[-1] and (options := _options(parts)):
            made += selects(options, ids)
            has_row = True
    return made or [context(NOTHING)]


def _options(parts: Sequence[Part]) -> list[Block]:
    """A place in the select for each paper; one that stands there twice has one."""
    options: dict[str, Block] = {}
    for part in parts:
        if part.option:
            options.setdefault(part.option["value"], part.option)
    return list(options.values())
