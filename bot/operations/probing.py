"""Are the sources there, and is our clock right? One polite question to each address."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.announcements import listing_day
from bot.app import utc_now
from bot.certificates import is_untrusted
from bot.errors import SourceError
from bot.models import ARXIV, HUGGINGFACE
from bot.operations.findings import Finding
from bot.ports import Gate
from bot.settings import Settings
from bot.sources.client import Answer, PoliteClient

PROBE = timedelta(seconds=5)
LONGEST_TURN = timedelta(seconds=10)  # another process may be asking; then its turn comes first
CLOCK_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a source, and a small question that it must answer."""

    service: str
    about: str
    setting: str
    url: str
    path: str
    params: dict[str, str]


async def examine_sources(settings: Settings, gate: Gate | None) -> list[Finding]:
    """Ask each source one thing; its Date header checks our clock.

    `gate` is that of the store, so that a running Paperboy and this count as one to the services;
    None where there is no store.
    """
    gate = gate or _LoneGate()
    answers = await asyncio.gather(*(_probe(settings, gate, each) for each in _addresses(settings)))
    findings = [finding for finding, _ in answers]
    clocks = [clock for _, date in answers if (clock := _clock(date, utc_now()))]
    return [*findings, *clocks[:1]]


def _addresses(settings: Settings) -> list[Address]:
    day = listing_day(HUGGINGFACE, utc_now()).isoformat()
    archive = settings.arxiv_archives[0]
    url = settings.huggingface_url
    params = {"date": day, "limit": "1"}
    query = {"search_query": f"cat:{archive}.*", "max_results": "1"}
    return [
        Address(HUGGINGFACE, "Hugging Face", "HUGGINGFACE_URL", url, "/api/daily_papers", params),
        Address(
            ARXIV, "arXiv feed", "ARXIV_RSS_URL", settings.arxiv_rss_url, f"/atom/{archive}", {}
        ),
        Address(ARXIV, "arXiv API", "ARXIV_API_URL", settings.arxiv_api_url, "/api/query", query),
    ]


async def _probe(settings: Settings, gate: Gate, there: Address) -> tuple[Finding, str]:
    """What is to be said of an address, and the Date that it told ("" for none)."""
    huggingface = there.service == HUGGINGFACE
    token = settings.huggingface_token.get_secret_value() if huggingface else ""
    spacing = (
        settings.huggingface_spacing_seconds if huggingface else settings.arxiv_spacing_seconds
    )
    client = PoliteClient(
        there.service,
        there.url,
        gate,
        _NoValidators(),
        utc_now,
        contact=settings.paperboy_contact,
        timeout=PROBE,
        spacing=timedelta(seconds=spacing),
        token=token,
        attempts=1,
        budget=LONGEST_TURN,
    )
    try:
        answer = await client.get(there.path, there.params)
    except SourceError as error:
        says = str(error).removeprefix(f"{client.label} ")
        mend = f"a passing fault mends itself; if it lasts: the network, or {there.setting}"
        if is_untrusted(error):
            mend = "let this machine trust the authority of your proxy: docs/install.md"
        return Finding(there.about, says, fault=True, mend=mend), ""
    finally:
        await client.close()
    return _judge(there, answer, token=bool(token)), answer.headers.get("date", "")


def _judge(there: Address, answer: Answer, *, token: bool) -> Finding:
    if answer.status == 401 and token:
        mend = "make a new token at huggingface.co/settings/tokens, or leave it out"
        return Finding(there.about, "refuses HUGGINGFACE_TOKEN (401)", fault=True, mend=mend)
    says = f"answered {answer.status}"
    if answer.status != 200:
        mend = f"is {there.setting} right?"
        return Finding(there.about, says, fault=True, mend=mend)
    looks_right = answer.body.lstrip()[:1] == (b"[" if there.service == HUGGINGFACE else b"<")
    if not looks_right or b"<html" in answer.body[:1000].lower():
        mend = f"a proxy or a login page may stand between, or {there.setting} is wrong"
        return Finding(there.about, "answered with another page", fault=True, mend=mend)
    return Finding(there.about, says)


def _clock(header: str, now: datetime) -> Finding | None:
    try:
        apart = now - parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    if abs(apart) <= CLOCK_TOLERANCE:
        return None
    minutes = round(apart.total_seconds() / 60)
    side = "ahead" if minutes > 0 else "behind"
    says = f"this machine's clock is {abs(minutes):,} minutes {side}"
    return Finding("clock", says, fault=True, mend="switch on time synchronisation (NTP)")


@dataclass(slots=True)
class _LoneGate:
    """The politeness of one process: see bot.ports.Gate."""

    free_at: dict[str, datetime] = field(default_factory=dict)

    async def reserve(self, service: str, spacing: timedelta, now: datetime) -> datetime:
        moment = max(now, self.free_at.get(service, now))
        self.free_at[service] = moment + spacing
        return moment

    async def hold_off(self, service: str, until: datetime) -> None:
        self.free_at[service] = max(until, self.free_at.get(service, until))


class _NoValidators:
    """Nothing is kept of these answers."""

    async def validators(self, _url: str) -> tuple[str, str]:
        return "", ""
