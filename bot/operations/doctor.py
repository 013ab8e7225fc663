"""`paperboy doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

from bot.announcements import calendar_warning
from bot.app import App, adapter_modules, open_app, utc_now
from bot.errors import BotError, ConfigError, StoreError
from bot.models import ARXIV, HUGGINGFACE, SubscriptionState
from bot.settings import Settings, load
from bot.wording import count_of, source_title

LEAST_FREE = 500_000_000  # bytes: a year of papers and a backup beside it
CLOCK_TOLERANCE = timedelta(minutes=2)
PROBE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it stands, and what to do where it is wrong."""

    about: str
    says: str
    fault: bool = False
    mend: str = ""


async def examine(settings: Settings) -> int:
    """Run every check, print it, and return 1 where something is wrong, else 0."""
    findings = [Finding("settings", "read")]
    findings += await asyncio.to_thread(_folder, settings.paperboy_home)
    findings += await _store(settings)
    findings += await _sources(settings)
    findings += _platforms()
    if warning := calendar_warning(utc_now().date()):
        findings.append(Finding("calendar", warning))
    console = Console(highlight=False)
    for finding in findings:
        console.print(_told(finding), soft_wrap=True)
    faults = sum(finding.fault for finding in findings)
    console.print(f"{count_of(faults, 'fault')}." if faults else "All is well.")
    return 1 if faults else 0


def _told(finding: Finding) -> Text:
    mark, style = ("wrong", "red") if finding.fault else ("ok", "green")
    told = Text.assemble((f"{mark:6}", style), f"{finding.about}: {finding.says}")
    return told.append(f"\n      → {finding.mend}") if finding.mend else told


def _folder(home: Path) -> list[Finding]:
    probe = home / ".doctor"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
        free = shutil.disk_usage(home).free
    except OSError as error:
        mend = "make the folder writable for this user, or set PAPERBOY_HOME"
        return [Finding("folder", f"{home}: {error.strerror}", fault=True, mend=mend)]
    says = f"{home}, {free / 1e9:.1f} GB free"
    if free < LEAST_FREE:
        return [Finding("folder", says, fault=True, mend="make room on this disk")]
    return [Finding("folder", says)]


async def _store(settings: Settings) -> list[Finding]:
    try:
        async with open_app(settings) as app:
            return [*await _database(app), *await _schedule(app), *await _outbox(app)]
    except ConfigError as error:
        return [Finding("platforms", str(error), fault=True, mend="see .env.example")]
    except StoreError as error:
        mend = "if it is damaged: paperboy restore, with a file from PAPERBOY_HOME/backups"
        return [Finding("database", str(error), fault=True, mend=mend)]


async def _database(app: App) -> list[Finding]:
    wrong = await app.store.keeper.check()
    mend = "paperboy restore, with a file from PAPERBOY_HOME/backups"
    if wrong:
        return [Finding("database", problem, fault=True, mend=mend) for problem in wrong]
    return [Finding("database", f"sound, {count_of(await app.store.papers.count(), 'paper')}")]


async def _schedule(app: App) -> list[Finding]:
    """Whether a daemon keeps the schedule: nothing active may be long overdue."""
    now = app.clock()
    subscriptions = await app.store.subscriptions.every()
    active = [s for s in subscriptions if s.state is SubscriptionState.ACTIVE]
    says = f"{count_of(len(active), 'active subscription')} of {len(subscriptions)}"
    overdue = [s for s in active if now - s.next_due_at > timedelta(hours=3)]
    findings = [Finding("schedule", says)]
    if overdue:
        says = f"{count_of(len(overdue), 'subscription')} overdue for more than 3 hours"
        mend = "start Paperboy: paperboy run, or systemctl start paperboy"
        findings = [Finding("schedule", says, fault=True, mend=mend)]
    for paused in (s for s in subscriptions if s.state is SubscriptionState.PAUSED):
        says = f"{paused.channel.key} is paused: {paused.pause_reason or 'no reason kept'}"
        findings.append(Finding("channel", says))
    return findings


async def _outbox(app: App) -> list[Finding]:
    counts = await app.store.deliveries.counts()
    says = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "empty"
    recent = [
        d
        for d in await app.store.deliveries.failures(None, 5)
        if d.created_at > app.clock() - timedelta(days=7)
    ]
    findings = [Finding("outbox", says)]
    for failed in recent:
        says = f"given up in {failed.channel.key}: {failed.error}"
        mend = f"paperboy why {failed.channel.key}"
        findings.append(Finding("outbox", says, fault=True, mend=mend))
    return findings


async def _sources(settings: Settings) -> list[Finding]:
    """One request to each host; its Date header checks our clock."""
    hosts = {
        HUGGINGFACE: f"{settings.huggingface_url}/api/daily_papers?limit=1",
        f"{ARXIV} feed": f"{settings.arxiv_rss_url}/atom/{settings.arxiv_archives[0]}",
        f"{ARXIV} API": f"{settings.arxiv_api_url}/api/query?max_results=1&search_query=cat:cs.LG",
    }
    async with httpx.AsyncClient(timeout=PROBE_SECONDS, follow_redirects=True) as client:
        answers = await asyncio.gather(*(_probe(client, *host) for host in hosts.items()))
    return [finding for answer in answers for finding in answer]


async def _probe(client: httpx.AsyncClient, name: str, url: str) -> list[Finding]:
    source, _, part = name.partition(" ")
    about = f"{source_title(source)} {part}".strip()
    began = utc_now()
    try:
        answer = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        says = f"can't be reached ({type(error).__name__})"
        mend = "check this machine's network; editions wait 90 minutes, then go out without it"
        return [Finding(about, says, fault=True, mend=mend)]
    took = utc_now() - began
    says = f"answered {answer.status_code} in {took.total_seconds():.1f} s"
    if answer.status_code >= 400:
        mend = "a passing fault mends itself; a lasting one: is the URL in .env right?"
        return [Finding(about, says, fault=True, mend=mend)]
    return [Finding(about, says), *_clock(answer.headers.get("Date", ""), utc_now())]


def _clock(header: str, now: datetime) -> list[Finding]:
    try:
        apart = now - parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return []
    if abs(apart) <= CLOCK_TOLERANCE:
        return []
    minutes = round(apart.total_seconds() / 60)
    side = "ahead" if minutes > 0 else "behind"
    says = f"this machine's clock is {abs(minutes)} minutes {side}"
    return [Finding("clock", says, fault=True, mend="switch on time synchronisation (NTP)")]


def _platforms() -> list[Finding]:
    findings = []
    for name, module in adapter_modules().items():
        try:
            load(module.Settings)
        except BotError as error:
            findings.append(Finding(f"platform {name}", str(error), fault=True, mend="mend .env"))
        else:
            findings.append(Finding(f"platform {name}", "set up"))
    return findings
