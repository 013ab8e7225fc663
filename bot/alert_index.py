"""Alerts by the rarest term they need, so that a paper touches only those it may meet. Pure.

A plan (`bot.plans`) tells under which term an alert stands, and what else it asks for. A million
alerts are kept in arrays of numbers: what a paper sets off is copied from these as blocks, and few
objects are looked at on the way.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import compress, count
from typing import TypeAlias, TypeVar

from bot.conditions import Anchors, Examined, check_lines
from bot.documents import Document
from bot.plans import VERSION, asks_for_beginnings, beginnings_of, is_term, terms_of

MOST_EMPTY = 10_000  # entries that no alert is left of, kept until there are more: about 2 MB
NOTHING = ""  # the term of every paper, and of alerts that need none
ASKED = 3  # values of an alert in Rows: two terms by their places, its number

K = TypeVar("K", int, str)
Numbers: TypeAlias = "array[int]"  # numbers of alerts


class Rows(array):  # type: ignore[type-arg]  # array[int] does not exist at run time
    """Alerts of one key that ask for more than another term, in ASKED values each."""

    __slots__ = ()


class Under:
    """What stands under one term. `place` is the term's number, by which others name it."""

    __slots__ = ("choices", "conditional", "numbers", "pairs", "place", "rows")

    def __init__(self, place: int) -> None:
        self.place = place
        self.numbers: Numbers | None = None  # of alerts that the term decides
        self.pairs: dict[int, Numbers] | None = None  # by the place of the other term
        self.conditional: dict[str, Numbers] | None = None  # by the line that is asked for beside
        self.rows: Rows | None = None
        self.choices: dict[str, Numbers] | None = None  # by plan, of alerts of several keys

    def drop_empty(self) -> None:
        """Let go of what no alert is left of."""
        self.numbers = self.numbers or None
        self.rows = self.rows or None
        self.pairs = _filled(self.pairs)
        self.conditional = _filled(self.conditional)
        self.choices = _filled(self.choices)

    def is_filled(self) -> bool:
        """Whether anything stands here."""
        held = (self.numbers, self.pairs, self.conditional, self.rows, self.choices)
        return any(each is not None for each in held)


