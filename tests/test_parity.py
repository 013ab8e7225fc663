"""The console, Discord and Slack do and say the same: every verb, button, form and layout.

In tests/standins/parity stand the tables: askings.py and fillings.py hold what is asked, apart.py
where a platform differs, and why. A verb that is not asked for, or that one platform lacks, fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from standins.parity import contents
from standins.parity.apart import BARE, FORMLESS, common_line
from standins.parity.askings import ASKINGS, Asking
from standins.parity.comparing import (
    assert_alike,
    assert_said_alike,
    merged,
    numbered,
    pressable,
)
from standins.parity.discord_talk import DiscordTalk
from standins.parity.fillings import FILLINGS, Filling
from standins.parity.said import Answer, Asks, Said, Talk, as_refusal
from standins.parity.slack_talk import SlackTalk
from standins.parity.stage import Act, Content, Stage, Turn, open_stage

from bot.alerting import Bundler
from bot.commands.table import COMMANDS
from bot.models import Layout

COMMAND = {command.name: command for command in COMMANDS}


@contextmanager
def about(what: object) -> Iterator[None]:
    """An error within tells what was asked for."""
    try:
        yield
    except Exception as error:
        error.add_note(f"it was: {what}")
        raise


def test_every_verb_is_asked_for_and_every_form_is_filled_in() -> None:
    assert {asking.verb for asking in ASKINGS} == {command.name for command in COMMANDS}
    asking = {command.name for command in COMMANDS if command.form}
    assert asking <= {filling.verb for filling in FILLINGS}


@pytest.mark.parametrize("verb", [command.name for command in COMMANDS])
async def test_a_verb_and_its_buttons_do_and_say_the_same(tmp_path, monkeypatch, verb) -> None:
    async with open_stage(tmp_path, monkeypatch) as stage:
        for asking in [each for each in ASKINGS if each.verb == verb]:
            await done_alike(stage, asking.content, asking.by, asking)


async def done_alike(
    stage: Stage, content: Content, act: Act, what: object, *, private: bool = True
) -> dict[str, Turn]:
    """Do this, and press each of the buttons that the answer has. `private` as in assert_alike."""
    with about(what):
        await stage.hold(content)
        turns = await stage.look(act)
        assert_alike(turns, private=private)
    for label in labels_of(turns):
        with about(f"{what}, then {label}"):
            await stage.hold(content)
            pressed = await then_pressed(stage, act, label)
            assert_pressed_alike(pressed, label, private=private)
    return turns


def labels_of(turns: dict[str, Turn]) -> list[str]:
    """What can be pressed in an answer, by its label on all platforms."""
    [(name, turn), *_] = turns.items()
    return [*pressable(name, turn.said)]


async def then_pressed(stage: Stage, act: Act, label: str) -> dict[str, Turn]:
    """What comes of it that something is done, and a button of the answer is pressed."""

    async def press(talk: Talk) -> Answer:
        said = await act(talk)
        assert isinstance(said, Said)
        await talk.posted()
        return await talk.press(said, pressable(talk.name, said)[label])

    return await stage.look(press)


def assert_pressed_alike(turns: dict[str, Turn], label: str, *, private: bool = True) -> None:
    """`private` as in assert_alike."""
    kinds = {name: type(turn.answer) for name, turn in turns.items()}
    if not kinds.items() <= BARE.get(label, {}).items():
        assert_alike(turns, private=private)


@pytest.mark.parametrize("filling", FILLINGS, ids=str)
async def test_a_form_asks_for_and_does_the_same(tmp_path, monkeypatch, filling: Filling) -> None:
    async with open_stage(tmp_path, monkeypatch) as stage:
        if not any(verb == filling.verb for _, verb in FORMLESS):
            await stage.hold(filling.content)
            assert_alike(await stage.look(filling.opened))
        await stage.hold(filling.content)
        turns = await stage.turn(lambda talk: filling.filled(talk, filling.values))
        assert_alike(turns)
        for bad in filling.bad:
            with about(bad):
                await assert_refused_alike(stage, filling, bad)


async def test_slacks_form_sent_as_it_stands_is_the_verb_alone(tmp_path, monkeypatch) -> None:
    """Discord tells nobody's zone, so there it is named."""

    async def subscribe(talk: Talk) -> Answer:
        zone = {"zone": contents.ZONE} if isinstance(talk, DiscordTalk) else {}
        answer = await talk.ask("subscribe", zone)
        return await talk.submit(answer, {}) if isinstance(answer, Asks) else answer

    async with open_stage(tmp_path, monkeypatch) as stage:
        await stage.hold(contents.papers)
        assert_alike(await stage.turn(subscribe))


