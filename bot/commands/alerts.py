"""`alert list`, `change`, `pause`, `resume`, `remove`: a person's own alerts, seen and changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.commands.alerts_adding import (
    QUERY,
    WHEN,
    ask_first,
    fetch_likes,
    narrower_buttons,
    prepare,
)
from bot.commands.alerts_asker import (
    choose_alert,
    own_reader,
    refuse_too_many,
    refuse_twin,
)
from bot.commands.alerts_door import door_buttons, door_lines, knock
from bot.commands.alerts_outlook import outlook_of
from bot.commands.alerts_reading import (
    Wish,
    exact_button,
    hours_aside,
    read_standing,
    read_wish,
    tell_wish,
)
from bot.commands.alerts_telling import (
    alert_button,
    alert_lines,
    mute_buttons,
    mute_line,
    tell_alert,
    tell_bundle_hours,
    tell_cadence,
    tell_mute,
    tell_outlook,
    usual_buttons,
)
from bot.commands.desk import Desk
from bot.commands.verbs import Kind, Param, Values, form_fields
from bot.errors import UserError
from bot.messages import Button, Form, Invocation, Line, Message, code, line
from bot.models import Alert, AlertState, Cadence, Reader
from bot.queries import print_query
from bot.wording import count_of

ALERT = Param("alert", "Its number, if there are several", Kind.ALERT, completer="alert")
ONE = Param("alert", "The one to show, by its number", Kind.ALERT, completer="alert")
START = Param("start", "The place to go on from", Kind.NUMBER, most=1000, inner=True)
CHANGED_QUERY = replace(QUERY, required=False)
CHANGING = (CHANGED_QUERY, WHEN)

_PAGE = 10  # alerts: two lines and a button each


async def show_all(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """The asker's alerts; one alone, or the one that is named, with ways to narrow it."""
    mine = await desk.store.alerts.of_user(invocation.user)
    if not mine:
        text = "You have no alerts yet. One tells you of every new paper that meets a query."
        return Message(lines=(line(text),), buttons=(Button("Add an alert", "alert add"),))
    if "alert" in values or len(mine) == 1:
        alert = await choose_alert(desk, invocation, values)
        return alert if isinstance(alert, Message) else await _in_full(desk, invocation, alert)
    start = min(values.get("start", 1), len(mine)) - 1
    page, following = mine[start : start + _PAGE], start + _PAGE
    reader = await own_reader(desk, invocation)
    more = Button(
        f"Next {len(mine[following:][:_PAGE])}", "alert list", {"start": f"{following + 1}"}
    )
    return Message(
        title=f"You have {count_of(len(mine), 'alert')}",
        subtitle=f"Your bundle comes {tell_bundle_hours(reader)}",
        lines=(
            *_about(desk, reader),
            *(told for alert in page for told in alert_lines(alert)),
        ),
        buttons=(
            *(alert_button(f"#{alert.id}", "alert list", alert) for alert in page),
            *((more,) if mine[following:] else ()),
            *_about_all(desk, reader),
        ),
    )


