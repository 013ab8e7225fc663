"""What is asked on every platform: each verb, in every way in which its answer is another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from standins.parity import contents
from standins.parity.contents import MAMBA, ZONE
from standins.parity.said import Answer, Talk
from standins.parity.stage import Content

ROLES = "<roles>"  # what is named there to the verb that says who manages


@dataclass(frozen=True)
class Asking:
    """A verb with arguments, asked where the store holds this."""

    verb: str
    args: Mapping[str, str] = field(default_factory=dict)
    content: Content = contents.papers

    async def by(self, talk: Talk) -> Answer:
        """Ask it."""
        args = {n: talk.roles if text == ROLES else text for n, text in self.args.items()}
        return await talk.ask(self.verb, args)

    def __str__(self) -> str:
        args = " ".join(f"{name}:{text}" for name, text in self.args.items())
        return f"{self.verb} {args} [{self.content.__name__}]"


def _of(verb: str, *ways: tuple[Mapping[str, str], Content] | Mapping[str, str]) -> list[Asking]:
    pairs = [way if isinstance(way, tuple) else (way, contents.papers) for way in ways]
    return [Asking(verb, args, content) for args, content in pairs]


NOTHING: Mapping[str, str] = {}
SETTINGS = {
    "time": "17:30",
    "zone": "Europe/London",
    "weekdays": "mon,thu",
    "filter": "cat:cs.LG mamba",
    "size": "3",
    "ranking": "newest",
    "layout": "thread",
    "empty": "no",
}
ONE, TWO = {"subscription": "1"}, {"subscription": "2"}
ASKINGS = (
    *_of(
        "search",
        {"query": "mamba"},
        {"query": "diffusion"},
        {"query": "mamba nosuchword"},
        {"query": "zzzz"},
        {"query": "mamba cat:cs.LX"},
        {"query": "papers about mamba since 2026-11-01"},
        {"query": MAMBA},
    ),
    *_of("similar", {"id": MAMBA}, {"id": "2611.99999"}),
    *_of(
        "today",
        NOTHING,
        {"when": "2026-11-19"},
        {"when": "2026-W47"},
        {"when": "2026-11-02"},
        {"when": "some day"},
        (NOTHING, contents.nothing),
    ),
    *_of("trending", NOTHING, (NOTHING, contents.nothing)),
    *_of("paper", {"id": MAMBA}, {"id": f"{MAMBA}v1"}, {"id": "2611.99999"}, {"id": "sheep"}),
    *_of("share", {"id": MAMBA}, NOTHING),
    *_of(
        "subscribe",
        {"zone": ZONE},
        SETTINGS,
        {"zone": "Berln"},
        {"zone": ZONE, "filter": "mamba cat:cs.LX"},
        ({"zone": ZONE}, contents.subscribed),
    ),
    *_of(
        "subscriptions list",
        NOTHING,
        (NOTHING, contents.subscribed),
        (NOTHING, contents.paused),
        (NOTHING, contents.subscribed_twice),
    ),
    *_of(
        "subscriptions change",
        {"size": "20"},
        ({"time": "8:15", "size": "20"}, contents.subscribed),
        ({"size": "10"}, contents.subscribed),
        ({"size": "20"}, contents.subscribed_twice),
        ({**ONE, "time": "17:30", "filter": "cat:cs.LG"}, contents.subscribed_twice),
    ),
    *_of(
        "subscriptions pause",
        (NOTHING, contents.subscribed),
        (NOTHING, contents.paused),
        (TWO, contents.subscribed_twice),
    ),
    *_of(
        "subscriptions resume",
        (NOTHING, contents.paused),
        (NOTHING, contents.subscribed),
        (ONE, contents.removed),
    ),
    *_of(
        "subscriptions remove",
        (NOTHING, contents.subscribed),
        (NOTHING, contents.subscribed_twice),
        ({"subscription": "7"}, contents.subscribed),
        ({"subscription": "all"}, contents.subscribed),
    ),
    *_of("subscriptions test", (NOTHING, contents.subscribed), NOTHING),
    *_of("subscriptions now", (NOTHING, contents.subscribed), (NOTHING, contents.paused)),
    *_of("subscriptions adopt", (NOTHING, contents.subscribed)),
    *_of("managers", NOTHING, {"role": ROLES}),
    *_of(
        "alert list",
        NOTHING,
        (NOTHING, contents.alerted),
        (NOTHING, contents.alert_paused),
        (NOTHING, contents.many_alerts),
        ({"alert": "3"}, contents.many_alerts),
    ),
    *_of(
        "alert add",
        {"query": "mamba"},
        {"query": "mamba", "when": "at once", "time": "8:15", "zone": "Europe/London"},
        {"query": "mamba cat:cs.LX"},
        ({"query": "sheep", "time": "10:00"}, contents.alerted),
        ({"query": "mamba"}, contents.alerted),
        ({"query": "kind"}, contents.flood),
    ),
    *_of("alert test", {"query": "mamba"}, {"query": "zzzz"}, {"query": "diffusion"}),
    *_of(
        "alert change",
        {"query": "sheep"},
        ({"alert": "1", "query": "mamba sheep"}, contents.alerted),
        ({"when": "at once"}, contents.many_alerts),
    ),
    *_of("alert pause", (NOTHING, contents.alerted), (NOTHING, contents.alert_paused)),
    *_of("alert resume", (NOTHING, contents.alert_paused), (NOTHING, contents.alerted)),
    *_of(
        "alert remove",
        (NOTHING, contents.alerted),
        (NOTHING, contents.many_alerts),
        ({"alert": "99"}, contents.alerted),
    ),
    *_of(
        "alert mute",
        (NOTHING, contents.alerted),
        ({"until": "2026-12-01"}, contents.alerted),
        ({"until": "tomorrow"}, contents.caught),
        ({"until": "off"}, contents.caught),
    ),
    *_of("alert inbox", NOTHING, (NOTHING, contents.caught)),
    *_of("alert hours", ({"time": "8:15", "cap": "20"}, contents.alerted), {"time": "25:00"}),
    *_of("save", {"id": MAMBA}, ({"id": MAMBA}, contents.saved)),
    *_of(
        "saved list",
        NOTHING,
        (NOTHING, contents.saved),
        ({"query": "sheep"}, contents.saved),
        ({"query": "zzzz"}, contents.saved),
    ),
    *_of("saved remove", ({"id": MAMBA}, contents.saved), {"id": MAMBA}),
    *_of(
        "saved note",
        ({"id": MAMBA, "note": "for “Tuesday”"}, contents.saved),
        ({"id": MAMBA, "note": "x" * 301}, contents.saved),
    ),
    *_of(
        "saved export",
        NOTHING,
        (NOTHING, contents.saved),
        ({"format": "ris", "query": "sheep"}, contents.saved),
    ),
    *_of("cite", {"id": MAMBA}, {"id": MAMBA, "format": "csl"}),
    *_of(
        "privacy",
        NOTHING,
        (NOTHING, contents.known),
        ({"what": "export"}, contents.known),
        ({"what": "erase"}, contents.known),
    ),
    *_of("status", NOTHING, (NOTHING, contents.subscribed), (NOTHING, contents.paused)),
    *_of(
        "help",
        NOTHING,
        {"verb": "search"},
        {"verb": "subscriptions change"},
        {"verb": "alert"},
        {"verb": "nosuch"},
    ),
)