async def assert_refused_alike(stage: Stage, filling: Filling, bad: dict[str, str]) -> None:
    """The same problem is named on each platform that can be told of it, and nothing is done."""
    await stage.hold(filling.content)
    able = [front for name, front in stage.fronts.items() if name not in filling.can_hold_none]
    problems, names, before = set(), set(), stage.done()
    for front in able:
        turn = await front.turn(lambda talk: filling.filled(talk, bad))
        problem = as_refusal(turn.answer)
        problems.add(problem.problem)
        names.add(problem.name)
        assert turn.done == before[front.talk.name]
        assert not turn.after
    assert len(problems) == 1, problems
    # What is about no input alone must stand under one in Slack: the first of the form.
    assert len(names) == 1 or names == {"", next(iter(filling.values))}, names


@pytest.mark.parametrize("size", [2, 12, 50])
@pytest.mark.parametrize("layout", [*Layout])
async def test_a_digest_reads_the_same_in_every_layout(
    tmp_path, monkeypatch, layout: Layout, size: int
) -> None:
    async with open_stage(tmp_path, monkeypatch) as stage:
        posted = await digest(stage, contents.due(layout, size))
        with_cards = layout is not Layout.THREAD
        assert_posted_alike(posted, with_cards=with_cards)
        if not with_cards:
            assert {len(messages) for messages in posted.values()} == {1 + size}
        for label in pressable("slack", merged(posted["slack"]), with_cards=with_cards):
            with about(label):
                posted = await digest(stage, contents.due(layout, size))
                assert_pressed_alike(await press_posted(stage, posted, label), label)


async def digest(stage: Stage, content: Content) -> dict[str, list[Said]]:
    """What is posted at nine."""
    await stage.hold(content)
    for front in stage.fronts.values():
        front.office.now = contents.at_nine()
        await front.office.desk.editor.post_due(front.office.now, front.office.now)
    return await stage.deliver()


def assert_posted_alike(posted: Mapping[str, list[Said]], *, with_cards: bool) -> None:
    """The same heading, the same papers in the same order, and all else that is said."""
    said = {name: merged(messages) for name, messages in posted.items()}
    assert_said_alike(said, with_cards=with_cards)
    heads = {head_of(name, messages[0]) for name, messages in posted.items()}
    assert len(heads) == 1, heads
    titles = {name: numbered(each) for name, each in said.items()}
    assert len({tuple(each) for each in titles.values()}) == 1, titles


def head_of(platform: str, said: Said) -> str:
    """The first line of a message."""
    return next(filter(None, (common_line(platform, line) for line in said.lines)))


async def press_posted(
    stage: Stage, posted: Mapping[str, list[Said]], label: str
) -> dict[str, Turn]:
    """What comes of pressing a button that stands in what was posted."""

    async def press(talk: Talk) -> Answer:
        [said, *_] = [each for each in posted[talk.name] if label in each.buttons]
        return await talk.press(said, label)

    return await stage.look(press)


async def test_a_bundle_of_alerts_reads_the_same(tmp_path, monkeypatch) -> None:
    async with open_stage(tmp_path, monkeypatch) as stage:
        posted = await bundle(stage)
        assert_posted_alike(posted, with_cards=True)
        for label in pressable("slack", merged(posted["slack"])):
            with about(label):
                turns = await press_posted(stage, await bundle(stage), label)
                # Alone with Paperboy, nobody else reads along.
                assert_pressed_alike(turns, label, private=False)


async def bundle(stage: Stage) -> dict[str, list[Said]]:
    """What a person is brought at nine."""
    await stage.hold(contents.waiting)
    for front in stage.fronts.values():
        office = front.office
        office.now = contents.at_nine()
        bundler = Bundler(office.store.alerts, office.store.papers, office.platforms)
        assert await bundler.bring_due(office.now) == 1
    return await stage.deliver()


OPENABLE = (
    Asking("search", {"query": "diffusion"}),
    Asking("today"),
    Asking("trending"),
    Asking("saved list", content=contents.saved),
    Asking("alert inbox", content=contents.caught),
)


async def test_a_paper_of_a_list_is_opened_alike(tmp_path, monkeypatch) -> None:
    """By the menu, and at a prompt, which has none, by its id."""
    async with open_stage(tmp_path, monkeypatch) as stage:
        for asking in OPENABLE:

            async def opened(talk: Talk, asking: Asking = asking) -> Answer:
                said = await asking.by(talk)
                assert isinstance(said, Said)
                assert len(said.menu) in (0, len(numbered(said)))
                return await talk.open(said, 1)

            turns = await done_alike(stage, asking.content, opened, asking)
            assert {"Save", "Similar", "Share here"} <= {*turns["slack"].said.buttons}


