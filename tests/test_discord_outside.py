"""Seen from Discord's side: requests hold what its published description has, in its types."""

import asyncio
import time
from datetime import timedelta

import pytest
from standins.discord.published import ID, problems
from standins.newsstand import office, stand

from adapters.discord.pacer import Pacer
from adapters.discord.sending import Sender
from bot.errors import TemporaryDeliveryError
from bot.messages import Message, PaperCard, line
from bot.models import DIRECT, Channel, Layout, ListedPaper, Paper

__all__ = ["office", "stand"]
SEND = "POST /channels/{channel}/messages"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
COMMANDS = "PUT /applications/{app}/commands"


def to_papers(stand):
    papers = stand.discord.channel("papers")
    return Channel("discord", str(papers.guild.id), str(papers.id), "papers")


@pytest.mark.parametrize(
    ("route", "query", "body", "told"),
    [
        (SEND, {}, {"contents": "a"}, ".contents: unknown"),
        (SEND, {}, {"flags": True}, ".flags: True"),
        (SEND, {}, {"content": 1}, ".content: 1"),
        (SEND, {}, {"allowed_mentions": {"parse": ["all"]}}, ".allowed_mentions.parse[0]: 'all'"),
        (SEND, {}, {"message_reference": {}}, ".message_reference.message_id: missing"),
        (SEND, {}, {"components": ["text"]}, ".components[0]: 'text'"),
        (SEND, {}, [], ": list"),
        (SEND, {"wait": "1"}, {"content": "a"}, "?wait: unknown"),
        (CALLBACK, {}, {"type": 3}, ".type: 3"),
        (CALLBACK, {}, {"type": 9, "data": {"title": "a", "components": []}}, "custom_id: missing"),
        (CALLBACK, {}, {"type": 8, "data": {"choices": [{"name": "a"}]}}, "[0].value: missing"),
        (COMMANDS, {}, [{"name": "a", "options": [{"type": 1}]}], "[0].options[0].name: missing"),
        ("GET /gateway/bot", {}, {"a": 1}, "a body"),
        ("GET /somewhere", {}, None, "not written down here"),
    ],
)
def test_what_discord_has_no_word_for_is_found(route, query, body, told):
    assert any(told in each for each in problems(route, query, body))


@pytest.mark.parametrize(
    ("route", "query", "body"),
    [
        (SEND, {}, {"content": None, "components": [{"type": 10}], "nonce": "a", "tts": False}),
        (CALLBACK, {"with_response": "true"}, {"type": 5, "data": {"flags": 64}}),
        (CALLBACK, {}, {"type": 6}),
        (COMMANDS, {}, [{"name": "a", "options": [{"type": 3, "name": "b", "description": "c"}]}]),
    ],
)
def test_what_discord_knows_passes(route, query, body):
    assert problems(route, query, body) == []


async def test_whom_and_what_a_delivery_is_about_is_told_as_text(stand):
    """Ids are text in Discord's description; numbers of 64 bits are no numbers everywhere."""
    stand.discord.fail("POST", "/channels/*/messages/*/threads", 403, 50013, times=None)
    first, second, *_ = thread_of_papers(stand)
    heading = await stand.platform.send(to_papers(stand), first, "edition:1:0", "")
    await stand.platform.send(to_papers(stand), second, "edition:1:1", heading)
    door = Channel("discord", DIRECT, str(stand.member.id), "grace")
    [hello] = stand.platform.pack(Message(lines=(line("Hello."),)))
    await stand.platform.send(door, hello, "alerts:1:0", "")

    [opened] = stand.discord.asked_for("POST", "/users/@me/channels")
    assert ID.fullmatch(opened.body["recipient_id"])
    [answer] = [
        each.body["message_reference"]
        for each in stand.discord.asked_for("POST", "/channels/*/messages")
        if "message_reference" in each.body
    ]
    assert ID.fullmatch(answer["message_id"])


def thread_of_papers(stand):
    """A heading, and a message for each of three papers."""
    papers = [ListedPaper(Paper(f"2611.0000{n}", "A title", "Text.")) for n in (1, 2, 3)]
    cards = tuple(PaperCard(each, n) for n, each in enumerate(papers, 1))
    digest = Message(title="Papers", cards=cards, layout=Layout.THREAD, silent=True)
    return stand.platform.pack(digest)


async def send_all(stand, payloads):
    """What a digest in a thread sends; the references."""
    place, references = to_papers(stand), []
    for number, payload in enumerate(payloads):
        reply_to = references[0] if references else ""
        key = f"edition:1:{number}"
        references.append(await stand.platform.send(place, payload, key, reply_to))
    return references


async def test_a_message_in_a_thread_is_one_request(stand):
    payloads = thread_of_papers(stand)
    before = len(stand.discord.requests)
    await send_all(stand, payloads)
    assert len(stand.discord.requests) - before == len(payloads) + 1  # which opened the thread
    assert stand.discord.status_count(400) == 0


async def test_a_thread_that_somebody_deleted_closes_no_channel(stand):
    stand.discord.fail("POST", "/channels/*/messages/*/threads", 400, 160004, times=None)
    payloads = thread_of_papers(stand)
    await send_all(stand, payloads)
    assert len(stand.discord.messages(stand.discord.channel("papers"))) == len(payloads)


@pytest.fixture
def impatient(stand):
    """What sends, with a fraction of a second for each try."""
    client = stand.platform._sender._client
    stand.platform._sender = Sender(client, Pacer(1000, time.monotonic), longest_try=0.3)
    return stand


@pytest.mark.parametrize(
    "misbehaviour",
    [
        {"kind": "hang", "seconds": 5},
        {"status": 504, "times": 4},
        {"status": 429, "retry_after": 0.2, "times": 4},
    ],
)
async def test_no_try_lasts_longer_than_discord_remembers_it(impatient, misbehaviour):
    """What is tried again by the library itself, minutes later, could be said twice."""
    impatient.discord.fail("POST", "/channels/*/messages", **misbehaviour)
    [payload] = impatient.platform.pack(Message(lines=(line("Hello."),)))
    began = time.monotonic()
    with pytest.raises(TemporaryDeliveryError):
        await impatient.platform.send(to_papers(impatient), payload, "edition:1:0", "")
    assert time.monotonic() - began < 2


async def test_a_longer_wait_is_told_with_its_length(impatient):
    impatient.discord.fail("POST", "/channels/*/messages", 429, retry_after=40)
    [payload] = impatient.platform.pack(Message(lines=(line("Hello."),)))
    with pytest.raises(TemporaryDeliveryError) as raised:
        await impatient.platform.send(to_papers(impatient), payload, "edition:1:0", "")
    assert raised.value.retry_after == timedelta(seconds=40)


async def test_who_is_broken_off_at_the_limit_of_all_holds_up_nobody_else(impatient):
    impatient.discord.fail(
        "POST", "/channels/*/messages", 429, retry_after=0.25, is_global=True, times=2
    )
    [payload] = impatient.platform.pack(Message(lines=(line("Hello."),)))
    with pytest.raises(TemporaryDeliveryError):
        await impatient.platform.send(to_papers(impatient), payload, "edition:1:0", "")
    async with asyncio.timeout(2):
        await impatient.platform.send(to_papers(impatient), payload, "edition:1:0", "")
    assert len(impatient.discord.messages(impatient.discord.channel("papers"))) == 1
