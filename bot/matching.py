"""Which of a million alerts does this paper set off? Pure.

The strict meaning of a query (DESIGN §5), evaluated in memory over the engine's own tokens.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeAlias

from bot.conditions import Anchors, Reading, check_lines, condition_of, tokens_of
from bot.documents import Document, documents
from bot.models import Query
from bot.plans import VERSION, Terms, is_short, plan_of, terms_of
from bot.ports import Analyzer

__all__ = ["AlertIndex", "Anchors", "Document", "documents", "matches", "plan_of"]

MOST_EMPTY = 10_000  # entries that no alert is left of, kept until there are more: about 2 MB

Numbers: TypeAlias = "array[int]"  # what a paper sets off is copied from these as blocks
Asking = tuple[str, str, int]  # a term or "", more lines of the plan, and the alert's number


def matches(
    query: Query, document: Document, analyze: Analyzer, anchors: Anchors, today: date
) -> bool:
    """Whether the paper meets the query strictly: the plain way, one query at a time."""
    condition = condition_of(query.tree, tokens_of(query.tree, analyze))
    return Reading(document, anchors, today).meets(condition)


class AlertIndex:
    """Alerts by number, each under its rarest necessary term.

    Alerts that one term or two decide are met wherever the terms are; where it takes a term and
    a condition, each condition is settled once a paper. Those of the same terms and condition are
    one array of numbers. The few that ask for more are looked at one by one, where a paper has
    their key and the next term they need.
    """

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors
        self._entries: dict[int, Numbers | list[Asking]] = {}  # what holds each number
        self._single: dict[str, Numbers] = {}  # by the term that decides
        self._double: dict[str, dict[str, Numbers]] = {}  # by key and the other term
        self._conditional: dict[str, dict[str, Numbers]] = {}  # by key and the line of a plan
        self._asking: dict[str, dict[str, list[Asking]]] = {}  # by key and a term or ""
        self._choices: dict[str, dict[str, Numbers]] = {}  # by each of its keys and the plan
        self._texts: dict[str, str] = {}  # each short text once
        self._empty = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def unkeyed(self) -> int:
        """How many alerts have no necessary term, so that every paper is held against them."""
        entries = [
            self._single.get("", ()),
            *self._conditional.get("", {}).values(),
            *self._asking.get("", {}).values(),
        ]
        return sum(map(len, entries))

    def add(self, number: int, plan: str) -> None:
        """Take in an alert by its plan (`plan_of`). A number that is there is replaced.

        Raises ValueError where the plan is not one of this version; then nothing has changed.
        """
        if not plan.startswith(VERSION):
            raise ValueError("a plan of another version")
        keys, _, asked = plan[len(VERSION) :].partition("\n")
        if asked:
            check_lines(asked.split("\n"))
        if number in self._entries:
            self.discard(number)
        self._entries[number] = self._put(number, keys, asked)

    def discard(self, number: int) -> None:
        """Forget an alert; an unknown number is none."""
        entry = self._entries.pop(number, None)
        if entry is None:
            return
        if isinstance(entry, list):
            entry[:] = [each for each in entry if each[-1] != number]
        else:
            entry.remove(number)
        self._empty += not entry
        if self._empty > MOST_EMPTY + len(self) // 4:
            self._drop_empty()

    def matching(self, document: Document, today: date) -> Sequence[int]:
        """The numbers of the alerts that the paper meets, each once, in no order."""
        terms = terms_of(document)
        reading = Reading(document, self._anchors, today, terms.every)
        found = array("q")
        for term in terms.every & self._single.keys():
            found += self._single[term]
        for key in terms.every & self._double.keys():
            others = self._double[key]
            for other in terms.short & others.keys():
                found += others[other]
        for key in terms.every & self._conditional.keys():
            for line, numbers in self._conditional[key].items():
                if reading.holds(line):
                    found += numbers
        found.extend(self._answering(terms, reading))
        for numbers in self._chosen(terms, reading).values():
            found += numbers
        return found

    def _answering(self, terms: Terms, reading: Reading) -> Iterator[int]:
        """Those met of the alerts that ask for more."""
        every = terms.every
        for key in every & self._asking.keys():
            by_term = self._asking[key]
            for term in terms.short & by_term.keys():
                for needed, lines, number in by_term[term]:
                    if needed in every and (not lines or reading.holds(lines)):
                        yield number

    def _chosen(self, terms: Terms, reading: Reading) -> dict[str, Numbers]:
        """Those of several keys that the paper meets, by plan: some by two of their keys."""
        return {
            plan: numbers
            for key in terms.every & self._choices.keys()
            for plan, numbers in self._choices[key].items()
            if reading.holds(plan.partition("\n")[2])
        }

    def _put(self, number: int, keys: str, asked: str) -> Numbers | list[Asking]:
        """Take the alert in; returns what holds it."""
        if "\t" in keys:
            numbers = self._choice(keys.split("\t"), f"{keys}\n{asked}")
        elif not asked:
            numbers = self._numbers(self._single, keys)
        elif is_short(asked):
            numbers = self._numbers(self._double.setdefault(self._once(keys), {}), asked)
        elif "\n" not in asked:
            numbers = self._numbers(self._conditional.setdefault(self._once(keys), {}), asked)
        else:
            return self._ask(number, self._once(keys), asked.split("\n"))
        numbers.append(number)
        return numbers

    def _ask(self, number: int, key: str, lines: list[str]) -> list[Asking]:
        short = [line for line in lines if is_short(line)]
        first, second, *_ = *short, "", ""
        others = "\n".join(line for line in lines if line not in {first, second})
        asking = self._asking.setdefault(key, {}).setdefault(self._once(first), [])
        asking.append((self._once(second), self._once(others), number))
        return asking

    def _choice(self, keys: Sequence[str], plan: str) -> Numbers:
        numbers = self._numbers(self._choices.setdefault(keys[0], {}), plan)
        for key in keys[1:]:
            self._choices.setdefault(key, {})[plan] = numbers
        return numbers

    def _numbers(self, entries: dict[str, Numbers], place: str) -> Numbers:
        numbers = entries.get(place)
        if numbers is None:
            entries[self._once(place)] = numbers = array("q")
        return numbers

    def _once(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def _drop_empty(self) -> None:
        """Forget the entries that no alert is left of."""
        for entries in (
            self._single,
            self._double,
            self._conditional,
            self._asking,
            self._choices,
        ):
            _prune(entries)
        self._texts.clear()
        self._empty = 0


def _prune(entries: dict[Any, Any]) -> None:
    """Take out what holds no number, at every depth."""
    for place, each in list(entries.items()):
        if isinstance(each, dict):
            _prune(each)
        if not each:
            del entries[place]
