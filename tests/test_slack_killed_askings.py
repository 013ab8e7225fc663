"""What people ask of Paperboy in Slack around its being killed: Slack brings it again, and nothing
is done or said twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from standins.daemon import LIBRARY, NO_LIBRARY, until
from standins.daemon import open_house as open_a_house
from standins.slack.asked import Asked
from standins.slack.server import SlackStandin
from standins.slack.world import Channel

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

NOW = datetime(2026, 11, 12, 10, tzinfo=UTC)
THERE = "SELECT count(*) FROM subscriptions s JOIN channels c ON c.pk = s.channel WHERE c.id = ?"
KINDS = ("command", "press", "mention")


class Asking:
    """One person who subscribes three channels, in each way that there is."""

    def __init__(self, house, slack) -> None:
        self.house, self.slack = house, slack
        self.ada = slack.add_user("ada", tz="Europe/Berlin")
        world, place = slack.world, slack.workspaces[0]
        self.channels: list[Channel] = [
            world.add_channel(kind, place, members=[self.ada, place.bot]) for kind in KINDS
        ]

    async def begin(self) -> list[Asked]:
        """Ask all at once; the button is that of the offer to whoever invites Paperboy."""
        command, press, mention = self.channels
        press.members.discard(press.workspace.bot)
        offer = await self.slack.invite(self.ada, press).ephemeral(within=15)
        [button] = [each for each in _labels(offer.blocks) if each.startswith("Weekdays")]
        return [
            self.slack.slash(self.ada, command, "subscribe 9:00"),
            self.slack.press(self.ada, offer, button),
            self.slack.mention(self.ada, mention, "subscribe 9:00"),
        ]

    def done(self) -> list[int]:
        """By channel how many subscriptions there are."""
        return [self.house.outbox.read(THERE, each.id)[0][0] for each in self.channels]


def _labels(blocks) -> list[str]:
    found = [each for block in blocks for each in block.get("elements", ())]
    return [each["text"]["text"] for each in found if each["type"] == "button"]


MOMENTS = {
    "sent": lambda _asking, asked: all(each.delivery.tries for each in asked),
    "acknowledged": lambda _asking, asked: any(each.ack for each in asked),
    "all acknowledged": lambda _asking, asked: all(each.ack for each in asked),
    "done": lambda asking, _asked: any(asking.done()),
    "answered": lambda _asking, asked: any(each.messages for each in asked),
    "all answered": lambda _asking, asked: all(each.messages for each in asked),
}


@pytest.fixture
async def asking(tmp_path):
    async with (
        open_a_house(tmp_path, NOW, 1) as house,
        SlackStandin(clock=house.clock.timestamp, post_rate=None) as slack,
    ):
        house.settings |= {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
        }
        yield Asking(house, slack)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("moment", MOMENTS)
async def test_what_slack_brings_again_after_a_kill_is_done_and_said_once(asking, moment):
    house, slack = asking.house, asking.slack
    daemon = await house.start()
    await slack.ready(within=30)
    asked = await asking.begin()
    await until(lambda: MOMENTS[moment](asking, asked), moment)
    done = asking.done()
    await daemon.kill()

    daemon = await house.start()
    await slack.ready(within=30)
    again = [slack.repeat(each, attempt) for attempt in (1, 2) for each in asked]
    await until(lambda: all(each.ack for each in again), "all is acknowledged again")
    await house.stop(daemon)  # which finishes what is under way

    assert all(count <= 1 for count in asking.done()), "nothing is done twice"
    assert all(now >= then for now, then in zip(asking.done(), done, strict=True))
    for each in asked:
        assert_each_once(message.text for message in each.messages)


def assert_each_once(told) -> None:
    """Where it posts, and its answer, are two messages: neither comes again."""
    assert [text for text, times in Counter(told).items() if times > 1] == []
