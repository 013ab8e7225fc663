from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.office import ADA, FRIDAY, Office, button, message, plain

from bot.commands.alerts_reading import split_hours
from bot.errors import UserError
from bot.models import Alert, Cadence


async def mine(office: Office) -> list[Alert]:
    return await office.store.alerts.of_user(ADA)


@pytest.mark.parametrize(
    ("typed", "query", "told"),
    [
        ("papers by Yann LeCun", 'author:"Yann LeCun"', "papers by Yann LeCun"),
        ("papers about mamba", "mamba", "papers about “mamba”"),
        ("about mamba", "mamba", "papers about “mamba”"),
        ("mamba since last week", "mamba", "papers about “mamba”"),
        ("newest papers about mamba", "mamba", "papers about “mamba”"),
    ],
)
async def test_an_alert_reads_the_plain_forms_that_a_search_reads(
    office: Office, typed: str, query: str, told: str
) -> None:
    said = await office.ask(f"alert add {typed}")
    assert [alert.query for alert in await mine(office)] == [query]
    assert f"Read as: {told}" in plain(said)
    tried = await office.ask(f"alert test {typed}")
    assert f"Read as: {told}" in plain(tried)
    changed = await office.ask(f"alert change 1 {typed} zebra")
    assert "zebra" in (await mine(office))[0].query
    assert changed.title.startswith("Changed: #1")


async def test_days_and_an_order_are_left_out_and_it_says_so(office: Office) -> None:
    for typed in ("mamba since last week", "latest papers about mamba"):
        said = await office.ask(f"alert test {typed}")
        assert "days and order are left out" in plain(said)
    assert "left out" not in plain(await office.ask("alert test papers about mamba"))
    with pytest.raises(UserError, match="say what to look for"):
        await office.ask("alert add papers since last week")


async def test_the_exact_words_are_one_press_away(office: Office) -> None:
    said = await office.ask("alert add papers about mamba")
    exact = message(await office.press(said, "Use the exact words"))
    assert [alert.query for alert in await mine(office)] == ["papers about mamba"]
    assert "Read as" not in plain(exact)
    tried = await office.ask("alert test papers about mamba")
    tried = message(await office.press(tried, "Test the exact words"))
    assert tried.title == "Last 7 days: no papers"
    added = message(await office.press(tried, "Add this alert"))
    assert added.title == "You have that alert already"


async def test_words_of_the_language_are_taken_as_they_are(office: Office) -> None:
    said = await office.ask('alert add "papers about mamba" cat:cs.LG')
    assert [alert.query for alert in await mine(office)] == ['"papers about mamba" cat:cs.LG']
    assert "Read as" not in plain(said)


async def test_what_a_form_brings_back_unchanged_is_not_read_anew(office: Office) -> None:
    said = await office.ask("alert add papers about mamba")
    await office.press(said, "Use the exact words")
    again = office.invocation("alert change", {"alert": "1", "query": "papers about mamba"})
    assert "Read as" not in plain(message(await office.commands.answer(again)))


@pytest.mark.parametrize(
    ("typed", "query", "hours"),
    [
        ("diffusion 07:30", "diffusion", "Monday to Friday at 07:30 Europe/Berlin"),
        ("agents 7am Kathmandu", "agents", "Monday to Friday at 07:00 Asia/Kathmandu"),
        ("agents at 7 am in New York", "agents", "Monday to Friday at 07:00 America/New_York"),
        ("diffusion every day at 7am", "diffusion", "every day at 07:00 Europe/Berlin"),
        ("diffusion, every morning at 7", "diffusion", "every day at 07:00 Europe/Berlin"),
        ("papers about mamba daily 7:15", "mamba", "every day at 07:15 Europe/Berlin"),
        ("diffusion mon-wed", "diffusion", "Monday to Wednesday at 09:00 Europe/Berlin"),
    ],
)
async def test_an_hour_behind_the_words_is_the_persons_own(
    office: Office, typed: str, query: str, hours: str
) -> None:
    said = await office.ask(f"alert add {typed}")
    assert [alert.query for alert in await mine(office)] == [query]
    assert hours in plain(said)
    assert "Read as" in plain(said)
    assert button(said, "Use the exact words").args["query"] == typed


