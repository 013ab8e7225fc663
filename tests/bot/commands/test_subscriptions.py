from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from standins.office import ADA, BERT, CHANNEL, ELSEWHERE, MONDAY, Office, message, plain

from bot.errors import UserError
from bot.models import ARXIV, HUGGINGFACE, Pull, PullState, Subscription, SubscriptionState

NEW, QUIET = PullState.NEW, PullState.QUIET


async def only(office: Office) -> Subscription:
    [subscription] = await office.store.subscriptions.of_channel(CHANNEL)
    return subscription


@pytest.fixture
async def subscribed(office: Office) -> Office:
    await office.ask("subscribe 9")
    return office


async def test_an_empty_channel_offers_to_subscribe(office: Office) -> None:
    said = await office.ask("subscriptions list")
    assert "Nothing is subscribed in this channel yet." in plain(said)
    assert message(await office.press(said, "Subscribe")).title.startswith("Subscribed")
    with pytest.raises(UserError, match="begin with: /papers subscribe"):
        await office.ask("subscriptions pause", channel=ELSEWHERE)


async def test_a_change_keeps_what_was_not_named(subscribed: Office) -> None:
    before = await only(subscribed)
    await subscribed.ask("subscriptions change size:20 ranking:newest", user=BERT)
    after = await only(subscribed)
    expected = replace(before, size=20, ranking=after.ranking, contact=BERT)
    assert after == expected
    assert after.ranking == "newest"


async def test_a_changed_hour_changes_the_next(subscribed: Office) -> None:
    said = await subscribed.ask("subscriptions change 7:30 new york")
    assert (await only(subscribed)).next_due_at == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    assert "next: Mon 23 Nov, 07:30 America/New_York" in plain(said)


async def test_a_changed_hour_never_brings_a_second_edition_of_a_day(subscribed: Office) -> None:
    await subscribed.ask("subscriptions now")
    await subscribed.ask("subscriptions change 18:00")
    assert (await only(subscribed)).next_due_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


async def test_a_new_filter_starts_where_the_last_edition_ended(subscribed: Office) -> None:
    await subscribed.ask("subscriptions change filter:mamba")
    assert (await only(subscribed)).due_from == date(2026, 11, 20)
    await subscribed.ask("subscriptions change filter:diffusion")
    await subscribed.ask("subscriptions now")
    said = await subscribed.ask('subscriptions change filter:""')
    assert (await only(subscribed)).due_from == MONDAY
    assert "The Hugging Face picks" in plain(said)


async def test_a_change_into_what_another_brings_is_refused(subscribed: Office) -> None:
    await subscribed.ask("subscribe 18")
    with pytest.raises(UserError, match="#1 brings exactly that already"):
        await subscribed.ask("subscriptions change 2 time:9")


async def test_where_there_are_several_it_asks_which(subscribed: Office) -> None:
    await subscribed.ask("subscribe 18")
    asked = await subscribed.ask("subscriptions pause")
    assert "Which one?" in plain(asked)
    await subscribed.press(asked, "#2")
    states = [s.state for s in await subscribed.store.subscriptions.of_channel(CHANNEL)]
    assert states == [SubscriptionState.ACTIVE, SubscriptionState.PAUSED]


async def test_a_subscription_of_another_channel_is_as_good_as_none(subscribed: Office) -> None:
    await subscribed.ask("subscribe 9", channel=ELSEWHERE)
    for verb in ("pause 2", "remove 2", "change 2 size:3", "adopt 2", "now 2", "pause 99"):
        with pytest.raises(UserError, match="there is no subscription #"):
            await subscribed.ask(f"subscriptions {verb}", user=BERT)
    [elsewhere] = await subscribed.store.subscriptions.of_channel(ELSEWHERE)
    assert (elsewhere.state, elsewhere.contact) == (SubscriptionState.ACTIVE, ADA)


async def test_a_pause_tells_who_and_since_when_and_twice_is_no_error(subscribed: Office) -> None:
    await subscribed.ask("subscriptions pause", user=BERT)
    subscribed.now += timedelta(hours=1)
    said = await subscribed.ask("subscriptions pause")
    assert "#1 is paused since Mon 23 Nov, 07:00 Europe/Berlin, by Bert." in plain(said)
    assert (await only(subscribed)).paused_at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


