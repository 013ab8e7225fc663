"""What a parameter may go on with while somebody types it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.alerts_telling import tell_alert
from bot.commands.desk import Desk
from bot.commands.telling import tell_hours
from bot.commands.zones import beginning_zones
from bot.models import Channel, User
from bot.query_words import tell_filter
from bot.wording import capital

if TYPE_CHECKING:
    from bot.commands.verbs import Command

MOST_CHOICES = 25  # Discord shows no more (PLATFORMS)
CHOICE_CHARACTERS = 100  # of a value and of its label, there too


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types a value: the text so far, by whom and where. `zone` is as in Invocation."""

    text: str
    channel: Channel
    user: User
    zone: str = ""


Choice = tuple[str, str]  # the value that is taken, and how it is shown
Completer = Callable[[Desk, Typing], Awaitable[list[Choice]]]


def within_limits(choices: list[Choice]) -> list[Choice]:
    """At most so many choices as a platform shows, each once; what is too long to be taken whole
    is left out, for half a value means something else.
    """
    short = {value: label for value, label in choices if 0 < len(value) <= CHOICE_CHARACTERS}
    return [(value, _cut(label or value)) for value, label in short.items()][:MOST_CHOICES]


async def _queries(desk: Desk, typing: Typing) -> list[Choice]:
    """The person's own recent queries, then names and words that the last word begins."""
    found = await desk.store.completions.complete(typing.user, typing.text, MOST_CHOICES)
    return [(each.query, each.label) for each in found]


async def _zones(desk: Desk, typing: Typing) -> list[Choice]:
    likely = [zone for zone in (typing.zone, desk.default_zone) if zone and not typing.text.strip()]
    return [(zone, zone) for zone in (*likely, *beginning_zones(typing.text, MOST_CHOICES))]


async def _subscriptions(desk: Desk, typing: Typing) -> list[Choice]:
    """The channel's subscriptions, each told in a line."""
    there = await desk.store.subscriptions.of_channel(typing.channel)
    told = [
        (str(s.id), f"#{s.id} {capital(tell_filter(s.filter))}, {tell_hours(s)}") for s in there
    ]
    return [choice for choice in told if typing.text.strip().lower() in choice[1].lower()]


async def _alerts(desk: Desk, typing: Typing) -> list[Choice]:
    """The person's own alerts, each told in a line."""
    mine = await desk.store.alerts.of_user(typing.user)
    told = [(str(alert.id), f"#{alert.id} {tell_alert(alert)}") for alert in mine]
    return [choice for choice in told if typing.text.strip().lower() in choice[1].lower()]


COMPLETERS: Mapping[str, Completer] = {
    "query": _queries,
    "zone": _zones,
    "subscription": _subscriptions,
    "alert": _alerts,
}


def beginning_verbs(table: tuple[Command, ...], text: str) -> list[Choice]:
    """Verbs of which a word begins so."""
    typed = " ".join(text.lower().split())
    named = [c for c in table if c.name.startswith(typed)]
    named += [c for c in table if f" {typed}" in c.name and c not in named]
    return [(command.name, f"{command.name} · {command.help}") for command in named]


def _cut(label: str) -> str:
    plain = " ".join(label.split())
    if len(plain) <= CHOICE_CHARACTERS:
        return plain
    return plain[: CHOICE_CHARACTERS - 1].rstrip() + "…"
