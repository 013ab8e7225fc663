from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from standins.office import (
    ADA,
    BERT,
    CHANNEL,
    ELSEWHERE,
    FRIDAY,
    Office,
    button,
    message,
    plain,
)

from bot.errors import (
    ChannelGoneError,
    CredentialsError,
    DeliveryError,
    QueryError,
    TemporaryDeliveryError,
    UserError,
)
from bot.messages import Form
from bot.models import Layout, Ranking, Subscription, SubscriptionState


async def only(office: Office) -> Subscription:
    [subscription] = await office.store.subscriptions.of_channel(CHANNEL)
    return subscription


async def test_subscribe_alone_takes_the_defaults_and_answers_with_what_will_come(
    office: Office,
) -> None:
    said = await office.ask("subscribe")
    kept = await only(office)
    assert (kept.hour, kept.zone, kept.weekdays) == (time(9), "Europe/Berlin", frozenset(range(5)))
    assert (kept.filter, kept.size, kept.ranking, kept.layout) == (
        "",
        10,
        Ranking.UPVOTES,
        Layout.COMPACT,
    )
    assert kept.tell_empty
    assert kept.contact == ADA
    assert kept.next_due_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert kept.due_from == FRIDAY
    told = plain(said)
    assert said.title == "Subscribed: Monday to Friday at 09:00 Europe/Berlin"
    assert "would have brought 3 and 10 of 12 papers." in told
    assert "Monday 23 November 2026, 09:00 Europe/Berlin" in told
    assert [b.label for b in said.buttons] == ["Post the latest now", "Change", "Undo"]
    assert said.private


async def test_the_channel_is_proved_with_one_line(office: Office) -> None:
    await office.ask("subscribe 21.15 kathmandu daily")
    [(channel, text)] = office.wall.posted
    assert channel == CHANNEL.id
    assert "The Hugging Face picks will come here, every day at 21:15 Asia/Kathmandu." in text


@pytest.mark.parametrize(
    ("fault", "mend"),
    [
        (ChannelGoneError("closed"), "invite it here"),
        (CredentialsError("refused"), "whoever runs Paperboy must renew it"),
        (TemporaryDeliveryError("slow", timedelta(seconds=7)), "try again in 7 seconds"),
        (TemporaryDeliveryError("slow"), "try again in a minute"),
        (DeliveryError("odd"), "try again in a minute"),
    ],
)
async def test_nothing_is_kept_where_the_channel_is_closed(
    office: Office, fault: DeliveryError, mend: str
) -> None:
    office.wall.closed = fault
    with pytest.raises(UserError, match=mend) as caught:
        await office.ask("subscribe filter:cat:math")
    assert "Nothing was subscribed" in str(caught.value)
    assert await office.store.subscriptions.every() == []
    assert await office.store.pulls.archives() == {}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("subscribe 25:00", "25:00 is no time of day"),
        ("subscribe time:25:00", "time: 25:00 is no time of day"),
        ("subscribe Europe/Berlino", r"zone: .* did you mean Europe/Berlin"),
        ("subscribe filter:cat:cs.QQ", r"filter: arXiv has no category cs\.QQ"),
        ("subscribe size:51", "size: write a number from 1 to 50"),
        ("subscribe ranking:best", "ranking: choose one of upvotes, newest"),
        ("subscribe weekdays:xx", "weekdays: xx names no days"),
    ],
)
async def test_a_wrong_option_is_named_before_anything_is_posted(
    office: Office, line: str, problem: str
) -> None:
    with pytest.raises(UserError, match=problem):
        await office.ask(line)
    assert office.wall.posted == []
    assert await office.store.subscriptions.every() == []


async def test_a_wrong_filter_keeps_the_place_of_what_is_wrong(office: Office) -> None:
    with pytest.raises(QueryError) as caught:
        await office.ask("subscribe filter:cat:cs.QQ")
    assert caught.value.text[caught.value.place :] == "cs.QQ"


async def test_a_filter_has_no_order(office: Office) -> None:
    with pytest.raises(QueryError, match="a filter or an alert has no order") as caught:
        await office.ask("subscribe filter:'mamba sort:new'")
    assert caught.value.text[caught.value.place :] == "new"
    assert await office.store.subscriptions.every() == []


async def test_a_filter_may_ask_for_the_last_days(office: Office) -> None:
    said = await office.ask("subscribe 09:00 mamba date:7d -survey")
    assert "about “mamba”, not “survey”, listed in the last 7 days" in plain(said)
    assert (await only(office)).filter == "mamba date:7d -survey"


