"""Page → the text that is printed, for one terminal or for none. Pure.

Rich measures and wraps it: by cells, which for Chinese, Japanese and Korean are two a sign. All
text is handed over as `Text`, never as markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import StringIO

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.panel import Panel
from rich.style import Style as Look
from rich.text import Text

from adapters.console.page import Card, File, Page
from bot.messages import Button, Line, Span, Style

NARROWEST = 12  # columns: below this every line would be broken in the middle of its words

_LOOKS = {
    Style.PLAIN: Look(),
    Style.STRONG: Look(bold=True),
    Style.QUIET: Look(dim=True),
    Style.CODE: Look(color="cyan"),
    Style.LINK: Look(underline=True),
    Style.MARK: Look(color="yellow", bold=True),
}
# What stands for our own signs where the terminal's encoding lacks them.
_ASCII = str.maketrans({"·": "-", "…": "...", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"'})


@dataclass(frozen=True, slots=True)
class Surface:
    """What is printed on. `rich` allows colours, boxes and hyperlinks; `width` is in cells."""

    width: int = 80
    rich: bool = False
    colour: bool = True
    unicode: bool = True


PLAIN = Surface()


def draw(page: Page, surface: Surface, channel: str = "") -> str:
    """The page as text that ends in a line break, headed by the channel it is for, if named."""
    pen = _Pen(surface)
    if channel:
        pen.write(Text(f"in {channel}", _LOOKS[Style.QUIET]))
    pen.heading(page.title, page.subtitle)
    pen.block(page.lines)
    number = len(page.buttons) + 1  # of the next button: see `Page.pressable`
    for card in page.cards:
        pen.card(card, number)
        number += len(card.buttons)
    pen.block(page.notes)
    pen.file(page.file)
    pen.buttons(page.buttons)
    return pen.text()


def encode(text: str, encoding: str) -> bytes:
    """The text as bytes; a sign that the encoding lacks becomes a plain one or "?"."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "replace")


class _Pen:
    """Writes one page. Blocks stand apart by an empty line."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.width = max(surface.width, NARROWEST)
        self.paper = StringIO()
        self.verbatim: tuple[int, int] = (0, 0)  # where in it a file stands

    @cached_property
    def console(self) -> Console:
        """Rich's console; plain text is written without it."""
        return Console(
            file=self.paper,
            width=self.width,
            force_terminal=True,
            color_system="standard",
            no_color=not self.surface.colour,
            legacy_windows=False,
            markup=False,
            highlight=False,
            emoji=False,
        )

    def text(self) -> str:
        """All that was written, without spaces at the ends of lines, but for those of a file."""
        drawn, (start, end) = self.paper.getvalue(), self.verbatim
        return _trimmed(drawn[:start]) + drawn[start:end] + _trimmed(drawn[end:])

    def gap(self) -> None:
        if self.paper.tell():
            self.paper.write("\n")

    def write(self, text: Text, margin: str = "") -> None:
        """Write a paragraph; `margin` stands before its first row and makes room at the others."""
        if not self.surface.rich:
            # Every message of the outbox is packed as plain text too: Rich would take 20 × as long.
            rows = _wrap(text.plain, self.width - len(margin))
            between = "\n" + " " * len(margin)
            self.paper.write(f"{margin}{between.join(rows)}\n")
            return
        first = Text().append(margin, Look(color="cyan"))
        for row in text.wrap(self.console, self.width - len(margin), overflow="fold"):
            self.console.print(first + row, no_wrap=True, overflow="ignore", crop=False)
            first = Text(" " * len(margin))

    def heading(self, title: str, subtitle: str) -> None:
        if not title and not subtitle:
            return
        self.gap()
        if not self.surface.rich:
            for text in filter(None, (title, "=" * min(cell_len(title), self.width), subtitle)):
                self.write(Text(text))
            return
        head = Text().append(title, _LOOKS[Style.STRONG])
        if subtitle:
            head.append("\n" if title else "").append(subtitle, _LOOKS[Style.QUIET])
        frame = box.ROUNDED if self.surface.unicode else box.ASCII
        self.console.print(Panel(head, box=frame, expand=False, border_style="cyan"))

    def block(self, lines: tuple[Line, ...]) -> None:
        if lines:
            self.gap()
        for spans in lines:
            self.write(self.spans(spans))

    def card(self, card: Card, first: int) -> None:
        """Write a paper; its buttons are numbered from `first`."""
        self.gap()
        number = f"{card.number}. ".rjust(4) if card.number else ""
        look = _LOOKS[Style.STRONG] + Look(link=card.url or None)
        title = Text()
        for span in card.title:
            title.append(self.words(span), look + _LOOKS[span.style])
        self.write(title, number)
        margin = " " * len(number)
        for spans in card.lines:
            self.write(self.spans(spans), margin)
        for text in self.links(card):
            self.write(text, margin)
        self.buttons(card.buttons, first, margin)

    def links(self, card: Card) -> list[Text]:
        if self.surface.rich:
            between = Text(" · ", _LOOKS[Style.QUIET])
            return [between.join(self.spans((span,)) for span in card.links)] if card.links else []
        if card.full and card.links:
            return [Text(f"{span.text}: {span.url}") for span in card.links]
        return [Text(card.url)] if card.url else []

    def file(self, file: File | None) -> None:
        """Write a file out, unwrapped: it is there to be copied."""
        if file:
            self.gap()
            self.write(Text(file.name, _LOOKS[Style.STRONG]))
            start = self.paper.tell()
            self.paper.write(f"{file.text}\n")
            self.verbatim = (start, self.paper.tell())

    def buttons(self, buttons: tuple[Button, ...], first: int = 1, margin: str = "") -> None:
        if not buttons:
            return
        if not margin:
            self.gap()
        row = Text()
        for number, button in enumerate(buttons, first):
            label = Text().append(f"[{number}]", Look(color="cyan")).append(f" {button.label}")
            if row and len(margin) + row.cell_len + 2 + label.cell_len > self.width:
                self.write(row, margin)
                row = Text()
            row.append("  " if row else "").append_text(label)
        self.write(row, margin)

    def spans(self, spans: Line) -> Text:
        text = Text()
        for span in spans:
            text.append(self.words(span), _LOOKS[span.style] + Look(link=span.url or None))
        return text

    def words(self, span: Span) -> str:
        if self.surface.rich or (not span.url and span.style is not Style.MARK):
            return span.text
        if span.style is Style.MARK:
            return f"*{span.text}*"
        return span.text if span.text == span.url else f"{span.text} ({span.url})"


def _trimmed(drawn: str) -> str:
    return "\n".join(row.rstrip(" ") for row in drawn.split("\n"))


@lru_cache(maxsize=4096)  # the papers of a day go out to many channels
def _wrap(text: str, room: int) -> tuple[str, ...]:
    """Rows of at most `room` cells, but for a URL: without hyperlinks it must stay whole."""
    rows = [""]
    for word in text.split(" "):
        pieces = [word] if "://" in word else chop_cells(word, room) or [""]
        for place, piece in enumerate(pieces):
            between = " " if rows[-1] and not place else ""
            if rows[-1] and cell_len(rows[-1] + between + piece) > room:
                rows.append(piece)
            else:
                rows[-1] += between + piece
    return tuple(rows)
