"""`privacy`: what is kept of the asker, as a file, or erased."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time
from typing import Any

from bot.commands.alerts_telling import tell_bundle_hours
from bot.commands.desk import Desk
from bot.commands.verbs import Kind, Param, Values
from bot.messages import Attachment, Button, Invocation, Line, Message, line, quiet
from bot.models import AlertState, Subscription, SubscriptionState
from bot.ports import Kept
from bot.wording import count_of, listing

EXPORT, ERASE = "export", "erase"
WHAT = Param("what", "As a file, or erase all of it", Kind.CHOICE, choices=(EXPORT, ERASE))
SURE = Param("sure", "Yes, erase all of it", Kind.TEXT, inner=True)

FILE_NAME = "paperboy-privacy.json"
_MOST_NAMED = 5  # channels in one line
# Spans are the defaults of the settings: a desk does not know what this Paperboy is set to.
_SPANS = (
    "Lists stay until you change or erase them; what was caught and shown for two years, messages "
    "for 90 days, the inbox for 30. Whoever runs this Paperboy may have set other spans."
)
_NOT_YOURS = (
    "What a channel, a server or a role is set to belongs to that place and is not yours. What was "
    "posted stays on the platform."
)
_LASTING = (
    "It can't be undone. Your alerts stop at once, and the buttons of earlier messages to you find "
    "nothing any more. A message that is on its way may still come."
)
_COPIES = "A backup of this Paperboy that was made before holds it until the backup is deleted."
_NOTHING = "Nothing is kept of you here. It begins with a search, a saved paper or an alert."


async def privacy(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Say what is kept of the asker, give it as a file, or erase it after a question."""
    user = invocation.user
    if values.get("what") == ERASE and "sure" in values:
        return _erased(await desk.store.people.erase(user, desk.clock()))
    kept = await desk.store.people.kept(user)
    if kept.is_nothing:
        if values.get("what") == ERASE:  # lists of results may name them, which nobody counts
            await desk.store.people.erase(user, desk.clock())
        return Message(lines=(line(_NOTHING),), notes=_quiet(_NOT_YOURS))
    match values.get("what"):
        case "export":
            return await _exported(desk, kept)
        case "erase":
            return _question(kept)
    return Message(
        title="What is kept of you",
        lines=tuple(line(text) for text in tell_kept(kept)),
        notes=_quiet(_SPANS, _NOT_YOURS),
        buttons=(_button("Export", EXPORT), _button("Erase …", ERASE)),
    )


def tell_kept(kept: Kept) -> Iterator[str]:
    """Every kind of thing that is kept of a person, a line each, with its count."""
    yield from _tell_alerts(kept)
    if kept.saved:
        noted = sum(bool(saved.note) for saved in kept.saved)
        notes = f", {noted:,} of them with a note" if noted else ""
        yield f"{count_of(len(kept.saved), 'paper')} on the reading list{notes}."
    if kept.queries:
        told = count_of(len(kept.queries), "recent query", "recent queries")
        yield f"{told}, to complete what is typed; the newest 50 are kept."
    if kept.direct:
        gone = sum(each.state is SubscriptionState.REMOVED for each in kept.direct)
        told = count_of(len(kept.direct), "subscription")
        shown = count_of(len(kept.shown), "paper")
        yield f"{told} of direct messages{_of_them_removed(gone)}, which showed {shown}."
    if kept.letters:
        yield f"{count_of(len(kept.letters), 'message')} sent or to be sent to direct messages."
    if kept.contact_of:
        told = count_of(len(kept.contact_of), "subscription")
        yield f"The name as the contact of {told}, in {_places(kept.contact_of)}."


def _tell_alerts(kept: Kept) -> Iterator[str]:
    if kept.alerts:
        gone = sum(alert.state is AlertState.REMOVED for alert in kept.alerts)
        yield f"{count_of(len(kept.alerts), 'alert')}{_of_them_removed(gone)}."
    if kept.reader:
        yield f"The hours of alerts: {tell_bundle_hours(kept.reader)}."
    if kept.caught:
        bundles = f", in {count_of(len(kept.bundles), 'bundle')}" if kept.bundles else ""
        yield f"{count_of(len(kept.caught), 'paper')} that alerts caught{bundles}."


