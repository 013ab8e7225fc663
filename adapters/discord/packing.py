"""Blocks → Discord messages: as few as can be, and in them the fullest form. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from adapters.discord.blocks import CONTAINER_COST, SEPARATOR_COST, Block, menus_cost
from adapters.discord.limits import Cost

Pages = list[list[Block]]  # the blocks of each Discord message


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is shown: which of the sizes its papers have (0 is the fullest), whether their
    buttons stand under them, and lines between them. Each holds for all of its papers.
    """

    size: int = 0
    with_buttons: bool = False
    separated: bool = False


def best_pages(
    forms: Sequence[Form], blocks_of: Callable[[Form], Sequence[Block]]
) -> tuple[Pages, Form]:
    """The pages in the first form that takes no more of them than the last, which is shortest."""
    shortest: Pages | None = None
    for form in forms:
        pages = paginated(blocks_of(form), separated=form.separated)
        if len(pages) == 1:
            return pages, form
        if shortest is None:
            shortest = paginated(blocks_of(forms[-1]), separated=forms[-1].separated)
        if len(pages) <= len(shortest):
            return pages, form
    raise AssertionError("the last form takes no more pages than itself")


def paginated(blocks: Sequence[Block], *, separated: bool = False) -> Pages:
    """The blocks in order, as many a page as fit; always a page, be it empty."""
    pages = [_Page(separated)]
    for block in blocks:
        if not pages[-1].takes(block):
            pages.append(_Page(separated))
            pages[-1].takes(block)
    return [page.blocks for page in pages]


@dataclass(slots=True)
class _Page:
    """A Discord message that is being filled."""

    separated: bool
    blocks: list[Block] = field(default_factory=list)
    cost: Cost = CONTAINER_COST
    options: int = 0

    def takes(self, block: Block) -> bool:
        """Add the block, where there is room for it and for what it brings along.

        An empty page takes any: each block alone is made to fit.
        """
        cost = self.cost + block.cost
        options = self.options + (block.option is not None)
        if self.separated and block.is_paper and self.blocks:
            cost += SEPARATOR_COST
        if self.blocks and not (cost + menus_cost(options)).fits:
            return False
        self.blocks.append(block)
        self.cost, self.options = cost, options
        return True
