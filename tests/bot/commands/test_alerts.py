from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from standins.office import ADA, BERT, MONDAY, Office, button, message, plain, titles

from bot.errors import ChannelGoneError, UserError
from bot.messages import Form
from bot.models import AlertState, Cadence, User
from bot.ports import Bundle

NINE_IN_BERLIN = datetime(2026, 11, 23, 8, tzinfo=UTC)


async def states(office: Office, user: User = ADA) -> dict[int, AlertState]:
    return {alert.id: alert.state for alert in await office.store.alerts.of_user(user)}


async def keep_unbrought(office: Office, user: User = ADA) -> None:
    """Freeze what is due into a bundle without messages: all of it is left to the inbox."""
    later = office.now + timedelta(days=4)
    for waiting in await office.store.alerts.due([user.platform], later, 9):
        if waiting.reader.user.id == user.id:
            bundle = Bundle(waiting.reader, waiting.hits, ())
            await office.store.alerts.issue([bundle], later)


async def test_alert_alone_is_the_list_and_so_is_alerts(office: Office) -> None:
    assert "You have no alerts yet" in plain(await office.ask("alert"))
    form = await office.press(await office.ask("alerts"), "Add an alert")
    assert isinstance(form, Form)
    await office.ask("alerts add diffusion")
    assert (await office.ask("alerts")).title == "#1 Papers about “diffusion”"


async def test_a_list_of_one_shows_what_it_brings_and_how_to_narrow_it(office: Office) -> None:
    await office.ask("alert add diffusion")
    said = await office.ask("alert list")
    assert said.subtitle == "Last 7 days: 12 papers"
    assert [b.label for b in said.buttons] == [
        "≥ 10 upvotes: 3",
        "Change",
        "Pause",
        "Remove",
        "Test",
        "Hours",
        "Mute",
        "Inbox",
    ]
    await office.press(said, "≥ 10 upvotes: 3")
    [alert] = await office.store.alerts.of_user(ADA)
    assert alert.query == "diffusion upvotes:>=10"


async def test_a_list_of_several_leads_to_each(office: Office) -> None:
    for number in range(12):
        await office.ask(f"alert add topic{number}")
    said = await office.ask("alert list")
    assert said.title == "You have 12 alerts"
    assert "Monday to Friday at 09:00 Europe/Berlin" in said.subtitle
    assert [b.label for b in said.buttons][:11] == [*(f"#{n}" for n in range(1, 11)), "Next 2"]
    following = message(await office.press(said, "Next 2"))
    assert [b.label for b in following.buttons][:2] == ["#11", "#12"]
    one = message(await office.press(following, "#12"))
    assert one.title == "#12 Papers about “topic11”"


async def test_nobody_sees_or_touches_the_alert_of_another(office: Office) -> None:
    await office.ask("alert add diffusion")
    for line in ("change 1 mamba", "pause 1", "resume 1", "remove #1"):
        with pytest.raises(UserError, match="you have no alert #1"):
            await office.ask(f"alert {line}", user=BERT)
    assert "You have no alerts yet" in plain(await office.ask("alert list", user=BERT))
    assert await states(office) == {1: AlertState.ACTIVE}


async def test_without_a_number_the_only_alert_is_meant_and_of_several_one_is_asked_for(
    office: Office,
) -> None:
    with pytest.raises(UserError, match="you have no alerts yet; begin with: /papers alert add"):
        await office.ask("alert pause")
    await office.ask("alert add diffusion")
    assert "Paused: #1 " in plain(await office.ask("alert pause"))
    await office.ask("alert add mamba")
    said = await office.ask("alert remove")
    assert said.title == "You have several alerts"
    assert "Removed: #2 " in plain(message(await office.press(said, "#2")))
    assert await states(office) == {1: AlertState.PAUSED}


async def test_change_opens_a_form_with_what_holds_now(office: Office) -> None:
    await office.ask("alert add diffusion when:at once")
    form = await office.press(await office.ask("alert list"), "Change")
    assert isinstance(form, Form)
    assert {f.name: f.value for f in form.fields} == {"query": "diffusion", "when": "at once"}
    filled = {**form.args, "query": "mamba", "when": "daily"}
    said = message(await office.commands.answer(office.invocation(form.verb, filled)))
    assert said.title == "Changed: #1 Papers about “mamba”"
    [alert] = await office.store.alerts.of_user(ADA)
    assert (alert.query, alert.cadence) == ("mamba", Cadence.DAILY)


async def test_change_reads_number_query_and_cadence_from_a_line(office: Office) -> None:
    await office.ask("alert add diffusion")
    await office.ask("alert change 1 state space at once")
    [alert] = await office.store.alerts.of_user(ADA)
    assert (alert.query, alert.cadence) == ("state space", Cadence.AT_ONCE)
    await office.ask("alert change when:daily")
    [alert] = await office.store.alerts.of_user(ADA)
    assert (alert.query, alert.cadence) == ("state space", Cadence.DAILY)