async def test_daily_alone_is_how_it_is_brought_and_moves_no_hour(office: Office) -> None:
    await office.ask("alert add sheep at once")
    said = await office.ask("alert add diffusion daily")
    assert "Monday to Friday at 09:00 Europe/Berlin" in plain(said)
    assert "This moves" not in plain(said)
    await office.ask("alert change 1 goats daily")
    assert [(a.query, a.cadence) for a in await mine(office)] == [
        ("goats", Cadence.DAILY),
        ("diffusion", Cadence.DAILY),
    ]


async def test_an_hour_behind_a_test_or_a_change_leads_to_alert_hours(office: Office) -> None:
    await office.ask("alert add sheep")
    for line in ("alert test agents 7am Berlin", "alert change 1 agents 7am Berlin"):
        assert "are set with: /papers alert hours" in plain(await office.ask(line))
    said = await office.ask("alert add agents 8am")
    assert said.title == "You have that alert already"
    assert "are set with: /papers alert hours" in plain(said)
    assert (await office.store.alerts.reader(ADA)).hour == time(9)


async def test_a_flood_that_is_asked_about_first_keeps_the_hours(office: Office) -> None:
    await office.list_papers(FRIDAY, {f"Sheep number {n}": 1 for n in range(80)})
    said = await office.ask("alert add papers about sheep every day at 7am")
    assert "Read as: papers about “sheep”" in plain(said)
    await office.press(said, "Add anyway")
    reader = await office.store.alerts.reader(ADA)
    assert (reader.hour, len(reader.weekdays)) == (time(7), 7)


async def test_a_zone_that_says_too_little_is_refused_with_the_way_out(office: Office) -> None:
    with pytest.raises(UserError, match="name a city: Europe/Berlin"):
        await office.ask("alert add agents 7am CET")
    assert await mine(office) == []


@pytest.mark.parametrize(
    "typed",
    [
        "07:30",
        "berlin",
        "robots in Berlin",
        "gpt 4",
        "llama 3.10",
        "top 5 at 3",
        "meetings on monday",
        '"agents every day at 7am"',
        "(agents 7am)",
        "diffusion 25:00",
        "agents 7am Mars",
        "every second",
        "daily papers",
    ],
)
def test_what_may_be_meant_as_words_stays(typed: str) -> None:
    assert split_hours(typed) == (typed, {})


@given(st.text('ab 179:-m "(),every dailyti', max_size=60))
def test_any_text_is_split_or_stays(typed: str) -> None:
    text, hours = split_hours(typed)
    assert hours or text == typed
    assert not hours or len(text) < len(typed)


async def test_where_nothing_came_each_word_alone_is_told(office: Office) -> None:
    said = await office.ask("alert add mamba diffusion quark")
    told = "Alone, in these days: “mamba”: 2 papers and “diffusion”: 12 papers."
    assert told in plain(said)
    assert "No paper kept here has “quark”." in plain(said)
    changed = message(await office.press(said, "only diffusion: 12"))
    assert changed.title == "Changed: #1 Papers about “diffusion”"
    tried = await office.ask("alert test mamba cat:cs.LG")
    assert [b.label for b in tried.buttons][1:3] == ["only mamba: 2", "without cat:cs.LG: 2"]


async def test_what_is_only_rare_is_told_so(office: Office) -> None:
    await office.list_papers(FRIDAY.replace(day=2), {"A zebra of old": 1})
    said = await office.ask("alert add zebra old")
    assert "Of all papers kept here, 1 matches." in plain(said)
    assert "Of all papers kept here, none matches." in plain(
        await office.ask("alert add cat:cs.RO")
    )
