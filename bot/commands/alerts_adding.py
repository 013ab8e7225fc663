"""`alert add`: what a query would have brought, how to narrow it, and keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.commands.alerts_asker import find_twin, own_reader, refuse_too_many
from bot.commands.alerts_door import door_buttons, knock
from bot.commands.alerts_outlook import filling_note, outlook_of
from bot.commands.alerts_reading import EXACT, Wish, exact_button, hours_aside, read_wish, tell_wish
from bot.commands.alerts_telling import (
    alert_button,
    alert_lines,
    hours_as_typed,
    mute_buttons,
    mute_line,
    tell_alert,
    tell_cadence,
    tell_hours,
    tell_mute,
    tell_outlook,
    usual_buttons,
)
from bot.commands.desk import Desk
from bot.commands.papers import find_paper
from bot.commands.verbs import Kind, Param, Values, form_fields
from bot.messages import Button, Form, Invocation, Line, Message, line, quiet
from bot.models import Alert, AlertState, Cadence, Like, Query, Reader
from bot.narrowing import Outlook
from bot.queries import archives_of, leaves, parse_standing, print_query
from bot.query_words import tell_query
from bot.wording import capital, listing

QUERY = Param(
    "query",
    "Words, “phrases”, author:, cat: and more",
    Kind.QUERY,
    required=True,
    completer="query",
)
WHEN = Param("when", "In a daily bundle, or at once", Kind.CHOICE, choices=tuple(Cadence))
TIME = Param("time", "When your daily bundle comes: 09:00", Kind.TIME)
ZONE = Param("zone", "Time zone or city: Europe/Berlin", Kind.ZONE, completer="zone")
WEEKDAYS = Param("weekdays", "Days, such as mon-fri or daily", Kind.WEEKDAYS)
SURE = Param("sure", "Yes, however much it brings", Kind.TEXT, inner=True)
ADDING = (QUERY, WHEN, TIME, ZONE)
SETTLED = (replace(WEEKDAYS, inner=True), SURE, EXACT)


async def add(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """Keep an alert of the asker's own; asks first where it brings more than anybody reads.

    The alert is kept also where direct messages are closed: the answer says how to open them.
    """
    if "query" not in values:
        current = {"when": Cadence.DAILY.value, **invocation.args}
        return Form("Add an alert", "alert add", form_fields(ADDING, current))
    today = desk.today(invocation)
    wish = read_wish(values["query"], today, exact="exact" in values or "sure" in values)
    wanted = _wanted(invocation, wish, values, desk.clock())
    if twin := await find_twin(desk, wanted):
        return _exists(twin, wish)
    await refuse_too_many(desk, invocation)
    await fetch_likes(desk, wish.query)
    outlook, advice = await outlook_of(desk, wish.query, today)
    reader = with_hours(await own_reader(desk, invocation), {**wish.hours, **values})
    if outlook.is_loud and "sure" not in values:
        return ask_first(_with_hours(invocation, wish, reader), wish, outlook, "Add anyway")
    alert, reader, aside = await _keep(desk, invocation, wanted, reader)
    card = _card(alert, reader, outlook)
    told = (*aside.lines, *advice, *await prepare(desk, invocation, wish.query))
    anew = exact_button(wish, "Use the exact words", "alert change", {"alert": f"{alert.id}"})
    return replace(
        card,
        lines=(*tell_wish(wish), *card.lines, *told),
        buttons=(*card.buttons, *aside.buttons, *anew),
    )


def _wanted(invocation: Invocation, wish: Wish, values: Values, now: datetime) -> Alert:
    cadence = Cadence({**wish.hours, **values}.get("when", Cadence.DAILY))
    query = print_query(wish.query)
    return Alert(0, invocation.user, query, cadence, AlertState.ACTIVE, created_at=now)


async def _keep(
    desk: Desk, invocation: Invocation, wanted: Alert, reader: Reader
) -> tuple[Alert, Reader, Message]:
    """Keep the alert and the person's hours; what is to be said about the hours, and done."""
    now = desk.clock()
    moved = await _moved(desk, await own_reader(desk, invocation), reader)
    text = f"{tell_alert(wanted)} will come here, {tell_cadence(wanted.cadence, reader)}."
    reader, remarks = await knock(
        desk, invocation, reader, f"{text} {tell_mute(reader, now)}".strip()
    )
    await desk.store.alerts.keep_reader(reader, now)
    alert = await desk.store.alerts.insert(wanted)
    lines = (*mute_line(reader, now), *remarks, *moved.lines)
    return alert, reader, Message(lines=lines, buttons=(*mute_buttons(reader, now), *moved.buttons))