async def test_a_change_to_what_another_alert_asks_for_is_refused(office: Office) -> None:
    await office.ask("alert add diffusion")
    await office.ask("alert add mamba")
    with pytest.raises(UserError, match="#1 asks for exactly that already"):
        await office.ask("alert change 2 Diffusion")
    with pytest.raises(UserError, match="as in: /papers alert pause 1; see: /papers alert list"):
        await office.ask("alert pause diffusion")


async def test_pause_resume_remove_and_undo(office: Office) -> None:
    await office.ask("alert add diffusion")
    paused = await office.ask("alert pause 1")
    assert await states(office) == {1: AlertState.PAUSED}
    assert "paused already" in plain(await office.ask("alert pause 1"))
    assert "active again" in plain(message(await office.press(paused, "Resume")))
    assert "#1 is active already. What it catches comes to you in one bundle" in plain(
        await office.ask("alert resume 1")
    )
    removed = await office.ask("alert remove 1")
    assert await states(office) == {}
    with pytest.raises(UserError, match="bring it back with: /papers alert resume 1"):
        await office.ask("alert change 1 mamba")
    assert plain(await office.ask("alert remove 1")) == plain(removed)
    await office.press(removed, "Undo")
    assert await states(office) == {1: AlertState.ACTIVE}


async def test_undo_of_a_removed_pause_is_a_pause(office: Office) -> None:
    await office.ask("alert add diffusion")
    await office.ask("alert pause")
    await office.press(await office.ask("alert remove"), "Undo")
    assert await states(office) == {1: AlertState.PAUSED}


async def test_what_was_removed_does_not_come_back_beside_its_twin(office: Office) -> None:
    await office.ask("alert add diffusion")
    removed = await office.ask("alert remove")
    await office.ask("alert add diffusion")
    with pytest.raises(UserError, match="#2 asks for exactly that already"):
        await office.press(removed, "Undo")


async def test_resume_tries_a_closed_door_again(office: Office) -> None:
    office.wall.closed = ChannelGoneError("closed")
    await office.ask("alert add diffusion")
    assert "Paperboy can't write to you" in plain(await office.ask("alert resume"))
    office.wall.closed = None
    assert "can't write" not in plain(await office.ask("alert resume"))
    assert (await office.store.alerts.reader(ADA)).closed == ""
    assert len(office.wall.posted) == 1


async def test_hours_are_changed_and_told(office: Office) -> None:
    form = await office.ask_form("alert hours")
    assert {f.name: f.value for f in form.fields} == {
        "time": "09:00",
        "zone": "Europe/Berlin",
        "weekdays": "mon,tue,wed,thu,fri",
        "cap": "10",
    }
    said = await office.ask("alert hours 7:30 kathmandu sat-sun cap:20")
    told = "Your bundle comes Saturday and Sunday at 07:30 Asia/Kathmandu, 20 papers at most."
    assert told in plain(said)
    reader = await office.store.alerts.reader(ADA)
    assert (reader.hour, reader.cap, reader.weekdays) == (time(7, 30), 20, frozenset({5, 6}))
    with pytest.raises(UserError, match="cap: write a number from 1 to 50"):
        await office.ask("alert hours cap:0")


@pytest.mark.parametrize("said", ["every day at 7 pm", "at 19:00 in Berlin every day", "daily 7pm"])
async def test_hours_are_read_as_people_say_them(office: Office, said: str) -> None:
    told = await office.ask(f"alert hours {said}")
    assert "every day at 19:00 Europe/Berlin" in plain(told)


async def test_an_hour_that_is_none_is_told_as_what_it_was_meant_for(office: Office) -> None:
    with pytest.raises(UserError, match="zone: there is no zone Mars; name a city such as"):
        await office.ask("alert hours 8 Mars")
    with pytest.raises(UserError, match="xyz can't be placed; it takes time, zone, weekdays, cap"):
        await office.ask("alert hours 8 berlin xyz")


async def test_a_longer_mute_is_never_shortened_unasked(office: Office) -> None:
    await office.ask("alert mute 2 weeks")
    said = await office.ask("alert mute today")
    assert "All of your alerts are muted until Mon 7 Dec. That is longer" in plain(said)
    assert "until Mon 7 Dec" in plain(await office.ask("alert mute"))
    await office.press(said, "Only until Tue 24 Nov")
    assert "until Tue 24 Nov" in plain(await office.ask("alert mute"))
    await office.ask("alert mute monday")
    assert "until Mon 30 Nov" in plain(await office.ask("alert mute"))


@pytest.mark.parametrize(
    "line",
    ["alert add mamba", "alert resume 1", "alert change 1 sheep", "alert list", "alert hours 8"],
)
async def test_while_all_is_muted_whatever_tells_of_what_will_come_says_so(
    office: Office, line: str
) -> None:
    await office.ask("alert add diffusion")
    await office.ask("alert pause 1")
    await office.ask("alert mute 2 weeks")
    said = await office.ask(line)
    assert "All of your alerts are muted until Mon 7 Dec." in plain(said)
    assert "not muted any more" in plain(message(await office.press(said, "Unmute")))


