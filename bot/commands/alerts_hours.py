"""`alert hours` and `alert mute`: when a person's alerts are brought, and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from bot.bundles import due_moment
from bot.commands.alerts_adding import SURE, TIME, WEEKDAYS, ZONE, with_hours
from bot.commands.alerts_asker import own_reader
from bot.commands.alerts_telling import (
    UNMUTE,
    hours_as_typed,
    mute_buttons,
    mute_line,
    tell_bundle_hours,
    tell_mute,
)
from bot.commands.desk import Desk
from bot.commands.telling import tell_moment_in_full
from bot.commands.verbs import Kind, Param, Values, form_fields
from bot.messages import Button, Form, Invocation, Line, Message, line
from bot.models import Cadence, Reader
from bot.schedules import moment_of
from bot.wording import short_day

CAP = Param("cap", "Papers in a bundle, 1 to 50", Kind.NUMBER)
UNTIL = Param("until", "A day, such as monday or 2026-12-01", Kind.RETURN)
HOURS = (TIME, ZONE, WEEKDAYS, CAP)
MUTING = (UNTIL, SURE)

_USUAL_MUTES = {"Until tomorrow": "tomorrow", "Until Monday": "monday", "For 2 weeks": "2 weeks"}


async def set_hours(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """Change when the daily bundle comes and how much it holds; without any, the form for it."""
    reader = await own_reader(desk, invocation)
    if not any(param.name in values for param in HOURS):
        return Form("Your alerts' hours", "alert hours", form_fields(HOURS, hours_as_typed(reader)))
    new = with_hours(reader, values)
    await desk.store.alerts.keep_reader(new, desk.clock())
    text, now = f"Your bundle comes {tell_bundle_hours(new)}.", desk.clock()
    buttons = (*mute_buttons(new, now), *_buttons())
    return Message(lines=(line(text), *mute_line(new, now)), buttons=buttons)


async def mute(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Bring nothing until a day; `off` ends it, and without a day it says how.

    A longer mute is ended or shortened only where that was asked for in so many words.
    """
    reader, now = await own_reader(desk, invocation), desk.clock()
    muted = mute_line(reader, now)
    if "until" not in values:
        return _how(muted)
    day: date | None = values["until"]
    if day is None and not muted:
        return Message(lines=(line("Your alerts are not muted."),))
    until = now if day is None else moment_of(day, time(0), reader.zone)
    longer = muted and reader.muted_until and until < reader.muted_until
    if day is not None and longer and "sure" not in values:
        return _muted_longer(reader, day, now)
    new = replace(reader, muted_until=until)
    await desk.store.alerts.keep_reader(new, now)
    back = tell_moment_in_full(due_moment(new, Cadence.DAILY, now), reader.zone)
    if day is None:
        text = f"Your alerts are not muted any more. The next bundle comes {back}."
        return Message(lines=(line(text),), buttons=_buttons())
    text = f"Your alerts are muted. One bundle with the best of that time comes {back}."
    return Message(lines=(line(text),), buttons=(UNMUTE, *_buttons()))


def _muted_longer(reader: Reader, day: date, now: datetime) -> Message:
    text = f"{tell_mute(reader, now)} That is longer, so it stays."
    args = {"until": day.isoformat(), "sure": "yes"}
    shorter = Button(f"Only until {short_day(day)}", "alert mute", args)
    return Message(lines=(line(text),), buttons=(shorter, UNMUTE, *_buttons()))


def _how(muted: tuple[Line, ...]) -> Message:
    text = (
        "Until when? Press a button, or type a day or a time: /papers alert mute friday, "
        "/papers alert mute 3 weeks, /papers alert mute 2026-12-01"
    )
    buttons = tuple(
        Button(label, "alert mute", {"until": until}) for label, until in _USUAL_MUTES.items()
    )
    return Message(lines=(*muted, line(text)), buttons=(*((UNMUTE,) if muted else ()), *buttons))


def _buttons() -> tuple[Button, ...]:
    return (Button("My alerts", "alert list"), Button("Inbox", "alert inbox"))