async def change(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """Change what an alert asks for, or when it is brought; without either, the form for it."""
    alert = await choose_alert(desk, invocation, values)
    if isinstance(alert, Message):
        return alert
    if not any(param.name in values for param in CHANGING):
        return _form(alert)
    wish = _wish(desk, invocation, values, alert)
    cadence = Cadence({**wish.hours, **values}.get("when", alert.cadence))
    await refuse_twin(desk, replace(alert, query=print_query(wish.query)))
    if "query" in values:
        await fetch_likes(desk, wish.query)
        outlook, _ = await outlook_of(desk, wish.query, desk.today(invocation))
        if outlook.is_loud and "sure" not in values:
            named = replace(invocation, args={**invocation.args, "alert": str(alert.id)})
            return ask_first(named, wish, outlook, "Change anyway")

    def changed(known: Alert) -> Alert:
        return replace(known, query=print_query(wish.query), cadence=cadence)

    new = await desk.store.alerts.revise(alert.id, changed) or alert
    told = await prepare(desk, invocation, wish.query) if "query" in values else ()
    shown = await _in_full(
        desk, invocation, new, "Changed: ", (*tell_wish(wish), *hours_aside(wish), *told)
    )
    anew = exact_button(wish, "Use the exact words", "alert change", {"alert": f"{alert.id}"})
    return replace(shown, buttons=(*shown.buttons, *anew))


def _wish(desk: Desk, invocation: Invocation, values: Values, alert: Alert) -> Wish:
    """What the alert is to ask for; its own query, as a form brings it back, is read as it is."""
    text = values.get("query", alert.query)
    exact = text == alert.query or "exact" in values or "sure" in values
    return read_wish(text, desk.today(invocation), exact=exact)


async def pause(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Bring nothing for an alert until it is resumed. Undoes the removal of a paused one."""
    alert = await choose_alert(desk, invocation, values, removed=True)
    if isinstance(alert, Message):
        return alert
    resume_button = alert_button("Resume", "alert resume", alert)
    if alert.state is AlertState.PAUSED:
        return _said(f"#{alert.id} is paused already.", resume_button)
    if alert.state is AlertState.REMOVED:
        await _refuse_return(desk, invocation, alert)
    await desk.store.alerts.revise(alert.id, _with_state(AlertState.PAUSED))
    text = f"Paused: #{alert.id} {tell_alert(alert)}. What comes meanwhile is not kept for you."
    return _said(text, resume_button)


async def resume(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Bring what an alert catches from now on; also brings back one that was removed."""
    alert = await choose_alert(desk, invocation, values, removed=True)
    if isinstance(alert, Message):
        return alert
    reader = await own_reader(desk, invocation)
    if alert.state is AlertState.REMOVED:
        await _refuse_return(desk, invocation, alert)
    remarks: tuple[Line, ...] = ()
    if reader.closed:
        text = f"{tell_alert(alert)} will come here, {tell_cadence(alert.cadence, reader)}."
        text = f"{text} {tell_mute(reader, desk.clock())}".strip()
        reader, remarks = await knock(desk, invocation, reader, text)
        await desk.store.alerts.keep_reader(reader, desk.clock())
    comes = f"What it catches comes to you {tell_cadence(alert.cadence, reader)}."
    if alert.state is AlertState.ACTIVE:
        text = f"#{alert.id} is active already. {comes}"
    else:
        await desk.store.alerts.revise(alert.id, _with_state(AlertState.ACTIVE))
        text = f"#{alert.id} is active again. {comes}"
    active, now = replace(alert, state=AlertState.ACTIVE), desk.clock()
    return Message(
        lines=(line(text), *mute_line(reader, now), *remarks),
        buttons=(*mute_buttons(reader, now), *door_buttons(reader), *usual_buttons(active)),
    )


async def remove(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Forget an alert. The row stays, so that it can be undone and what it caught explained."""
    alert = await choose_alert(desk, invocation, values, removed=True)
    if isinstance(alert, Message):
        return alert
    if alert.state is not AlertState.REMOVED:
        await desk.store.alerts.revise(alert.id, _with_state(AlertState.REMOVED))
    undo = "alert pause" if alert.state is AlertState.PAUSED else "alert resume"
    text = f"Removed: #{alert.id} {tell_alert(alert)}."
    return _said(text, alert_button("Undo", undo, alert))


async def _in_full(
    desk: Desk,
    invocation: Invocation,
    alert: Alert,
    before: str = "",
    told: tuple[Line, ...] = (),
) -> Message:
    """One alert, what it would have brought lately, and how it could bring less."""
    reader = await own_reader(desk, invocation)
    try:
        query = read_standing(alert.query)
    except UserError as error:  # written by an older or newer Paperboy
        told = (line(f"It can't be read any more: {error}."), line(code(alert.query)))
        return Message(title=f"#{alert.id}", lines=told, buttons=usual_buttons(alert))
    outlook, advice = await outlook_of(desk, query, desk.today(invocation))
    paused = "It is paused." if alert.state is AlertState.PAUSED else ""
    comes = f"What it catches comes to you {tell_cadence(alert.cadence, reader)}."
    return Message(
        title=f"{before}#{alert.id} {tell_alert(alert)}",
        subtitle=tell_outlook(outlook),
        lines=(line(paused or comes), *told, *advice, *_about(desk, reader)),
        buttons=(
            *narrower_buttons(alert, outlook),
            *usual_buttons(alert),
            Button("Test", "alert test", {"query": alert.query, "exact": "yes"}),
            *_about_all(desk, reader),
        ),
    )


async def _refuse_return(desk: Desk, invocation: Invocation, alert: Alert) -> None:
    await refuse_twin(desk, alert)
    await refuse_too_many(desk, invocation)


def _about(desk: Desk, reader: Reader) -> tuple[Line, ...]:
    return (*mute_line(reader, desk.clock()), *door_lines(reader))


def _about_all(desk: Desk, reader: Reader) -> tuple[Button, ...]:
    """What is done with all alerts at once."""
    muting = mute_buttons(reader, desk.clock()) or (Button("Mute", "alert mute"),)
    hours, inbox = Button("Hours", "alert hours"), Button("Inbox", "alert inbox")
    return (hours, *muting, inbox, *door_buttons(reader))


def _with_state(state: AlertState) -> Callable[[Alert], Alert]:
    return lambda alert: replace(alert, state=state)


def _form(alert: Alert) -> Form:
    current = {"query": alert.query, "when": alert.cadence.value}
    fields = form_fields(CHANGING, current)
    return Form(f"Change alert #{alert.id}", "alert change", fields, {"alert": str(alert.id)})


def _said(text: str, *buttons: Button) -> Message:
    return Message(lines=(line(text),), buttons=buttons)