class AlertIndex:
    """Alerts by number, each under its rarest necessary term.

    What a term decides, alone or with another, is met wherever the terms are. A condition beside
    a term is settled once a paper, whatever the number of alerts that ask for it. Of the alerts
    that ask for more, only those whose next two terms the paper has are looked at one by one.
    """

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors
        self._under: dict[str, Under] = {}
        self._places = count()
        self._nothing = self._at(NOTHING)
        self._entries: dict[int, Numbers] = {}  # by number, the array it stands in
        self._lines: dict[int, str] = {}  # by number, what alerts in Rows ask for beside terms
        self._texts: dict[str, str] = {}  # the lines that stand beside terms, each once
        self._has_beginnings = False
        self._empty = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def unkeyed(self) -> int:
        """How many alerts have no necessary term, so that every paper is held against them."""
        under = self._nothing
        conditional = sum(map(len, (under.conditional or {}).values()))
        return len(under.numbers or ()) + conditional + len(under.rows or ()) // ASKED

    def add(self, number: int, plan: str) -> None:
        """Take in an alert by its plan (`plan_of`). A number that is there is replaced.

        Raises ValueError where the plan is not one of this version; then nothing has changed.
        """
        if not plan.startswith(VERSION):
            raise ValueError("a plan of another version")
        keys, _, asked = plan[len(VERSION) :].partition("\n")
        lines = asked.split("\n") if asked else []
        check_lines(lines)
        if number in self._entries:
            self.discard(number)
        self._has_beginnings |= asks_for_beginnings(plan)
        if "\t" in keys:
            numbers = self._choice(keys.split("\t"), plan)
        elif len(lines) < 2:
            numbers = self._entry(self._at(keys), asked)
        else:
            numbers = self._rows(number, self._at(keys), lines)
        numbers.append(number)
        self._entries[number] = numbers

    def discard(self, number: int) -> None:
        """Forget an alert; an unknown number is none."""
        entry = self._entries.pop(number, None)
        if entry is None:
            return
        if isinstance(entry, Rows):
            place = entry[ASKED - 1 :: ASKED].index(number) * ASKED
            del entry[place : place + ASKED]
            self._lines.pop(number, None)
        else:
            entry.remove(number)
        self._empty += not entry
        if self._empty > MOST_EMPTY + len(self) // 4:
            self._drop_empty()

    def matching(
        self, document: Document, today: date, settled: Mapping[str, bool] | None = None
    ) -> Sequence[int]:
        """The numbers of the alerts that the paper meets, each once, in no order.

        `settled`: lines of plans of which is known already whether the paper meets them.
        """
        terms = terms_of(document)
        if self._has_beginnings:
            terms |= beginnings_of(document)
        examined = Examined(document, self._anchors, today, terms, settled)
        met = list(filter(None, map(self._under.get, terms)))
        places = {under.place for under in met}
        found = [under.numbers for under in met if under.numbers]
        for under in met:
            if under.pairs:
                found += map(under.pairs.__getitem__, places & under.pairs.keys())
            if under.conditional:
                lines = under.conditional
                found += compress(lines.values(), map(examined.__getitem__, lines))
        found += self._chosen(met, examined)
        found.append(self._asking(met, places, examined))
        return memoryview(b"".join(found)).cast("q")  # blocks: one by one they cost the most

    def _chosen(self, met: Sequence[Under], examined: Examined) -> list[Numbers]:
        """Of the alerts of several keys, those that are met."""
        plans: dict[str, Numbers] = {}  # some have two of their keys met
        for under in met:
            plans |= under.choices or {}
        return [
            numbers
            for plan, numbers in plans.items()
            if examined.holds_all(plan.partition("\n")[2])
        ]

    def _asking(self, met: Sequence[Under], places: set[int], examined: Examined) -> Numbers:
        """Of the alerts that ask for more, those that are met."""
        found = array("q")
        for rows in [under.rows for under in met if under.rows]:
            has_first = map(places.__contains__, rows[::ASKED])
            for start in compress(count(0, ASKED), has_first):
                if rows[start + 1] in places:
                    number = rows[start + 2]
                    if number not in self._lines or examined.holds_all(self._lines[number]):
                        found.append(number)
        return found

    def _at(self, term: str) -> Under:
        under = self._under.get(term)
        if under is None:
            under = self._under[term] = Under(next(self._places))
        return under

    def _entry(self, under: Under, asked: str) -> Numbers:
        """The array for alerts that ask for a term, and at most one line beside it."""
        if not asked:
            under.numbers = numbers = array("q") if under.numbers is None else under.numbers
            return numbers
        if is_term(asked):
            under.pairs = pairs = {} if under.pairs is None else under.pairs
            return _numbers(pairs, self._at(asked).place)
        under.conditional = conditional = {} if under.conditional is None else under.conditional
        return _numbers(conditional, self._texts.setdefault(asked, asked))

    def _rows(self, number: int, under: Under, lines: Sequence[str]) -> Rows:
        """The rows for an alert that asks for more, but for its number."""
        terms = [line for line in lines if is_term(line)]
        first, second, *_ = *terms, NOTHING, NOTHING
        others = "\n".join(line for line in lines if line not in {first, second})
        if others:
            self._lines[number] = others
        under.rows = rows = Rows("q") if under.rows is None else under.rows
        rows.extend((self._at(first).place, self._at(second).place))
        return rows

    def _choice(self, keys: Sequence[str], plan: str) -> Numbers:
        """The array for alerts of several keys."""
        known = self._at(keys[0]).choices or {}
        numbers = known.get(plan, array("q"))
        for key in keys:
            under = self._at(key)
            under.choices = {} if under.choices is None else under.choices
            under.choices[plan] = numbers
        return numbers

    def _drop_empty(self) -> None:
        """Forget the entries that no alert is left of, and the terms that nobody names."""
        used = {self._nothing.place}
        for under in self._under.values():
            under.drop_empty()
            used.update(under.pairs or ())
            used.update((under.rows or ())[::ASKED], (under.rows or ())[1::ASKED])
        self._under = {
            term: under
            for term, under in self._under.items()
            if under.place in used or under.is_filled()
        }
        self._texts.clear()
        self._empty = 0


def _numbers(entries: dict[K, Numbers], place: K) -> Numbers:
    numbers = entries.get(place)
    if numbers is None:
        entries[place] = numbers = array("q")
    return numbers


def _filled(entries: dict[K, Numbers] | None) -> dict[K, Numbers] | None:
    """The entries that hold numbers; None for none."""
    return {place: numbers for place, numbers in (entries or {}).items() if numbers} or None
