"""`alert add` and `alert test`: what a query would have brought, how to narrow it, and keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.bundles import Catch, catch_card
from bot.commands import defaults
from bot.commands.alerts_asker import find_twin, own_reader, refuse_too_many
from bot.commands.alerts_door import door_buttons, knock
from bot.commands.alerts_telling import (
    alert_button,
    alert_lines,
    tell_cadence,
    tell_outlook,
    usual_buttons,
)
from bot.commands.cards import with_buttons
from bot.commands.desk import Desk
from bot.commands.papers import find_paper
from bot.commands.verbs import Kind, Param, Values, form_fields
from bot.errors import UserError
from bot.messages import Button, Form, Invocation, Line, Message, line, quiet
from bot.models import HUGGINGFACE, SAMPLE, Alert, AlertState, Cadence, Like, Query, Reader
from bot.narrowing import LOOK_BACK_DAYS, Outlook, lately, look_back
from bot.queries import archives_of, leaves, parse_standing, print_query, resolve
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
SURE = Param("sure", "Yes, however much it brings", Kind.TEXT, inner=True)
ADDING = (QUERY, WHEN, TIME, ZONE)


async def add(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """Keep an alert of the asker's own; asks first where it brings more than anybody reads.

    The alert is kept also where direct messages are closed: the answer says how to open them.
    """
    if "query" not in values:
        current = {"when": Cadence.DAILY.value, **invocation.args}
        return Form("Add an alert", "alert add", form_fields(ADDING, current))
    query, now = read_standing(values["query"]), desk.clock()
    cadence = Cadence(values.get("when", Cadence.DAILY))
    wanted = Alert(
        0, invocation.user, print_query(query), cadence, AlertState.ACTIVE, created_at=now
    )
    if twin := await find_twin(desk, wanted):
        return _exists(twin)
    await refuse_too_many(desk, invocation)
    await fetch_likes(desk, query)
    outlook = await look_back(desk.store.papers, query, desk.today(invocation))
    if outlook.is_loud and "sure" not in values:
        return ask_first(invocation, query, outlook, "Add anyway")
    reader = with_hours(await own_reader(desk, invocation), values)
    text = f"{capital(tell_query(query))} will come here, {tell_cadence(cadence, reader)}."
    reader, remarks = await knock(desk, invocation, reader, text)
    await desk.store.alerts.keep_reader(reader, now)
    alert = await desk.store.alerts.insert(wanted)
    return _card(alert, reader, outlook, (*remarks, *await prepare(desk, invocation, query)))


async def try_out(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """What an alert with this query would have brought in the last days, the best of it."""
    if "query" not in values:
        return Form("Try an alert", "alert test", form_fields((QUERY,), {}))
    query, today = read_standing(values["query"]), desk.today(invocation)
    await fetch_likes(desk, query)
    papers = desk.store.papers
    outlook = await look_back(papers, query, today)
    ids = await papers.search(lately(query, today), defaults.DAY_PAGE)
    excerpts = await papers.excerpts(resolve(query, today), ids)
    cards = with_buttons(
        (
            catch_card(Catch(listed, (), excerpts.get(listed.paper.id)), number)
            for number, listed in enumerate(await papers.get(ids), 1)
        ),
        invocation,
    )
    text = print_query(query)
    best = f"the {len(cards)} with most upvotes" if len(cards) < outlook.papers else ""
    return Message(
        title=capital(tell_outlook(outlook)),
        subtitle=": ".join(filter(None, (capital(tell_query(query)), best))),
        cards=cards,
        notes=await filling_note(desk, today),
        buttons=(
            Button("Add this alert", "alert add", {"query": text}),
            *(Button(n.label, "alert test", {"query": n.query}) for n in outlook.narrowings),
            *(() if cards else (Button("Search all papers", "search", {"query": text}),)),
        ),
    )


def read_standing(text: str) -> Query:
    """The query of an alert. Raises QueryError, also for one that every paper meets."""
    query = parse_standing(text)
    if not query.tree.parts:
        raise UserError("say what to look for, such as: alert add state space models")
    return query


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
        told.append(line(quiet("Papers are not compared by sense here yet: like: finds nothing.")))
    return tuple(told)


async def filling_note(desk: Desk, today: date) -> tuple[Line, ...]:
    """That there may have been more, where the days looked back on are not all here yet."""
    if await desk.store.pulls.latest(SAMPLE):  # its days are all there are
        return ()
    reach = await desk.store.pulls.reach(HUGGINGFACE)
    if reach is not None and reach <= today - timedelta(days=LOOK_BACK_DAYS):
        return ()
    return (line(quiet("The last days are still being fetched: there may be more.")),)


def ask_first(invocation: Invocation, query: Query, outlook: Outlook, anyway: str) -> Message:
    """A question before a flood: the narrower forms, or all of it."""
    args = dict(invocation.args) | {"sure": "yes"}
    buttons = [
        Button(n.label, invocation.verb, args | {"query": n.query}) for n in outlook.narrowings
    ]
    anyhow = Button(anyway, invocation.verb, args | {"query": print_query(query)})
    hint = "Narrow it:" if buttons else "Another word or a cat: would narrow it."
    return Message(
        title=f"That is a lot: {tell_outlook(outlook)}",
        lines=(line(f"{capital(tell_query(query))}. {hint}"),),
        buttons=(*buttons, anyhow),
    )


def narrower_buttons(alert: Alert, outlook: Outlook) -> tuple[Button, ...]:
    """Each way to narrow an alert, with what it would have brought; a press changes it."""
    return tuple(
        alert_button(n.label, "alert change", alert, query=n.query, sure="yes")
        for n in outlook.narrowings
    )


def _exists(twin: Alert) -> Message:
    return Message(
        title="You have that alert already", lines=alert_lines(twin), buttons=usual_buttons(twin)
    )


def _card(alert: Alert, reader: Reader, outlook: Outlook, remarks: tuple[Line, ...]) -> Message:
    return Message(
        title=f"Alert #{alert.id}: {tell_query(parse_standing(alert.query))}",
        subtitle=capital(tell_outlook(outlook)),
        lines=(
            line(f"What it catches comes to you {tell_cadence(alert.cadence, reader)}."),
            *remarks,
        ),
        buttons=(
            *door_buttons(reader),
            *narrower_buttons(alert, outlook),
            alert_button("Change", "alert change", alert),
            alert_button("Undo", "alert remove", alert),
        ),
    )
