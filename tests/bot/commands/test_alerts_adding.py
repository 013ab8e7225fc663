from __future__ import annotations

import asyncio
from datetime import time, timedelta

import pytest
from standins.office import ADA, BERT, FRIDAY, Office, button, message, plain, titles

from bot.errors import ChannelGoneError, QueryError, TemporaryDeliveryError, UserError
from bot.messages import Form
from bot.models import DIRECT, Alert, AlertState, Cadence, Channel, User

WORDS = ("pasture", "meadow", "stile", "fence", "barn", "hedge", "brook", "lane")


async def flock(office: Office, count: int, day=FRIDAY) -> None:
    """Papers about sheep: every fourth is a survey, every eighth has votes."""
    papers = {}
    for number in range(count):
        kind = "A survey of " if number % 4 == 0 else ""
        subject = "sheep" if number % 2 else "flocks"
        papers[f"{kind}{subject} by the {WORDS[number % 8]} {number}"] = 9 if number % 8 == 3 else 1
    await office.list_papers(day, papers)


async def mine(office: Office, user: User = ADA) -> list[Alert]:
    return await office.store.alerts.of_user(user)


async def test_an_alert_is_kept_and_told_with_what_it_would_have_brought(office: Office) -> None:
    said = await office.ask("alert add diffusion")
    [alert] = await mine(office)
    assert (alert.query, alert.cadence, alert.state) == (
        "diffusion",
        Cadence.DAILY,
        AlertState.ACTIVE,
    )
    assert said.title == "Alert #1: papers about “diffusion”"
    assert said.subtitle == "Last 7 days: 12 papers"
    told = "in one bundle, Monday to Friday at 09:00 Europe/Berlin, 10 papers at most."
    assert told in plain(said)
    assert said.private


async def test_the_confirming_message_goes_to_direct_messages_first(office: Office) -> None:
    await office.ask("alert add diffusion when:at once")
    [(place, text)] = office.wall.posted
    assert place == ADA.id
    assert "Papers about “diffusion” will come here, at once, between 08:00 and 20:00" in text


async def test_a_closed_door_keeps_the_alert_and_says_how_to_open_it(office: Office) -> None:
    office.wall.closed = ChannelGoneError("50007: Cannot send messages to this user")
    said = await office.ask("alert add diffusion")
    assert len(await mine(office)) == 1
    assert "Allow direct messages from this server or workspace" in plain(said)
    assert "alert inbox" in plain(said)
    reader = await office.store.alerts.reader(ADA)
    assert reader.closed == "50007: Cannot send messages to this user"
    again = message(await office.press(said, "Try my direct messages again"))
    assert "Allow direct messages" in plain(again)
    office.wall.closed = None
    opened = message(await office.press(again, "Try my direct messages again"))
    assert "Your direct messages are open" in plain(opened)
    assert (await office.store.alerts.reader(ADA)).closed == ""


async def test_a_message_that_can_not_be_sent_just_now_closes_no_door(office: Office) -> None:
    office.wall.closed = TemporaryDeliveryError("503")
    said = await office.ask("alert add diffusion")
    assert "can't be reached just now" in plain(said)
    assert (await office.store.alerts.reader(ADA)).closed == ""
    assert len(await mine(office)) == 1


async def test_every_way_to_narrow_is_counted_and_changes_the_alert_at_once(office: Office) -> None:
    await flock(office, 40)
    said = await office.ask("alert add sheep OR flocks by")
    labels = [b.label for b in said.buttons]
    assert labels[:3] == ["≥ 5 upvotes: 5", "not survey: 31", "Change"]
    changed = message(await office.press(said, "not survey: 31"))
    assert changed.subtitle == "Last 7 days: 31 papers, about 4 a day"
    [alert] = await mine(office)
    assert alert.query == "(sheep OR flocks) -survey"
    narrower = message(await office.press(changed, "≥ 5 upvotes: 5"))
    assert narrower.subtitle == "Last 7 days: 5 papers"
    assert [a.query for a in await mine(office)] == ["(sheep OR flocks) -survey upvotes:>=5"]


