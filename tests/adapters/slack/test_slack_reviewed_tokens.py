"""Tokens of many workspaces: none is lost by what passes, or by what Slack says late."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from standins.slack import payloads
from standins.slack.deliveries import EVENT
from standins.slack_installed import KEY, install, running, slack_of_two
from standins.slack_newsstand import Stand, texts
from standins.slack_tenants import installation, keep
from structlog.testing import capture_logs

from adapters.slack.keys import Keys
from bot.errors import ChannelGoneError, TemporaryDeliveryError
from bot.messages import Message, line
from bot.models import Channel, SubscriptionState

NEWS = Message(title="News", lines=(line("Something happened."),))
CANT_KEEP = "a renewed token can't be kept yet"
PASSING = ["bad_client_secret", "ratelimited", "internal_error", "503", "429", "page"]


async def kept(stand: Stand) -> list[str]:
    return await stand.office.store.places.installations("slack")


async def send(stand: Stand, place: int = 0) -> str:
    there = stand.slack.channel("papers", place)
    channel = Channel("slack", there.workspace.id, there.id, there.name)
    return await stand.platform.send(channel, stand.platform.pack(NEWS)[0], "news", "")


@contextlib.contextmanager
def nothing_is_kept(database: Path) -> Iterator[None]:
    """What is written of installations fails within, as on a full disk."""
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON installations"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        try:
            yield
        finally:
            db.execute("DROP TRIGGER full")


@pytest.fixture
async def two(office):
    async with slack_of_two() as slack, running(office, slack) as made:
        for place in (0, 1):
            await install(made, place)
        yield made


@pytest.fixture
def later():
    return [timedelta(0)]


@pytest.fixture
async def rotating(office, later):
    async with slack_of_two(rotates=True) as slack, running(office, slack, later) as made:
        await install(made, 0)
        yield made


@pytest.mark.parametrize("kind", PASSING)
async def test_a_refresh_that_fails_for_what_passes_keeps_the_workspace(rotating, later, kind):
    later[0] = timedelta(hours=13)
    fault = rotating.slack.fault("oauth.v2.access", kind, times=None)
    with pytest.raises(TemporaryDeliveryError):
        await send(rotating)
    assert await kept(rotating) == [rotating.slack.workspaces[0].id]
    told = rotating.platform.remarks()
    assert [("SLACK_CLIENT_SECRET" in each) for each in told] == [True] * (kind == PASSING[0])
    fault.lift()
    assert await send(rotating)
    assert rotating.platform.remarks() == []


@pytest.mark.parametrize("kind", ["invalid_refresh_token", "token_revoked"])
async def test_a_refused_refresh_token_is_forgotten(rotating, later, kind):
    later[0] = timedelta(hours=13)
    rotating.slack.fault("oauth.v2.access", kind)
    with pytest.raises(ChannelGoneError):
        await send(rotating)
    assert await kept(rotating) == []


@pytest.mark.parametrize("code", ["missing_scope", "no_permission", "org_login_required"])
async def test_what_may_not_be_done_once_costs_no_token(two, code):
    two.slack.fault("chat.postMessage", code)
    meaning = ChannelGoneError if code == "no_permission" else TemporaryDeliveryError
    with pytest.raises(meaning):
        await send(two)
    assert len(await kept(two)) == 2
    assert await send(two)


async def test_a_renewed_token_serves_and_is_kept_once_the_store_can(
    office, later, tmp_path, monkeypatch
):
    monkeypatch.setattr("adapters.slack.installed.STORE_PAUSE", 0.05)
    async with slack_of_two(rotates=True) as slack:
        async with running(office, slack, later) as stand:
            await install(stand, 0)
            old = slack.workspaces[0].bot_token
            later[0] = timedelta(hours=11)
            with nothing_is_kept(tmp_path / "papers.db"):
                await send(stand)  # the old one serves yet, and is renewed meanwhile
                await slack.until(lambda: slack.workspaces[0].bot_token != old)
                later[0] = timedelta(hours=13)
                await send(stand)
            [first, second] = slack.calls("chat.postMessage")
            assert [first.token, second.token] == [old, slack.workspaces[0].bot_token]
            before = len(slack.calls("oauth.v2.access"))
        async with running(office, slack, later) as stand:
            await send(stand)
        assert len(slack.calls("oauth.v2.access")) == before


async def test_a_renewed_token_is_kept_when_paperboy_stops_in_the_middle(office, later, tmp_path):
    async with slack_of_two(rotates=True) as slack:
        async with running(office, slack, later) as stand:
            await install(stand, 0)
            later[0] = timedelta(hours=11)
            with capture_logs() as said, nothing_is_kept(tmp_path / "papers.db"):
                await send(stand)
                # The next try is seconds away.
                await slack.until(lambda: [each for each in said if CANT_KEEP in each["event"]])
        later[0] = timedelta(hours=13)
        before = len(slack.calls("oauth.v2.access"))
        async with running(office, slack, later) as stand:
            await send(stand)
        assert len(slack.calls("oauth.v2.access")) == before


async def test_a_late_refusal_of_the_token_of_before_keeps_the_new_one(two):
    first = two.slack.workspaces[0]
    two.slack.fault("chat.postMessage", "timeout", seconds=1.5)
    sending = asyncio.create_task(send(two))
    await two.slack.until(lambda: two.slack.calls("chat.postMessage"))
    old = first.bot_token
    two.slack.world.tokens[old].state = "token_revoked"
    first.bot_token = ""
    await install(two, 0)
    with pytest.raises(TemporaryDeliveryError):
        await sending
    assert len(await kept(two)) == 2
    assert await send(two)
    assert two.slack.calls("chat.postMessage")[-1].token not in {old, ""}


@pytest.mark.parametrize("told", ["app_uninstalled", "tokens_revoked"])
async def test_a_late_word_of_a_removal_keeps_what_was_installed_since(two, told):
    await two.subscribe()
    first = two.slack.workspaces[0]
    about = {"type": told, "event_ts": "1", "tokens": {"bot": [first.bot.id]}}
    before = len(two.slack.calls("auth.test"))
    late = payloads.event(two.slack.world, first.bot, about)
    late["event_time"] = int(time.time()) - 300
    two.slack.deliver(EVENT, late)
    await two.slack.until(lambda: len(two.slack.calls("auth.test")) > before)
    assert "Diffusion" in texts(await two.ask("diffusion"))
    assert len(await kept(two)) == 2
    await two.comes_to(SubscriptionState.ACTIVE)


async def test_a_late_word_of_a_removal_pauses_nothing_in_one_workspace(stand):
    await stand.subscribe()
    first = stand.slack.workspaces[0]
    before = len(stand.slack.calls("auth.test"))
    stand.slack.tell(first, {"type": "app_uninstalled", "event_ts": "1"})
    await stand.slack.until(lambda: len(stand.slack.calls("auth.test")) > before)
    await stand.ask("status")
    await stand.comes_to(SubscriptionState.ACTIVE)


async def test_an_old_key_can_go_after_one_start_with_both(office):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    async with slack_of_two() as slack:
        async with running(office, slack, key=old) as stand:
            await install(stand, 0)
        async with running(office, slack, key=f"{new},{old}"):
            pass
        async with running(office, slack, key=new) as stand:
            assert stand.platform.remarks() == []
            assert await send(stand)


async def test_tokens_that_no_key_decrypts_are_remarked_until_it_is_installed_again(office):
    async with slack_of_two() as slack:
        async with running(office, slack) as stand:
            await install(stand, 0)
        async with running(office, slack, key=Fernet.generate_key().decode()) as stand:
            assert "SLACK_ENCRYPTION_KEY" in stand.platform.remarks()[0]
            with pytest.raises(TemporaryDeliveryError):
                await send(stand)
            assert len(await kept(stand)) == 1
            await install(stand, 0)
            assert await send(stand)
            assert stand.platform.remarks() == []


async def test_a_whole_organisation_is_told_to_choose_a_workspace_and_nothing_is_kept(office):
    async with slack_of_two() as slack, running(office, slack) as stand:
        slack.app.whole_organisation = True
        seen = await install(stand, 0)
        assert seen.status == 400
        assert "Choose one workspace" in seen.page
        assert await kept(stand) == []


async def test_what_comes_while_the_store_can_not_be_read_is_brought_again_and_answered(
    office, tmp_path
):
    async with (
        slack_of_two(ack_seconds=0.4, retry_waits=(0.2, 0.2, 0.2)) as slack,
        running(office, slack) as stand,
    ):
        # Another process has installed it: this one has it not in memory.
        await keep(office.store, KEY, installation(slack.workspaces[0]))
        with contextlib.closing(sqlite3.connect(tmp_path / "papers.db")) as db:
            db.execute("ALTER TABLE installations RENAME TO away")
            asked = stand.slack.direct(stand.member, "help")
            await slack.until(lambda: len(asked.delivery.tries) > 1)
            db.execute("ALTER TABLE away RENAME TO installations")
        assert "/papers" in texts(await asked.message())
        assert len(asked.messages) == 1


async def test_an_invitation_in_a_channel_of_two_workspaces_is_greeted(two):
    first, papers = two.slack.workspaces[0], two.slack.channel("papers")
    about = {
        "type": "member_joined_channel",
        "user": first.bot.id,
        "channel": papers.id,
        "channel_type": "C",
        "team": first.id,
        "inviter": two.member.id,
    }
    told = payloads.event(two.slack.world, first.bot, about)
    told |= {"team_id": "T0OTHER", "is_ext_shared_channel": True}  # where it happened
    two.slack.deliver(EVENT, told)
    assert "brings the day's research papers" in texts(await two.private(1))


def test_a_secret_of_the_first_key_is_not_encrypted_anew():
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    both = Keys(f"{new},{old}")
    assert both.rotated(both.encrypt(b"text")) is None
    moved = both.rotated(Keys(old).encrypt(b"text"))
    assert moved is not None
    assert Keys(new).decrypt(moved) == b"text"
