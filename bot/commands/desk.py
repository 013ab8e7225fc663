"""What the handlers of verbs work with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.commands.zones import is_zone
from bot.messages import Invocation
from bot.ports import Clock, Courier, Editor, Librarian, Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports that handlers take. `default_zone` is the IANA zone where nothing names one."""

    store: Store
    editor: Editor
    librarian: Librarian
    courier: Courier
    clock: Clock
    default_zone: str = "UTC"
    most_saved: int = 2000  # papers on one person's reading list

    def zone_of(self, invocation: Invocation) -> str:
        """The zone in which times are told to the asker."""
        # The platform's word comes from outside: an unknown name must not break an answer.
        if is_zone(invocation.zone):
            return invocation.zone
        return self.default_zone if is_zone(self.default_zone) else "UTC"

    def today(self, invocation: Invocation) -> date:
        """The date on the asker's wall."""
        return self.clock().astimezone(ZoneInfo(self.zone_of(invocation))).date()