async def test_the_confirming_message_says_that_all_is_muted(office: Office) -> None:
    await office.ask("alert mute 2 weeks")
    await office.ask("alert add mamba")
    [(_, text)] = office.wall.posted
    assert text.strip().endswith("All of your alerts are muted until Mon 7 Dec.")


async def test_mute_alone_says_how(office: Office) -> None:
    said = await office.ask("alert mute")
    assert "/papers alert mute friday" in plain(said)
    assert [b.label for b in said.buttons] == ["Until tomorrow", "Until Monday", "For 2 weeks"]
    muted = message(await office.press(said, "For 2 weeks"))
    assert "comes Monday 7 December 2026, 09:00 Europe/Berlin" in plain(muted)
    assert "All of your alerts are muted until Mon 7 Dec." in plain(await office.ask("alert mute"))
    back = message(await office.press(muted, "Unmute"))
    assert "not muted any more. The next bundle comes Monday 23 November" in plain(back)
    assert plain(await office.ask("alert mute off")).strip() == "Your alerts are not muted."


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 24)),
        ("monday", date(2026, 11, 30)),
        ("until friday", date(2026, 11, 27)),
        ("next week", date(2026, 11, 30)),
        ("next month", date(2026, 12, 1)),
        ("next year", date(2027, 1, 1)),
        ("a year", date(2027, 11, 23)),
        ("3 days", date(2026, 11, 26)),
        ("a month", date(2026, 12, 23)),
        ("2026-12-01", date(2026, 12, 1)),
        ("1 Dec", date(2026, 12, 1)),
        ("Dec 24", date(2026, 12, 24)),
        ("1 nov", date(2027, 11, 1)),
    ],
)
async def test_a_mute_ends_on_the_day_that_is_named(office: Office, text: str, day: date) -> None:
    await office.ask(f"alert mute {text}")
    until = (await office.store.alerts.reader(ADA)).muted_until
    assert until == datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2025-01-01", "is past"),
        ("0 days", "is past"),
        ("2 years", "more than a year ahead"),
        ("31 feb", "is no day to come"),
        ("999 days", "more than a year ahead"),
        ("9999-12-31", "more than a year ahead"),
        ("99999-99-99", "is no day to come"),
    ],
)
async def test_a_mute_of_no_day_is_refused(office: Office, text: str, problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        await office.ask(f"alert mute {text}")
    assert await office.store.alerts.reader(ADA) is None


async def test_the_inbox_holds_what_no_message_brought(office: Office) -> None:
    assert "Nothing waits in your inbox" in plain(await office.ask("alert inbox"))
    await office.ask("alert add mamba")
    await office.list_papers(MONDAY, {f"Mamba of kind {n}": n for n in range(1, 8)})
    await keep_unbrought(office)
    said = await office.ask("alert inbox")
    assert said.title == "Your inbox: 7 papers"
    assert len(said.cards) == 5
    assert {card.why for card in said.cards} == {"Alert #1 “mamba”"}
    rest = message(await office.press(said, "Next 2"))
    assert len({*titles(said), *titles(rest)}) == 7
    await office.press(rest, "Count all as seen")
    assert "Nothing waits in your inbox" in plain(await office.ask("alert inbox"))


async def test_a_page_of_an_inbox_is_nobody_elses(office: Office) -> None:
    await office.ask("alert add mamba")
    await office.list_papers(MONDAY, {f"Mamba of kind {n}": n for n in range(1, 8)})
    await keep_unbrought(office)
    cursor = button(await office.ask("alert inbox"), "Next 2").args["cursor"]
    asked = office.invocation("alert inbox", {"cursor": cursor}, user=BERT)
    assert message(await office.commands.answer(asked)).cards == ()


async def test_status_counts_alerts(office: Office) -> None:
    assert "alert" not in plain(await office.ask("status"))
    await office.ask("alert add mamba")
    await office.ask("alert add upvotes:>50", user=BERT)
    await office.list_papers(MONDAY, {"Mamba once more": 1})
    told = plain(await office.ask("status"))
    assert "2 alerts in all, 1 of them without a necessary word; 1 catch to be brought." in told


@pytest.mark.parametrize(
    "line", ["alert mamba", "alert ad mamba", "alert pause x", "alert hours 25:00"]
)
async def test_a_mistype_is_answered_in_one_line(office: Office, line: str) -> None:
    with pytest.raises(UserError) as caught:
        await office.ask(line)
    assert "\n" not in str(caught.value)


async def test_one_of_several_alerts_is_shown_by_its_number(office: Office) -> None:
    await office.ask("alert add mamba")
    await office.ask("alert add diffusion")
    assert (await office.ask("alert list 1")).title == "#1 Papers about “mamba”"
    with pytest.raises(UserError, match="as in: /papers alert list 1; see: /papers alert list"):
        await office.ask("alert list mamba")
    await office.ask("alert add sheep", user=BERT)
    with pytest.raises(UserError, match="you have no alert #2; see: /papers alert list"):
        await office.ask("alert list 2", user=BERT)
