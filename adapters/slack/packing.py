"""Parts → Slack messages: as few as can be, and in them the fullest form. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from adapters.slack.blocks import DIVIDER_COST, Part, selects_cost
from adapters.slack.limits import Cost

Pages = list[list[Part]]  # the parts of each Slack message


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is shown: which of the sizes its papers have (0 is the fullest), and whether
    their buttons stand under them. Both hold for all of its papers.
    """

    size: int = 0
    with_buttons: bool = False


def best_pages(
    forms: Sequence[Form], parts_of: Callable[[Form], Sequence[Part]], room: Cost
) -> Pages:
    """The pages in the first form that takes no more of them than the last, which is shortest."""
    shortest: Pages | None = None
    for form in forms:
        pages = paginated(parts_of(form), room)
        if len(pages) == 1:
            return pages
        if shortest is None:
            shortest = paginated(parts_of(forms[-1]), room)
        if len(pages) <= len(shortest):
            return pages
    raise AssertionError("the last form takes no more pages than itself")


def paginated(parts: Sequence[Part], room: Cost) -> Pages:
    """The parts in order, as many a page as its room holds; always a page, be it empty."""
    pages = [_Page(room)]
    for part in parts:
        if not pages[-1].takes(part):
            pages.append(_Page(room))
            pages[-1].takes(part)
    return [page.parts for page in pages]


@dataclass(slots=True)
class _Page:
    """A Slack message that is being filled."""

    room: Cost
    parts: list[Part] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    options: int = 0

    def takes(self, part: Part) -> bool:
        """Add the part, where there is room for it and for what it brings along.

        An empty page takes any: each part alone is made to fit.
        """
        cost = self.cost + part.cost + part.option_cost
        options = self.options + (part.option is not None)
        if self.parts and (part.is_whole or self.parts[-1].is_whole):
            cost += DIVIDER_COST
        if self.parts and not (cost + selects_cost(options)).fits(self.room):
            return False
        self.parts.append(part)
        self.cost, self.options = cost, options
        return True