async def test_the_zone_is_the_askers_else_the_newest_of_the_workspace(office: Office) -> None:
    await office.ask("subscribe 9", channel=ELSEWHERE, zone="America/New_York")
    await office.ask("subscribe 9", zone="no/zone")
    assert (await only(office)).zone == "America/New_York"
    [elsewhere] = await office.store.subscriptions.of_channel(ELSEWHERE)
    assert elsewhere.zone == "America/New_York"


async def test_a_filter_of_arxiv_alone_takes_more_papers(office: Office) -> None:
    await office.ask("subscribe source:arxiv")
    assert (await only(office)).size == 25


async def test_an_archive_that_is_not_pulled_yet_is_on_its_way(office: Office) -> None:
    said = await office.ask("subscribe cat:math.CO cat:cs.LG")
    assert "The last 7 days of arXiv's math are on their way." in plain(said)
    assert set(await office.store.pulls.archives()) == {"math"}
    assert "Papers in math.CO and cs.LG: top 10 by upvotes, compact." in plain(said)


async def test_an_empty_store_settles_the_first_day_later(empty_office: Office) -> None:
    await empty_office.ask("subscribe")
    assert (await only(empty_office)).due_from is None


async def test_the_same_twice_says_that_it_exists(office: Office) -> None:
    await office.ask("subscribe 9 cat:cs.LG")
    said = await office.ask("subscribe 09:00 filter:cat:CS.lg size:20")
    assert said.title == "This channel has that subscription already"
    assert len(office.wall.posted) == 1
    assert (await only(office)).size == 10


async def test_two_who_subscribe_at_once_make_one_subscription(office: Office) -> None:
    asked = [office.ask("subscribe", user=user) for user in (ADA, BERT, ADA)]
    said = [answer.title for answer in await asyncio.gather(*asked)]
    assert sum(title.startswith("Subscribed") for title in said) == 1
    await only(office)


async def test_a_channel_may_have_several(office: Office) -> None:
    await office.ask("subscribe 9")
    await office.ask("subscribe 18 cat:cs.LG")
    said = await office.ask("subscriptions")
    assert "#1 The Hugging Face picks, Monday to Friday at 09:00 Europe/Berlin" in plain(said)
    assert "#2 Papers in cs.LG, Monday to Friday at 18:00 Europe/Berlin" in plain(said)


async def test_who_may_not_manage_is_told_whom_to_ask(office: Office) -> None:
    asked = replace(office.invocation("subscribe", {}), may_manage=False)
    with pytest.raises(UserError, match="for those who manage this channel"):
        await office.commands.answer(asked)
    assert office.wall.posted == []


async def test_undo_removes_and_undo_of_that_brings_it_back(office: Office) -> None:
    said = await office.ask("subscribe")
    removed = message(await office.press(said, "Undo"))
    assert "#1 is removed" in plain(removed)
    assert await office.store.subscriptions.of_channel(CHANNEL) == []
    again = message(await office.press(said, "Undo"))
    assert plain(again) == plain(removed)
    await office.press(removed, "Undo")
    assert (await only(office)).state is SubscriptionState.ACTIVE


async def test_the_latest_is_posted_now_and_once(office: Office) -> None:
    said = await office.ask("subscribe")
    assert "on its way: 10 of 12" in plain(message(await office.press(said, "Post the latest now")))
    assert "out already" in plain(message(await office.press(said, "Post the latest now")))
    assert (await office.store.deliveries.counts())["waiting"] == 1


async def test_change_opens_a_form_with_what_holds_now(office: Office) -> None:
    said = await office.ask("subscribe 21.15 kathmandu sat-sun cat:cs.LG")
    form = await office.press(said, "Change")
    assert isinstance(form, Form)
    held = {field.name: field.value for field in form.fields}
    assert held == {
        "time": "21:15",
        "zone": "Asia/Kathmandu",
        "weekdays": "sat,sun",
        "filter": "cat:cs.LG",
        "size": "10",
        "ranking": "upvotes",
        "layout": "compact",
        "empty": "yes",
    }
    before = await only(office)
    sent = office.invocation(form.verb, {**form.args, **held})
    assert message(await office.commands.answer(sent)).title.startswith("Nothing to change")
    assert await only(office) == before
    assert button(said, "Change").args == form.args