def as_file(kept: Kept, titles: Mapping[str, str], at: datetime) -> Attachment:
    """All that is kept of a person as JSON, times in UTC; the text of a message stands for its
    form on the platform. Pure: `titles` are those of papers, by id.
    """
    told = {
        "exported_at": _plain(at),
        "person": _plain(kept.user),
        "hours": _fields(kept.reader, {"user"}) if kept.reader else None,
        "alerts": [_fields(alert, {"user"}) for alert in kept.alerts],
        "caught": [
            _paper(each.hit.paper_id, titles)
            | _fields(each.hit, {"user", "paper_id"})
            | {"state": each.state}
            for each in kept.caught
        ],
        "bundles": [{"id": number, "made_at": _plain(made)} for number, made in kept.bundles],
        "reading_list": [
            _paper(each.paper_id, titles) | _fields(each, {"paper_id"}) for each in kept.saved
        ],
        "recent_queries": [{"query": q, "asked_at": _plain(asked)} for q, asked in kept.queries],
        "direct_messages": _direct(kept, titles),
        "contact_of": [_plain(each) for each in kept.contact_of],
    }
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return Attachment(FILE_NAME, f"{text}\n", "application/json")


def _direct(kept: Kept, titles: Mapping[str, str]) -> dict[str, Any]:
    shown = [_paper(i, titles) | {"shown_at": _plain(at)} for i, at in kept.shown]
    return {
        "subscriptions": [_plain(each) for each in kept.direct],
        "editions": [_plain(each) for each in kept.editions],
        "papers_shown": shown,
        "messages": [
            _fields(each, {"channel", "payload"})
            | {"text": each.payload.plain, "paper_ids": list(each.payload.paper_ids)}
            for each in kept.letters
        ],
    }


def _paper(paper_id: str, titles: Mapping[str, str]) -> dict[str, Any]:
    return {"paper_id": paper_id, "title": titles.get(paper_id, "")}


def _fields(thing: Any, without: Collection[str] = ()) -> dict[str, Any]:  # noqa: ANN401
    """A value of ours by the names of its fields, so that none is forgotten."""
    names = (field.name for field in fields(thing) if field.name not in without)
    return {name: _plain(getattr(thing, name)) for name in names}


def _plain(value: Any) -> Any:  # noqa: ANN401
    """A value of ours as JSON has it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case str() | int() | None:  # an enumeration's text is its value
            return value
        case frozenset():
            return sorted(value)
        case tuple():
            return [_plain(each) for each in value]
    return _fields(value)


async def _exported(desk: Desk, kept: Kept) -> Message:
    ids = {each.hit.paper_id for each in kept.caught} | {each.paper_id for each in kept.saved}
    ids |= {paper_id for paper_id, _ in kept.shown}
    found = await desk.store.papers.get(sorted(ids))
    titles = {listed.paper.id: listed.paper.title for listed in found}
    return Message(
        lines=(line("All that is kept of you, as a file; its times are UTC."),),
        notes=_quiet(_NOT_YOURS),
        buttons=(_button("Erase …", ERASE),),
        file=as_file(kept, titles, desk.clock()),
    )


def _question(kept: Kept) -> Message:
    """What would be erased, before it is."""
    told = [*tell_kept(kept), _LASTING]
    if kept.contact_of:
        places = _places(kept.contact_of)
        told.append(f"What comes to {places} goes on, with nobody as its contact.")
    return Message(
        title="Erase all that is kept of you?",
        lines=tuple(line(text) for text in told),
        notes=_quiet(_COPIES),
        buttons=(_button("Erase all of it", ERASE, sure="yes"), _button("Export", EXPORT)),
    )


def _erased(was: Kept) -> Message:
    if was.is_nothing:
        return Message(lines=(line("Nothing was kept of you here."),))
    return Message(
        title="Erased",
        lines=tuple(line(text) for text in tell_kept(was)),
        notes=_quiet(f"Nothing of it is kept any more; who comes back begins anew. {_COPIES}"),
    )


def _of_them_removed(number: int) -> str:
    return f", {number:,} of them removed" if number else ""


def _places(subscriptions: Iterable[Subscription]) -> str:
    """`#papers`, `#papers, #lab and 7 more`."""
    channels = dict.fromkeys(each.channel.name or each.channel.id for each in subscriptions)
    named = list(channels)[:_MOST_NAMED]
    more = len(channels) - len(named)
    return listing([*named, *([f"{more:,} more"] if more else [])])


def _button(label: str, what: str, **more: str) -> Button:
    return Button(label, "privacy", {"what": what, **more})


def _quiet(*texts: str) -> tuple[Line, ...]:
    return tuple(line(quiet(text)) for text in texts)
