"""What is kept of the asker is said, given as a file, and erased after a question."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from standins.office import (
    ADA,
    BERT,
    CHANNEL,
    ELSEWHERE,
    FRIDAY,
    MONDAY,
    Office,
    message,
    paper_id,
    plain,
)

from bot.errors import UserError
from bot.messages import Message
from bot.models import DIRECT, Alert, AlertState, Cadence, Channel, Reader, User

DIRECTLY = Channel("wall", DIRECT, ADA.id, ADA.name)
NOTHING = "Nothing is kept of you here."


async def use(office: Office, user: User = ADA) -> None:
    """Have something of every kind: alerts, hours, a list, queries, and digests of one's own."""
    alerts = office.store.alerts
    await alerts.keep_reader(Reader(user, "Europe/Berlin"), office.now)
    for query in ("sheep", "goats"):
        alert = Alert(0, user, query, Cadence.DAILY, AlertState.ACTIVE, office.now)
        await alerts.insert(alert)
    day = MONDAY if user == ADA else FRIDAY + timedelta(days=1)
    await office.list_papers(day, {"Sheep may safely graze": 1})
    await office.ask(f"save {paper_id(FRIDAY, 1)}", user=user)
    await office.ask(f"save {paper_id(FRIDAY, 2)}", user=user)
    await office.ask(f"saved note {paper_id(FRIDAY, 2)} for Tuesday’s talk", user=user)
    await office.ask("mamba", user=user)
    await office.ask(
        "subscribe filter:mamba", Channel("wall", DIRECT, user.id, user.name), user=user
    )
    await office.ask("subscribe", user=user)


async def exported(office: Office, user: User = ADA) -> dict[str, Any]:
    said = await office.ask("privacy export", user=user)
    assert said.file
    assert (said.file.name, said.file.media_type) == ("paperboy-privacy.json", "application/json")
    told = json.loads(said.file.text)
    assert isinstance(told, dict)
    return told


async def erase(office: Office, user: User = ADA) -> Message:
    asked = await office.ask("privacy erase", user=user)
    return message(await office.press(asked, "Erase all of it", user))


async def test_what_is_kept_is_said_in_plain_lines(office: Office) -> None:
    await use(office)
    await office.ask("alert remove 2")
    said = await office.ask("privacy")
    assert said.title == "What is kept of you"
    assert said.private
    assert plain(said).splitlines()[2:8] == [
        "2 alerts, 1 of them removed.",
        "The hours of alerts: Monday to Friday at 09:00 Europe/Berlin, 10 papers at most.",
        "1 paper that alerts caught.",
        "2 papers on the reading list, 1 of them with a note.",
        "1 recent query, to complete what is typed; the newest 50 are kept.",
        "1 subscription of direct messages, which showed 0 papers.",
    ]
    assert "The name as the contact of 1 subscription, in #papers." in plain(said)
    assert "is not yours" in plain(said)
    assert [b.label for b in said.buttons] == ["Export", "Erase …"]


async def test_nothing_is_kept_of_who_never_used_it(office: Office) -> None:
    for line in ("privacy", "privacy export", "privacy erase"):
        said = await office.ask(line, user=BERT)
        assert plain(said).splitlines()[2].startswith(NOTHING)
        assert (said.buttons, said.file) == ((), None)


async def test_the_export_holds_all_of_it_and_of_nobody_else(office: Office) -> None:
    await use(office, BERT)
    await use(office)
    told = await exported(office)
    assert list(told) == [
        *("exported_at", "person", "hours", "alerts", "caught", "bundles", "reading_list"),
        *("recent_queries", "direct_messages", "contact_of"),
    ]
    assert told["exported_at"] == "2026-11-23T06:00:00Z"
    assert told["person"] == {"platform": "wall", "id": "ada", "name": "Ada"}
    assert told["hours"]["zone"] == "Europe/Berlin"
    assert told["hours"]["weekdays"] == [0, 1, 2, 3, 4]
    assert [alert["query"] for alert in told["alerts"]] == ["sheep", "goats"]
    assert told["alerts"][0]["created_at"] == "2026-11-23T06:00:00Z"
    [caught] = told["caught"]
    assert (caught["title"], caught["state"]) == ("Sheep may safely graze", "waiting")
    assert told["reading_list"][1] == {
        "paper_id": paper_id(FRIDAY, 2),
        "title": "Diffusion of kind 2",
        "saved_at": "2026-11-23T06:00:00Z",
        "note": "for Tuesday’s talk",
    }
    assert [asked["query"] for asked in told["recent_queries"]] == ["mamba"]
    [own] = told["direct_messages"]["subscriptions"]
    assert (own["channel"]["id"], own["filter"], own["hour"]) == ("ada", "mamba", "09:00:00")
    assert "bert" not in json.dumps(told).lower()


