"""What is put into every form, on every platform: what it takes, and what it must refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from standins.parity import contents
from standins.parity.apart import FORMLESS
from standins.parity.askings import ONE, SETTINGS
from standins.parity.contents import MAMBA, ZONE
from standins.parity.said import Answer, Asks, Talk
from standins.parity.stage import Content


@dataclass(frozen=True)
class Filling:
    """A verb's form: `args` are settled, `values` are put in, each of `bad` is refused.

    `can_hold_none`: the inputs of these platforms can't hold what is bad.
    """

    verb: str
    values: Mapping[str, str]
    bad: tuple[Mapping[str, str], ...]
    content: Content = contents.papers
    args: Mapping[str, str] = field(default_factory=dict)
    can_hold_none: tuple[str, ...] = ()

    async def opened(self, talk: Talk) -> Answer:
        """The form, empty or as it stands."""
        return await talk.form(self.verb, self.args)

    async def filled(self, talk: Talk, values: Mapping[str, str]) -> Answer:
        """What comes of these values: in the form, or in one line where there is none."""
        if (talk.name, self.verb) in FORMLESS:
            return await talk.ask(self.verb, {**self.args, **values})
        form = await self.opened(talk)
        assert isinstance(form, Asks), f"{talk.name} has no form for {self.verb}"
        await talk.posted()
        return await talk.submit(form, values)

    def __str__(self) -> str:
        return self.verb


BAD_QUERY = "mamba cat:cs.LX"
TWIN = {"time": "17:30", "filter": "cat:cs.LG"}  # that is #2 already
FILLINGS = (
    Filling("search", {"query": "mamba"}, ({"query": BAD_QUERY},)),
    Filling("subscribe", SETTINGS, ({"zone": ZONE, "filter": BAD_QUERY},)),
    Filling(
        "subscriptions change",
        {**SETTINGS, "filter": ""},
        ({"filter": BAD_QUERY}, TWIN),
        contents.subscribed_twice,
        ONE,
    ),
    Filling(
        "alert add",
        {"query": "mamba", "when": "at once", "time": "10:00", "zone": "Europe/London"},
        ({"query": BAD_QUERY},),
    ),
    Filling("alert test", {"query": "mamba"}, ({"query": BAD_QUERY},)),
    Filling(
        "alert change",
        {"query": "sheep", "when": "at once"},
        ({"query": BAD_QUERY},),
        contents.alerted,
        {"alert": "1"},
    ),
    Filling(
        "alert hours",
        {"time": "08:15", "zone": "Europe/London", "weekdays": "tue,sat", "cap": "20"},
        ({"cap": "99"}, {"weekdays": "someday"}),
        contents.alerted,
        can_hold_none=("slack",),
    ),
    Filling(
        "saved note",
        {"note": "for “Tuesday”"},
        ({"note": "x" * 301},),
        contents.saved,
        {"id": MAMBA},
    ),
)