async def test_what_brings_more_than_ten_a_day_is_asked_about_first(office: Office) -> None:
    await flock(office, 80)
    said = await office.ask("alert add sheep OR flocks when:at once")
    assert said.title == "That is a lot"
    assert said.subtitle == "Last 7 days: 81 papers, about 12 a day"
    assert await mine(office) == []
    assert office.wall.posted == []
    added = message(await office.press(said, "not survey: 61"))
    assert added.title == "Alert #1: papers about “sheep” or “flocks”, not “survey”"
    anyway = message(await office.press(said, "Add anyway"))
    assert anyway.subtitle == "Last 7 days: 81 papers, about 12 a day"
    assert [a.cadence for a in await mine(office)] == [Cadence.AT_ONCE] * 2


async def test_the_same_query_is_not_added_twice(office: Office) -> None:
    await office.ask("alert add  Diffusion   (cat:cs.LG)")
    said = await office.ask("alert add diffusion cat:CS.lg")
    assert said.title == "You have that alert already"
    assert len(await mine(office)) == 1
    await office.ask("alert add diffusion cat:cs.LG", user=BERT)
    assert len(await mine(office, BERT)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "alert add mamba vision",
        "alert add vision mamba",
        'alert add Vision  "mamba"',
        "alert add papers about mamba vision",
    ],
)
async def test_the_same_meaning_is_not_added_twice(office: Office, line: str) -> None:
    await office.ask("alert add vision Mámba")
    assert (await office.ask(line)).title == "You have that alert already"
    await office.ask('alert add "vision mamba"')
    await office.ask("alert add (vision OR mamba) -(sheep goats)")
    await office.ask("alert add -(goats sheep) (mamba OR vision)")
    assert len(await mine(office)) == 3


async def test_an_hour_given_with_an_alert_says_that_it_moves_the_others(office: Office) -> None:
    said = await office.ask("alert add sheep time:8:30")
    assert "This moves" not in plain(said)
    said = await office.ask("alert add goats time:7 zone:new york")
    told = "This moves all of your alerts; they came Monday to Friday at 08:30 Europe/Berlin."
    assert told in plain(said)
    await office.press(said, "Back to 08:30 Europe/Berlin")
    reader = await office.store.alerts.reader(ADA)
    assert (reader.hour, reader.zone) == (time(8, 30), "Europe/Berlin")
    assert "This moves" not in plain(await office.ask("alert add cows time:08:30"))


async def test_a_double_press_adds_one_alert(office: Office) -> None:
    said = await asyncio.gather(*(office.ask("alert add diffusion") for _ in range(3)))
    assert sorted(answer.title for answer in said)[:2] == [
        "Alert #1: papers about “diffusion”",
        "You have that alert already",
    ]
    assert len(await mine(office)) == 1


async def test_a_person_has_as_many_alerts_as_the_setting_says(office: Office) -> None:
    office.limit_alerts(2)
    await office.ask("alert add sheep")
    await office.ask("alert add goats")
    with pytest.raises(UserError, match="you have 2 alerts, the most one person may have here"):
        await office.ask("alert add cows")
    await office.ask("alert remove 1")
    await office.ask("alert add cows")
    with pytest.raises(UserError, match="you have 2 alerts"):
        await office.ask("alert resume 1")


async def test_hours_given_with_an_alert_are_the_persons_own(office: Office) -> None:
    await office.ask("alert add sheep time:7:30 zone:new york")
    reader = await office.store.alerts.reader(ADA)
    assert (reader.hour, reader.zone) == (time(7, 30), "America/New_York")
    await office.ask("alert add goats time:8", zone="Asia/Tokyo")
    reader = await office.store.alerts.reader(ADA)
    assert (reader.hour, reader.zone) == (time(8), "America/New_York")


