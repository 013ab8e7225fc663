"""A politeness gate and a store of validators in memory, which keep the promises of the ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class MemoryGate:
    """Hands out moments; shared by clients as processes of a store would share it."""

    free_at: dict[str, datetime] = field(default_factory=dict)
    held: list[tuple[str, datetime]] = field(default_factory=list)

    async def reserve(self, service: str, spacing: timedelta, now: datetime) -> datetime:
        moment = max(now, self.free_at.get(service, now))
        self.free_at[service] = moment + spacing
        return moment

    async def hold_off(self, service: str, until: datetime) -> None:
        self.held.append((service, until))
        self.free_at[service] = max(until, self.free_at.get(service, until))


@dataclass
class MemoryValidators:
    """What a store would keep of a batch; `keep` stands for storing it."""

    known: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def validators(self, url: str) -> tuple[str, str]:
        return self.known.get(url, ("", ""))