LINES = ("", "mamba", "serch mamba", contents.MAMBA, "nosuch: thing", "subscriptions lits")


async def test_a_written_line_is_read_alike(tmp_path, monkeypatch) -> None:
    """By a mention, and at the prompt."""
    async with open_stage(tmp_path, monkeypatch) as stage:
        for line in LINES:

            async def written(talk: Talk, line: str = line) -> Answer:
                return await talk.write(line)

            await done_alike(stage, contents.papers, written, repr(line), private=False)


async def test_papers_linked_in_a_message_are_looked_up_alike(tmp_path, monkeypatch) -> None:
    """By the menu of a message, which a prompt has not: there an address is typed."""
    async with open_stage(tmp_path, monkeypatch, may_manage=False) as stage:
        for numbers in ((), (contents.MAMBA,), (contents.MAMBA, contents.SHEEP)):
            addresses = [f"https://arxiv.org/abs/{number}" for number in numbers]

            async def looked_up(talk: Talk, text: str = " and ".join(addresses)) -> Answer:
                assert isinstance(talk, DiscordTalk | SlackTalk)
                return await talk.look_up(text or "no paper")

            await done_alike(stage, contents.papers, looked_up, addresses)


ALONE = ("paper", "share", "subscribe", "subscriptions list", "managers", "status")


async def test_verbs_do_and_say_the_same_in_direct_messages(tmp_path, monkeypatch) -> None:
    """Those whose answer is another one where nobody reads along, as ever at a prompt."""
    async with open_stage(tmp_path, monkeypatch, may_manage=False) as stage:
        for front in stage.fronts.values():
            assert isinstance(front.talk, DiscordTalk | SlackTalk)
            front.talk.go_aside()
        for asking in [each for each in ASKINGS if each.verb in ALONE]:
            await done_alike(stage, asking.content, asking.by, asking, private=False)


MANAGING = [each for each in ASKINGS if COMMAND[each.verb].changes(dict(each.args))]


async def test_who_may_not_manage_is_refused_alike(tmp_path, monkeypatch) -> None:
    async with open_stage(tmp_path, monkeypatch, may_manage=False) as stage:
        for asking in MANAGING:
            with about(asking):
                await stage.hold(asking.content)
                before = stage.done()
                turns = await stage.turn(asking.by)
                assert_alike(turns)
                for turn in turns.values():
                    assert f"{asking.verb} is for those who manage" in turn.said.lines[0].lower()
                assert {name: turn.done for name, turn in turns.items()} == before


async def test_an_old_button_helps_nobody_who_may_not_manage_any_more(
    tmp_path, monkeypatch
) -> None:
    listing = Asking("subscriptions list", content=contents.subscribed)
    async with open_stage(tmp_path, monkeypatch, may_manage=False) as stage:

        async def too_late(talk: Talk) -> Answer:
            await allow(talk, managing=True)
            said = await listing.by(talk)
            assert isinstance(said, Said)
            await allow(talk, managing=False)
            return await talk.press(said, label)

        for label in ("Change", "Pause", "Test", "Remove"):
            with about(label):
                await stage.hold(listing.content)
                before = stage.done()
                turns = await stage.turn(too_late)
                assert_alike(turns)
                assert {name: turn.done for name, turn in turns.items()} == before


async def test_a_form_that_was_opened_helps_nobody_who_may_not_manage_any_more(
    tmp_path, monkeypatch
) -> None:
    async with open_stage(tmp_path, monkeypatch, may_manage=False) as stage:

        async def too_late(talk: Talk) -> Answer:
            await allow(talk, managing=True)
            form = await talk.form("subscriptions change", {})
            assert isinstance(form, Asks)
            if isinstance(talk, DiscordTalk):
                form = await talk.typed_part(form)
            await allow(talk, managing=False)
            return await talk.submit(form, {"time": "17:30"})

        await stage.hold(contents.subscribed)
        before = stage.done()
        turns = await stage.turn(too_late)
        problems = {as_refusal(turn.answer).problem for turn in turns.values()}
        assert problems == {
            "subscriptions change is for those who manage this channel; ask one of them"
        }
        assert {name: turn.done for name, turn in turns.items()} == before


async def allow(talk: Talk, *, managing: bool) -> None:
    """Let the person manage from now on, or no more."""
    assert isinstance(talk, DiscordTalk | SlackTalk)
    await talk.allow(managing=managing)
