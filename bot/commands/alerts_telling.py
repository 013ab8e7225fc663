"""How alerts, their hours and what they would bring are told in words. Pure."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.bundles import BY_DAY_FROM, BY_DAY_UNTIL
from bot.commands.hours import DAY_NAMES
from bot.commands.telling import tell_moment, tell_weekdays
from bot.errors import QueryError
from bot.messages import Button, Line, code, line, quiet, strong
from bot.models import Alert, AlertState, Cadence, Reader
from bot.narrowing import LOOK_BACK_DAYS, MOST_COUNTED, Outlook
from bot.queries import parse_query
from bot.query_words import tell_query
from bot.wording import capital, count_of, short_day

UNMUTE = Button("Unmute", "alert mute", {"until": "off"})


def tell_alert(alert: Alert) -> str:
    """`Papers about “state space models”`."""
    try:
        return capital(tell_query(parse_query(alert.query)))
    except QueryError:  # written by an older or newer Paperboy: shown as it is
        return alert.query


def tell_bundle_hours(reader: Reader) -> str:
    """`Monday to Friday at 09:00 Europe/Berlin, 10 papers at most`."""
    return f"{tell_hours(reader)}, {count_of(reader.cap, 'paper')} at most"


def tell_hours(reader: Reader) -> str:
    """`Monday to Friday at 09:00 Europe/Berlin`."""
    return f"{tell_weekdays(reader.weekdays)} at {reader.hour:%H:%M} {reader.zone}"


def tell_cadence(cadence: Cadence, reader: Reader) -> str:
    """When what an alert catches is brought."""
    if cadence is Cadence.DAILY:
        return f"in one bundle, {tell_bundle_hours(reader)}"
    return f"at once, between {BY_DAY_FROM:%H:%M} and {BY_DAY_UNTIL:%H:%M} {reader.zone}"


def tell_outlook(outlook: Outlook) -> str:
    """`Last 7 days: 41 papers, about 6 a day`; of fewer than two a day the count says more."""
    if outlook.papers > MOST_COUNTED:
        return f"Last {LOOK_BACK_DAYS} days: more than {MOST_COUNTED:,} papers"
    if not outlook.papers:
        return f"Last {LOOK_BACK_DAYS} days: no papers"
    is_told = outlook.papers >= 2 * LOOK_BACK_DAYS
    a_day = f", about {outlook.a_day} a day" if is_told else ""
    return f"Last {LOOK_BACK_DAYS} days: {count_of(outlook.papers, 'paper')}{a_day}"


def alert_lines(alert: Alert) -> tuple[Line, Line]:
    """An alert in two lines: its number and what it asks for; its query, and how it stands."""
    paused = " · paused" if alert.state is AlertState.PAUSED else ""
    head = line(strong(f"#{alert.id}"), f" {tell_alert(alert)}")
    return head, line(code(alert.query), quiet(f" · {alert.cadence}{paused}"))


def tell_mute(reader: Reader, now: datetime) -> str:
    """Until when all alerts are muted; "" where they are not."""
    if reader.muted_until is None or reader.muted_until <= now:
        return ""
    there = reader.muted_until.astimezone(ZoneInfo(reader.zone))
    # A mute ends with the day before, but where the zone was changed after it.
    until = short_day(there.date()) if there.time() == time(0) else tell_moment(there, reader.zone)
    return f"All of your alerts are muted until {until}."


def mute_line(reader: Reader, now: datetime) -> tuple[Line, ...]:
    """The line that says so; nothing where they are not muted."""
    told = tell_mute(reader, now)
    return (line(told),) if told else ()


def mute_buttons(reader: Reader, now: datetime) -> tuple[Button, ...]:
    """The button that ends a mute; nothing where there is none."""
    return (UNMUTE,) if tell_mute(reader, now) else ()


def hours_as_typed(reader: Reader) -> dict[str, str]:
    """A person's hours as they would type them: for a form, or for the way back to them."""
    return {
        "time": f"{reader.hour:%H:%M}",
        "zone": reader.zone,
        "weekdays": ",".join(DAY_NAMES[day][:3] for day in sorted(reader.weekdays)),
        "cap": str(reader.cap),
    }


def alert_button(label: str, verb: str, alert: Alert, **more: str) -> Button:
    """A button about one alert."""
    return Button(label, verb, {"alert": str(alert.id), **more})


def usual_buttons(alert: Alert) -> tuple[Button, ...]:
    """What is mostly done with an alert."""
    removing = alert_button("Remove", "alert remove", alert)
    if alert.state is not AlertState.ACTIVE:
        return (alert_button("Resume", "alert resume", alert), removing)
    return (
        alert_button("Change", "alert change", alert),
        alert_button("Pause", "alert pause", alert),
        removing,
    )
