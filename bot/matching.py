"""Which of a million alerts does this paper set off? Pure.

The strict meaning of a query (DESIGN §5), evaluated in memory over the engine's own tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.conditions import Anchors, Reading, condition_of, read_condition, tokens_of
from bot.documents import Document, documents
from bot.models import Query
from bot.plans import VERSION, plan_of, terms_of
from bot.ports import Analyzer

__all__ = ["AlertIndex", "Anchors", "Document", "documents", "matches", "plan_of"]


def matches(
    query: Query, document: Document, analyze: Analyzer, anchors: Anchors, today: date
) -> bool:
    """Whether the paper meets the query strictly: the plain way, one query at a time."""
    condition = condition_of(query.tree, tokens_of(query.tree, analyze))
    return Reading(document, anchors, today).meets(condition)


class AlertIndex:
    """Alerts by number, each under its rarest necessary term.

    Alerts of one plan are one entry. A plan that is a single term is met wherever the term is;
    the others stand under their keys and are looked at where a paper has one of them, those
    without a key at every paper.
    """

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors
        self._plans: dict[int, str] = {}
        self._numbers: dict[str, list[int]] = {}  # by plan
        self._asking: dict[str, list[str]] = {}  # by key, plans of more than a single term

    def __len__(self) -> int:
        return len(self._plans)

    @property
    def unkeyed(self) -> int:
        """How many alerts have no necessary term, so that every paper is held against them."""
        plans = ["", *self._asking.get("", ())]
        return sum(len(self._numbers.get(plan, ())) for plan in plans)

    def add(self, number: int, plan: str) -> None:
        """Take in an alert by its plan (`plan_of`). A number that is there is replaced.

        Raises ValueError where the plan is not one of this version; then nothing has changed.
        """
        if not plan.startswith(VERSION):
            raise ValueError("a plan of another version")
        plan = plan[len(VERSION) :]
        if plan not in self._numbers:
            for condition in plan.split("\n")[2:]:
                read_condition(condition)
        self.discard(number)
        numbers = self._numbers.get(plan)
        if numbers is None:
            self._numbers[plan] = numbers = []
            for key in _asking_keys(plan):
                self._asking.setdefault(key, []).append(plan)
        else:
            plan = self._plans[numbers[0]]  # the same text, kept once
        self._plans[number] = plan
        numbers.append(number)

    def discard(self, number: int) -> None:
        """Forget an alert; an unknown number is none."""
        plan = self._plans.pop(number, None)
        if plan is None:
            return
        self._numbers[plan].remove(number)
        if self._numbers[plan]:
            return
        del self._numbers[plan]
        for key in _asking_keys(plan):
            self._asking[key].remove(plan)
            if not self._asking[key]:
                del self._asking[key]

    def matching(self, document: Document, today: date) -> list[int]:
        """The numbers of the alerts that the paper meets, in ascending order."""
        terms = terms_of(document)
        reading = Reading(document, self._anchors, today, terms)
        found: list[int] = []
        for term in terms & self._numbers.keys():
            found += self._numbers[term]
        for plan in {*self._met(terms, reading)}:  # a plan may stand under several of them
            found += self._numbers[plan]
        found.sort()
        return found

    def _met(self, terms: set[str], reading: Reading) -> Iterator[str]:
        """The plans that the paper meets of those that ask for more than a single term."""
        for key in terms & self._asking.keys():
            for plan in self._asking[key]:
                needed, _, conditions = plan.partition("\n")[2].partition("\n")
                if not terms.issuperset(needed.split("\t")):
                    continue
                if not conditions or all(map(reading.holds, conditions.split("\n"))):
                    yield plan


def _asking_keys(plan: str) -> list[str]:
    """The keys under which a plan stands; none where it is a single term itself."""
    keys = plan.partition("\n")[0].split("\t")
    return [] if keys == [plan] else keys
