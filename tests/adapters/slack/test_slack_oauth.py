"""Many workspaces: installed by OAuth, each with a token of its own that nobody else can read."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from standins.office import Office
from standins.slack_installed import install, running, slack_of_two
from standins.slack_newsstand import texts

from bot.errors import ChannelGoneError
from bot.messages import Message, line
from bot.models import Channel, SubscriptionState
from storage import open_store

NEWS = Message(title="News", lines=(line("Something happened."),))


@pytest.fixture
async def stand(office):
    async with slack_of_two() as slack, running(office, slack) as made:
        yield made


async def test_two_workspaces_are_installed_and_each_is_answered_with_its_own_token(stand):
    for place in (0, 1):
        seen = await install(stand, place)
        assert seen.status == 200
        assert "Paperboy is installed" in seen.page
    other = stand.slack.add_user("bert", stand.slack.workspaces[1])
    there = stand.slack.channel("papers", 1)
    assert "Diffusion" in texts(await stand.ask("diffusion"))
    assert "Diffusion" in texts(await stand.slack.slash(other, there, "diffusion").message())


async def test_what_is_refused_installs_nothing(stand):
    seen = await install(stand, 0, approve=False)
    assert "declined" in seen.page
    assert await stand.office.store.places.installations("slack") == []


@pytest.mark.parametrize("wrong", [{"forget_cookies": True}, {"tampered_state": "abc"}])
async def test_whoever_was_not_sent_by_us_installs_nothing(stand, wrong):
    seen = await install(stand, 0, **wrong)
    assert seen.status == 400
    assert await stand.office.store.places.installations("slack") == []


async def test_no_token_is_read_from_the_database(stand, tmp_path):
    await install(stand, 0)
    token = stand.slack.workspaces[0].bot_token
    files = b"".join(each.read_bytes() for each in tmp_path.glob("papers.db*"))
    assert token.startswith("xoxb-")
    assert token.encode() not in files


async def test_an_installation_outlives_a_restart(office):
    async with slack_of_two() as slack:
        async with running(office, slack) as stand:
            await install(stand, 0)
        async with running(office, slack) as stand:
            assert "Diffusion" in texts(await stand.ask("diffusion"))


async def test_removing_and_installing_again_goes_on(stand):
    await install(stand, 0)
    await stand.subscribe()
    stand.slack.uninstall(stand.slack.workspaces[0])
    await stand.comes_to(SubscriptionState.PAUSED)
    assert await stand.office.store.places.installations("slack") == []
    await install(stand, 0)
    await stand.comes_to(SubscriptionState.ACTIVE)


async def test_one_workspaces_trouble_is_its_own(stand):
    for place in (0, 1):
        await install(stand, place)
    first, second = stand.slack.workspaces
    payload = stand.platform.pack(NEWS)[0]
    stand.slack.fault("chat.postMessage", "token_revoked", workspace=first)
    place = Channel("slack", first.id, stand.slack.channel("papers", 0).id)
    with pytest.raises(ChannelGoneError):
        await stand.platform.send(place, payload, "one", "")
    there = stand.slack.channel("papers", 1)
    await stand.platform.send(Channel("slack", second.id, there.id), payload, "two", "")
    assert len(stand.slack.messages(there)) == 1
    assert await stand.office.store.places.installations("slack") == [second.id]


async def test_tokens_that_end_are_renewed_once_though_many_ask(office):
    later = [timedelta(0)]
    async with slack_of_two(rotates=True) as slack, running(office, slack, later) as stand:
        await install(stand, 0)
        old = slack.workspaces[0].bot_token
        later[0] = timedelta(hours=11)
        asked = [slack.slash(stand.member, stand.papers, "status") for _ in range(5)]
        await stand.private(len(asked))
        for each in asked:
            await each.acked()
        await slack.until(lambda: slack.workspaces[0].bot_token != old)
        assert len(slack.calls("oauth.v2.access")) == 2


async def test_two_processes_do_not_lock_each_other_out(office, tmp_path):
    later = [timedelta(0)]
    async with slack_of_two(rotates=True) as slack, running(office, slack, later) as one:
        await install(one, 0)
        store = open_store(f"sqlite:///{tmp_path}/papers.db")
        second = Office(store)
        async with running(second, slack, later) as two:
            later[0] = timedelta(hours=13)
            workspaces = [each.platform.workspaces for each in (one, two)]
            team = slack.workspaces[0].id
            found = await asyncio.gather(*(each.get(team) for each in workspaces * 3))
        await store.close()
    assert {each.token for each in found} == {slack.workspaces[0].bot_token}
    assert len(slack.calls("oauth.v2.access")) == 2