def _with_hours(invocation: Invocation, wish: Wish, reader: Reader) -> Invocation:
    """The asking with the hours that were read from its words as arguments of their own."""
    texts = hours_as_typed(reader)
    hours = {name: texts[name] for name in wish.hours if name in texts}
    return replace(invocation, args={**invocation.args, **hours})


async def _moved(desk: Desk, before: Reader, after: Reader) -> Message:
    """That a new hour is the hour of the earlier alerts too, with the way back; empty where it is
    not.
    """
    if tell_hours(before) == tell_hours(after):
        return Message()
    if not await desk.store.alerts.of_user(before.user):
        return Message()
    told = f"This moves all of your alerts; they came {tell_hours(before)}."
    back = Button(
        f"Back to {before.hour:%H:%M} {before.zone}", "alert hours", hours_as_typed(before)
    )
    return Message(lines=(line(told),), buttons=(back,))


def with_hours(reader: Reader, values: Values) -> Reader:
    """The reader with the hours that were given."""
    named = {"time": "hour", "zone": "zone", "weekdays": "weekdays", "cap": "cap"}
    new = {field: values[name] for name, field in named.items() if name in values}
    return replace(reader, **new)


async def fetch_likes(desk: Desk, query: Query) -> None:
    """Papers to be compared with must be kept. Raises UserError where one can't be had."""
    for leaf in leaves(query.tree):
        if isinstance(leaf, Like):
            await find_paper(desk, leaf.paper_id)


async def prepare(desk: Desk, invocation: Invocation, query: Query) -> tuple[Line, ...]:
    """See to it that what a query asks for is pulled; what is to be said about it."""
    told = list(await filling_note(desk, desk.today(invocation)))
    if new := await desk.librarian.want_archives(archives_of(query), desk.clock()):
        text = f"The last 7 days of arXiv's {listing(sorted(new))} are on their way."
        told.append(line(text))
    likes = [leaf.paper_id for leaf in leaves(query.tree) if isinstance(leaf, Like)]
    if likes and not (await desk.finder.similar(likes[0], 1)).in_sense:
        told.append(line(quiet("Papers are not compared by sense here yet: like: finds none.")))
    return tuple(told)


def ask_first(invocation: Invocation, wish: Wish, outlook: Outlook, anyway: str) -> Message:
    """A question before a flood: the narrower forms, or all of it."""
    args = dict(invocation.args) | {"sure": "yes"}
    buttons = [
        Button(n.label, invocation.verb, args | {"query": n.query}) for n in outlook.narrowings
    ]
    anyhow = Button(anyway, invocation.verb, args | {"query": print_query(wish.query)})
    hint = "Narrow it:" if buttons else "Another word or a cat: would narrow it."
    told = line(f"{capital(tell_query(wish.query))}. {hint}")
    return Message(
        title="That is a lot",
        subtitle=tell_outlook(outlook),
        lines=(*tell_wish(wish), told),
        buttons=(
            *buttons,
            anyhow,
            *exact_button(wish, "Use the exact words", invocation.verb, invocation.args),
        ),
    )


def narrower_buttons(alert: Alert, outlook: Outlook) -> tuple[Button, ...]:
    """Each way to narrow an alert, with what it would have brought; a press changes it."""
    return tuple(
        alert_button(n.label, "alert change", alert, query=n.query, sure="yes")
        for n in outlook.narrowings
    )


def _exists(twin: Alert, wish: Wish) -> Message:
    return Message(
        title="You have that alert already",
        lines=(*tell_wish(wish), *alert_lines(twin), *hours_aside(wish)),
        buttons=(
            *usual_buttons(twin),
            *exact_button(wish, "Add the exact words", "alert add", {}),
        ),
    )


def _card(alert: Alert, reader: Reader, outlook: Outlook) -> Message:
    return Message(
        title=f"Alert #{alert.id}: {tell_query(parse_standing(alert.query))}",
        subtitle=tell_outlook(outlook),
        lines=(line(f"What it catches comes to you {tell_cadence(alert.cadence, reader)}."),),
        buttons=(
            *door_buttons(reader),
            *narrower_buttons(alert, outlook),
            alert_button("Change", "alert change", alert),
            alert_button("Undo", "alert remove", alert),
        ),
    )