async def test_the_zone_is_the_askers_else_the_newest_of_the_workspace(office: Office) -> None:
    await office.ask("alert add sheep", zone="Asia/Tokyo")
    assert (await office.store.alerts.reader(ADA)).zone == "Asia/Tokyo"
    await office.ask("subscribe 9 America/New_York", user=ADA)
    await office.ask("alert add sheep", user=BERT)
    assert (await office.store.alerts.reader(BERT)).zone == "America/New_York"
    cora = User("wall", "cora", "Cora")
    await office.ask("alert add sheep", Channel("wall", DIRECT, "cora"), cora)
    assert (await office.store.alerts.reader(cora)).zone == "Europe/Berlin"


async def test_an_alert_without_a_query_opens_the_form(office: Office) -> None:
    verb, args = "alert add", {"when": "at once"}
    form = await office.commands.answer(office.invocation(verb, args))
    assert isinstance(form, Form)
    assert [(field.name, field.value) for field in form.fields] == [
        ("query", ""),
        ("when", "at once"),
        ("time", ""),
        ("zone", ""),
    ]
    said = message(await office.commands.answer(office.invocation(form.verb, {"query": "sheep"})))
    assert said.title.startswith("Alert #1")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("alert add cat:cs.QQ", "arXiv has no category cs.QQ"),
        ("alert add the of", "these words are in every paper"),
        ("alert add sheep sort:new", "has no order"),
        ("alert add sheep when:weekly", "when: choose one of daily, at once"),
        ("alert add sheep zone:Berlino", "did you mean Europe/Berlin"),
        ("alert add sheep time:25:00", "time: 25:00 is no time of day"),
        ("alert add upvotes:many", "upvotes"),
    ],
)
async def test_a_mistype_is_one_line_and_nothing_is_kept(
    office: Office, line: str, problem: str
) -> None:
    with pytest.raises(UserError) as caught:
        await office.ask(line)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert await mine(office) == []
    assert office.wall.posted == []


async def test_a_wrong_query_keeps_the_place_of_what_is_wrong(office: Office) -> None:
    with pytest.raises(QueryError) as caught:
        await office.ask("alert add sheep cat:cs.QQ")
    assert caught.value.text[caught.value.place :].endswith("cs.QQ")


async def test_an_archive_that_is_not_pulled_yet_is_on_its_way(office: Office) -> None:
    said = await office.ask("alert add cat:math.CO sheep")
    assert "The last 7 days of arXiv's math are on their way." in plain(said)
    assert set(await office.store.pulls.archives()) == {"math"}


async def test_a_paper_to_compare_with_must_be_had(office: Office) -> None:
    with pytest.raises(UserError, match=r"arXiv knows no paper 2401\.00001"):
        await office.ask("alert add like:2401.00001")
    said = await office.ask("alert add like:2611.20001")
    assert "not compared by sense here yet" in plain(said)


async def test_days_that_are_still_fetched_are_told(empty_office: Office) -> None:
    said = await empty_office.ask("alert add sheep")
    assert said.subtitle == "Last 7 days: no papers"
    assert "still being fetched" in plain(said)


async def test_a_test_shows_the_best_of_the_last_days_and_keeps_nothing(office: Office) -> None:
    said = await office.ask("alert test diffusion")
    assert said.title == "Last 7 days: 12 papers"
    assert titles(said)[0] == "Diffusion of kind 12"
    assert len(said.cards) == 10
    assert any(span.style == "mark" for span in said.cards[0].title)
    assert await mine(office) == []
    added = message(await office.press(said, "Add this alert"))
    assert added.title == "Alert #1: papers about “diffusion”"


async def test_a_test_counts_only_what_was_listed_in_the_last_days(office: Office) -> None:
    office.now += timedelta(days=30)
    said = await office.ask("alert test diffusion")
    assert said.title == "Last 7 days: no papers"
    assert said.cards == ()
    assert button(said, "Search all papers").args == {"query": "diffusion"}