async def test_resumed_before_its_hour_it_goes_on_as_before(subscribed: Office) -> None:
    before = await only(subscribed)
    paused = await subscribed.ask("subscriptions pause")
    said = message(await subscribed.press(paused, "Resume"))
    assert "The next digest comes Monday 23 November 2026, 09:00 Europe/Berlin." in plain(said)
    assert await only(subscribed) == before
    assert "#1 is active already; the next digest comes" in plain(
        message(await subscribed.press(paused, "Resume"))
    )


async def test_resumed_after_its_hour_one_edition_is_due_for_the_time_away(
    subscribed: Office,
) -> None:
    paused_at = subscribed.now
    await subscribed.ask("subscriptions pause")
    subscribed.now += timedelta(days=9)
    said = await subscribed.ask("subscriptions resume")
    assert "One digest for the time away comes first." in plain(said)
    after = await only(subscribed)
    assert (after.next_due_at, after.away_since) == (subscribed.now, paused_at)


async def test_an_hour_changed_in_a_pause_forgets_no_missed_one(subscribed: Office) -> None:
    await subscribed.ask("subscriptions pause")
    subscribed.now += timedelta(days=9)
    await subscribed.ask("subscriptions change 12:00")
    await subscribed.ask("subscriptions resume")
    after = await only(subscribed)
    assert after.hour == time(12)
    assert after.next_due_at == subscribed.now


async def test_a_paused_one_that_was_removed_comes_back_paused(subscribed: Office) -> None:
    await subscribed.ask("subscriptions pause", user=BERT)
    removed = await subscribed.ask("subscriptions remove")
    await subscribed.press(removed, "Undo")
    after = await only(subscribed)
    assert (after.state, after.pause_reason) == (SubscriptionState.PAUSED, "paused by Bert")


async def test_a_removed_one_is_left_alone_by_old_buttons(subscribed: Office) -> None:
    listed = await subscribed.ask("subscriptions")
    await subscribed.ask("subscriptions remove")
    assert "#1 is removed" in plain(message(await subscribed.press(listed, "Pause")))
    with pytest.raises(UserError, match="bring it back with: /papers subscriptions resume 1"):
        await subscribed.press(listed, "Change")
    assert await subscribed.store.subscriptions.of_channel(CHANNEL) == []


async def test_what_was_removed_does_not_come_back_beside_its_twin(subscribed: Office) -> None:
    removed = await subscribed.ask("subscriptions remove")
    await subscribed.ask("subscribe 9")
    with pytest.raises(UserError, match="#2 brings exactly that already"):
        await subscribed.press(removed, "Undo")
    assert (await only(subscribed)).id == 2


async def test_a_test_is_posted_and_uses_nothing_up(subscribed: Office) -> None:
    before = await only(subscribed)
    said = await subscribed.ask("subscriptions test")
    assert "10 of 12 papers. It uses nothing up." in plain(said)
    [delivery] = await subscribed.store.deliveries.claim(
        ["wall"], "test", subscribed.now, timedelta(minutes=1), 9
    )
    assert delivery.key.startswith("test:")
    assert delivery.payload.plain.startswith("Test: ")
    assert await only(subscribed) == before
    assert "10 of 12" in plain(await subscribed.ask("subscriptions now"))


async def test_the_same_press_delivered_twice_posts_one_test(subscribed: Office) -> None:
    asked = subscribed.invocation("subscriptions test", {})
    await subscribed.commands.answer(asked)
    await subscribed.commands.answer(asked)
    assert (await subscribed.store.deliveries.counts())["waiting"] == 1


async def test_a_paused_one_posts_nothing_now(subscribed: Office) -> None:
    await subscribed.ask("subscriptions pause")
    assert "#1 is paused since" in plain(await subscribed.ask("subscriptions now"))
    assert (await subscribed.store.deliveries.counts()).get("waiting", 0) == 0


