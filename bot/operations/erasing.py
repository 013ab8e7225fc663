"""`paperboy erase`: what is kept of one person, erased by whoever runs Paperboy."""

from __future__ import annotations

import asyncio
import sys

from bot.app import open_app
from bot.commands.privacy import tell_kept
from bot.errors import UserError
from bot.models import User
from bot.settings import Settings
from storage import look_at_store

UNCHANGED = 1  # the exit code where the answer was no


async def erase(settings: Settings, platform: str, user_id: str, *, yes: bool) -> int:
    """Show what is kept of a person, ask, and erase it; also while Paperboy runs.

    Returns the exit code. Raises UserError where there is no database, or nobody is named.
    """
    user = User(platform.strip().lower(), user_id.strip())
    if not (user.platform and user.id):
        raise UserError("name the platform and the person's id: paperboy erase PLATFORM ID")
    if await asyncio.to_thread(look_at_store, settings.store_url) == "absent":
        raise UserError("there is no database yet: paperboy run makes it")
    async with open_app(settings) as app:
        people = app.store.people
        kept = await people.kept(user)
        _tell(_heading(user, kept.is_nothing), *(f"  {text}" for text in tell_kept(kept)))
        if not kept.is_nothing and not yes and not _agreed():
            _tell("Nothing was changed.")
            return UNCHANGED
        # Also where it is nothing: lists of results may name them, and nobody counts those.
        await people.erase(user, app.clock())
    if not kept.is_nothing:
        _tell("Erased. Backups that were made before still hold it.")
    return 0


def _heading(user: User, is_nothing: bool) -> str:
    who = f"{user.id} on {user.platform}"
    return f"Nothing is kept of {who}." if is_nothing else f"Kept of {who}:"


def _agreed() -> bool:
    sys.stdout.write("Erase all of it? It can't be undone. [y/N] ")
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # the end of the input is no yes, and leaves the line open
        _tell("")
    return answer.strip().lower() in {"y", "yes"}


def _tell(*lines: str) -> None:
    sys.stdout.write("".join(f"{text}\n" for text in lines))
    sys.stdout.flush()