async def test_an_export_is_the_same_each_time(office: Office) -> None:
    await use(office)
    first, second = [await office.ask("privacy export") for _ in range(2)]
    assert first.file == second.file
    later = office.now + timedelta(hours=1)
    office.now = later
    assert (await exported(office)) == json.loads(first.file.text if first.file else "") | {
        "exported_at": "2026-11-23T07:00:00Z"
    }


async def test_messages_are_in_the_export_as_their_text(office: Office) -> None:
    await use(office)
    await office.ask("subscriptions test", DIRECTLY)
    messages = (await exported(office))["direct_messages"]["messages"]
    assert [m["state"] for m in messages] == ["waiting"]
    assert messages[0]["text"].startswith("Test: ")
    assert "body" not in messages[0]


async def test_before_anything_is_erased_it_is_asked_with_what_would_go(office: Office) -> None:
    await use(office)
    before = await office.store.people.kept(ADA)
    said = await office.ask("privacy erase")
    assert said.title == "Erase all that is kept of you?"
    text = plain(said)
    assert "2 alerts." in text
    assert "It can't be undone." in text
    assert "What comes to #papers goes on, with nobody as its contact." in text
    assert "backup" in text
    assert [b.label for b in said.buttons] == ["Erase all of it", "Export"]
    assert await office.store.people.kept(ADA) == before


async def test_after_an_erase_an_export_shows_nothing(office: Office) -> None:
    await use(office)
    await use(office, BERT)
    other = await office.store.people.kept(BERT)
    assert (await exported(office))["reading_list"]
    said = await erase(office)
    assert said.title == "Erased"
    assert "2 papers on the reading list" in plain(said)
    again = await office.ask("privacy export")
    assert again.file is None
    assert NOTHING in plain(again)
    assert await office.store.people.kept(BERT) == other


async def test_a_second_press_is_no_error(office: Office) -> None:
    await use(office)
    asked = await office.ask("privacy erase")
    await office.press(asked, "Erase all of it")
    said = message(await office.press(asked, "Erase all of it"))
    assert plain(said).strip() == "Nothing was kept of you here."


async def test_a_press_erases_who_presses_and_nobody_else(office: Office) -> None:
    await use(office)
    kept = await office.store.people.kept(ADA)
    asked = await office.ask("privacy erase")
    await office.press(asked, "Erase all of it", BERT)
    assert await office.store.people.kept(ADA) == kept


async def test_what_a_channel_gets_goes_on(office: Office) -> None:
    await use(office)
    await office.ask("subscribe", ELSEWHERE, BERT)
    before = await office.store.subscriptions.of_channel(CHANNEL)
    await erase(office)
    after = await office.store.subscriptions.of_channel(CHANNEL)
    assert after == [replace(each, contact=User("wall", "", "")) for each in before]
    [elsewhere] = await office.store.subscriptions.of_channel(ELSEWHERE)
    assert elsewhere.contact == BERT
    assert await office.store.subscriptions.of_channel(DIRECTLY) == []


async def test_who_comes_back_begins_anew(office: Office) -> None:
    await use(office)
    await erase(office)
    with pytest.raises(UserError, match="no alert #1"):
        await office.ask("alert resume 1")
    await office.ask(f"save {paper_id(FRIDAY, 2)}")
    said = await office.ask("privacy")
    assert "1 paper on the reading list." in plain(said)
    assert len(said.lines) == 1


async def test_many_channels_are_named_in_short(office: Office) -> None:
    for number in range(8):
        await office.ask("subscribe", Channel("wall", "lab", f"{number}", f"#room{number}"))
    told = plain(await office.ask("privacy"))
    assert "8 subscriptions, in #room0, #room1, #room2, #room3, #room4 and 3 more." in told


@pytest.mark.parametrize("words", ["everything", "erase now", "delete"])
async def test_other_words_erase_nothing(office: Office, words: str) -> None:
    await use(office)
    with pytest.raises(UserError):
        await office.ask(f"privacy {words}")
    assert not (await office.store.people.kept(ADA)).is_nothing


async def test_what_they_shared_and_still_waits_to_be_posted_is_not_posted(office: Office) -> None:
    for line in (f"share {paper_id(FRIDAY, 1)}", f"save {paper_id(FRIDAY, 1)}"):
        await office.ask(line)
        await office.ask(line, user=BERT)
    await erase(office)
    waiting = await office.store.deliveries.claim(
        {"wall"}, "test", office.now, timedelta(minutes=1), 9
    )
    assert ["Shared by Bert" in each.payload.plain for each in waiting] == [True]