async def test_whoever_adopts_one_becomes_its_contact(subscribed: Office) -> None:
    said = await subscribed.ask("subscriptions adopt", user=BERT)
    assert "You look after #1 now, instead of Ada." in plain(said)
    assert (await only(subscribed)).contact == BERT
    assert "already" in plain(await subscribed.ask("subscriptions adopt", user=BERT))


async def test_status_tells_this_channel_first_then_the_whole(subscribed: Office) -> None:
    before = plain(await subscribed.ask("status"))
    assert "Last edition: none yet" in before
    assert "Next: Mon 23 Nov, 09:00 Europe/Berlin" in before
    await subscribed.ask("subscriptions now")
    after = plain(await subscribed.ask("status"))
    assert "Last edition: Mon 23 Nov, 07:00 Europe/Berlin, 10 of 12 papers" in after
    assert "Next: Tue 24 Nov, 09:00 Europe/Berlin" in after
    assert "Hugging Face: not pulled yet" in after
    assert "15 papers kept; search reaches back to Thu 19 Nov 2026 for Hugging Face." in after
    assert "1 message waiting to be sent" in after


async def test_status_tells_how_the_latest_pulls_ended(office: Office) -> None:
    for source, state, entries in ((HUGGINGFACE, NEW, 1204), (ARXIV, QUIET, 0)):
        at = office.now
        pull = Pull(source, at.date(), at.date(), at, at, state, entries=entries, new=entries)
        await office.store.pulls.record(pull)
    told = plain(await office.ask("status")).splitlines()
    moment = "Mon 23 Nov, 07:00 Europe/Berlin"
    assert f"Hugging Face: new, {moment}; 1,204 entries, 1,204 new" in told
    assert f"arXiv: quiet (nothing new), {moment}" in told


async def test_status_tells_a_pause_and_its_reason(subscribed: Office) -> None:
    await subscribed.store.subscriptions.pause_channel(CHANNEL, "it is closed", subscribed.now)
    told = plain(await subscribed.ask("status"))
    assert "Paused since Mon 23 Nov, 07:00 Europe/Berlin: it is closed" in told


async def test_status_tells_what_could_not_be_delivered(subscribed: Office) -> None:
    await subscribed.ask("subscriptions now")
    [delivery] = await subscribed.store.deliveries.claim(
        ["wall"], "test", subscribed.now, timedelta(minutes=1), 9
    )
    await subscribed.store.deliveries.fail(delivery, "the wall fell", subscribed.now)
    told = plain(await subscribed.ask("status"))
    assert "Not delivered: a message of Mon 23 Nov, 07:00 Europe/Berlin" in told
    assert "the wall fell" in told
    assert "1 given up" in told
    assert "the wall fell" not in plain(await subscribed.ask("status", channel=ELSEWHERE))


async def test_help_names_every_verb_and_explains_each(office: Office) -> None:
    overview = plain(await office.ask("help"))
    lines = overview.splitlines()
    for command in office.commands.table:
        group, _, second = command.name.partition(" ")
        assert any(text.startswith(f"/papers {group}") and second in text for text in lines)
        told = plain(await office.ask(f"help {command.name}"))
        assert all(param.name in told.lower() for param in command.typed)
    assert "subscriptions pause" in plain(await office.ask("help subscriptions"))
    with pytest.raises(UserError, match="there is no verb dance; see: /papers help"):
        await office.ask("help dance")


async def test_an_unknown_verb_or_option_is_named(office: Office) -> None:
    with pytest.raises(UserError, match="there is no verb dance"):
        await office.commands.answer(office.invocation("dance", {}))
    with pytest.raises(UserError, match="status has no option speed"):
        await office.commands.answer(office.invocation("status", {"speed": "9"}))
    with pytest.raises(UserError, match="id is missing"):
        await office.commands.answer(office.invocation("paper", {}))
    with pytest.raises(UserError, match="query has at most 1000 characters"):
        await office.commands.answer(office.invocation("search", {"query": "x" * 100_000}))


async def test_a_change_to_what_holds_already_says_so(subscribed: Office) -> None:
    assert (await subscribed.ask("subscriptions change size:5")).title == "Changed"
    again = await subscribed.ask("subscriptions change size:5")
    assert again.title == "Nothing to change: it is so already"
