"""What Slack is sent, as snapshots; that it is within every limit, and that no paper is lost or
read as markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.hostile import (
    CARDS,
    EXAMPLES,
    MESSAGES,
    PATIENCE,
    allowed_links,
    assert_in_order,
    has_code,
)
from standins.messages import EVERY_KIND, FIRST, IN_CHAT, SEARCH
from standins.slack_limits import message_problems, view_problems
from standins.slack_mrkdwn import see, see_blocks, to_the_eye
from syrupy.assertion import SnapshotAssertion

from adapters.slack.limits import URL_CHARACTERS
from adapters.slack.page import Body
from adapters.slack.presses import read_action
from adapters.slack.render import bodies, pack, view_blocks
from bot.card_facts import plain_title
from bot.messages import Attachment, Button, Message, PaperCard, code, line, link, quiet, strong
from bot.models import ARXIV, Layout, ListedPaper, Paper, Payload
from bot.presses import Press

pytestmark = pytest.mark.timeout(PATIENCE)
KINDS = {**EVERY_KIND, **IN_CHAT}
WHOLE = 13_200  # characters: reported; held to here over all JSON of the blocks
OURS = {"bold", "italic", "code"}


def rendered(message: Message) -> list[Payload]:
    """The payloads, each of them found within the limits."""
    payloads = pack(message)
    for payload in payloads:
        body = Body.from_json(payload.body)
        assert message_problems({"blocks": list(body.blocks), "text": body.text}) == []
        assert message_problems({"text": payload.plain}) == []
        written = json.dumps(body.blocks, ensure_ascii=False, separators=(",", ":"))
        assert len(written.encode("utf-16-le")) // 2 <= WHOLE
        assert max(len(text.encode()) for text in (body.text, payload.plain)) <= 4_000
        assert body.to_json() == payload.body
    assert [body.to_json() for body in bodies(message)] == [p.body for p in payloads]
    return payloads


def blocks(payload: Payload) -> list[dict[str, Any]]:
    return list(json.loads(payload.body)["blocks"])


def text(payload: Payload) -> str:
    return str(json.loads(payload.body)["text"])


def elements(payload: Payload) -> Iterator[dict[str, Any]]:
    """Buttons and selects, in the order in which they are seen."""
    for block in blocks(payload):
        if block["type"] == "actions":
            yield from block["elements"]


def labels(payload: Payload) -> list[str]:
    return [each["text"]["text"] for each in elements(payload) if each["type"] == "button"]


def options(payload: Payload) -> list[dict[str, Any]]:
    menus = [each for each in elements(payload) if each["type"] == "static_select"]
    return [option for menu in menus for option in menu["options"]]


def values(payload: Payload) -> list[str]:
    return [option["value"] for option in options(payload)]


def shown(payload: Payload) -> list[str]:
    return [seen.text for seen in see_blocks(blocks(payload))]


def outline(part: dict[str, Any], indent: str = "") -> str:
    """A block or an element as lines that are quick to read."""
    inner = list(part.get("elements", part.get("options", ())))
    about = {k: v for k, v in part.items() if k not in {"type", "elements", "options"}}
    head = f"{indent}{part.get('type', 'option')} {json.dumps(about, ensure_ascii=False)}"
    return "\n".join([head, *(outline(each, f"{indent}  ") for each in inner)])


def ids_of(message: Message) -> list[str]:
    return [card.listed.paper.id for card in message.cards]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_sent_like_this(kind: str, snapshot: SnapshotAssertion) -> None:
    pages = []
    for payload in rendered(KINDS[kind]):
        data = json.loads(payload.body)
        about = {name: data[name] for name in ("presses", "files") if data[name]}
        parts = "\n".join(outline(each) for each in data["blocks"])
        pages.append(
            f"{parts}\n{about or ''}\n--- text\n{data['text']}\n--- plain\n{payload.plain}"
        )
    assert "\n=====\n".join(pages).translate({0x200B: "␣", 0x2060: "␠", 0xAD: "␟"}) == snapshot


def digest(count: int, layout: Layout = Layout.COMPACT) -> Message:
    cards = []
    for number in range(1, count + 1):
        paper = replace(
            FIRST.paper,
            id=f"2611.{number:05}",
            title=f"Counting Sheep at Scale, Part {number}: Sleep as a Scheduling Problem",
            thumbnail_url="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/1.png",
            summary="Models that nap between batches learn more, so long as the naps are short; "
            "long ones undo what was learned before them, in all of nine flocks.",
        )
        save = Button("Save", "save", {"id": paper.id})
        cards.append(PaperCard(replace(FIRST, paper=paper), number, buttons=(save,)))
    title, subtitle = "Paperboy picks · Fri 20 Nov", f"{count} of 31 new · since Thu 09:00"
    buttons = (Button("The whole day", "today", {"when": "2026-11-20"}),)
    return Message(title, subtitle, (), tuple(cards), (), buttons, layout=layout, silent=True)


def test_a_digest_of_ten_is_one_message_with_a_select_of_its_papers() -> None:
    [payload] = rendered(digest(10))
    kinds = [block["type"] for block in blocks(payload)]
    assert kinds == ["header", "context", *["rich_text", "context"] * 10, "actions"]
    assert [each["type"] for each in elements(payload)] == ["static_select", "button"]
    assert list(payload.paper_ids) == values(payload) == ids_of(digest(10))
    assert options(payload)[0]["text"]["text"].startswith("1. Counting Sheep at Scale, Part 1:")
    assert labels(payload) == ["The whole day"]
    title, summary = shown(payload)[2].split("\n")
    assert title == f"1. {digest(1).cards[0].listed.paper.title}"
    assert len(summary) > 100
    assert shown(payload)[3] == "Ada Meadow +5 · 42 upvotes"


def test_a_notification_begins_with_the_count_and_the_first_title() -> None:
    title = "Counting Sheep at Scale, Part 1: Sleep as a Scheduling Problem"
    for layout in Layout:
        first, *_ = rendered(digest(10, layout))
        assert text(first).startswith(f"10 papers: {title}\nPaperboy picks · Fri 20 Nov\n")
        assert len(text(first).split("\n")[0]) <= 150
    first, second = rendered(digest(50))
    assert text(first).startswith(f"50 papers: {title}")
    more = len(second.paper_ids)
    assert text(second).startswith(
        f"{more} more papers: Counting Sheep at Scale, Part {51 - more}:"
    )
    [bundle] = rendered(IN_CHAT["alert bundle"])
    assert text(bundle).startswith("Top 2 of 3 papers for your alerts: Counting Sheep at Scale")
    long = replace(FIRST, paper=replace(FIRST.paper, title="word " * 100))
    [payload] = rendered(Message("About", cards=(PaperCard(long, 1),)))
    assert len(text(payload).split("\n")[0]) <= 150


def test_what_is_read_aloud_holds_every_paper_without_addresses() -> None:
    for payload in rendered(digest(50)):
        for number in payload.paper_ids:
            assert f"Part {int(number[-5:])}:" in text(payload)
        assert "http" not in text(payload)
        assert "*" not in text(payload)
        assert all(f"/papers/{each}|" in payload.plain for each in payload.paper_ids)


@pytest.mark.parametrize(("count", "messages"), [(21, 1), (25, 1), (28, 1), (50, 2), (120, 5)])
def test_a_long_digest_takes_few_messages_and_loses_no_paper(count: int, messages: int) -> None:
    message = digest(count)
    payloads = rendered(message)
    assert len(payloads) == messages
    assert [each for p in payloads for each in p.paper_ids] == ids_of(message)
    assert all(values(payload) == list(payload.paper_ids) for payload in payloads)
    headers = [[b for b in blocks(payload) if b["type"] == "header"] for payload in payloads]
    assert [len(each) for each in headers] == [1] + [0] * (messages - 1)
    assert [labels(p) for p in payloads] == [[]] * (messages - 1) + [["The whole day"]]


def test_papers_are_shown_as_fully_as_there_is_room() -> None:
    def paper(count: int) -> list[str]:
        payload, *_ = rendered(digest(count))
        return [row for text in shown(payload)[2:4] for row in text.split("\n")]

    def summary(count: int) -> int:
        rows = paper(count)[2:]
        return 0 if rows[0].startswith("2. ") else len(rows[0])

    assert paper(17)[2] == paper(21)[1] == "Ada Meadow +5 · 42 upvotes"
    assert paper(17)[1] == paper(21)[2]
    lengths = [summary(count) for count in (21, 22, 25, 28)]
    assert lengths[0] > lengths[1] > lengths[2] > lengths[3] == 0


def test_a_full_digest_breaks_no_card_and_pictures_its_papers() -> None:
    payloads = rendered(digest(10, Layout.FULL))
    assert [each for p in payloads for each in p.paper_ids] == ids_of(digest(10))
    assert [len(p.paper_ids) for p in payloads] == [4, 5, 1]
    sections = [b for p in payloads for b in blocks(p) if b["type"] == "section"]
    assert all(each["text"]["text"].startswith("We ask whether") for each in sections)
    pictures = [each["accessory"] for each in sections]
    assert len(pictures) == 10
    assert pictures[0]["alt_text"].startswith("First page of Counting Sheep at Scale, Part 1")
    assert all(not options(payload) for payload in payloads)
    lines = [[b["type"] for b in blocks(payload)].count("divider") for payload in payloads]
    # Also under the heading and above the last row, but above no first card of a message.
    assert lines == [4, 4, 1]


def test_a_thread_is_a_parent_and_one_payload_a_paper() -> None:
    parent, *replies = rendered(digest(10, Layout.THREAD))
    assert parent.paper_ids == ()
    assert [reply.paper_ids for reply in replies] == [(each,) for each in ids_of(digest(10))]
    titles = shown(parent)[2].split("\n")
    assert [each.split(".")[0] for each in titles] == ["1", "2", "3", "4", "5"]
    assert shown(parent)[3] == "And 5 more, each a reply to this."
    assert labels(parent) == ["The whole day"]
    assert all("Save" in labels(reply) for reply in replies)
    assert text(replies[1]).startswith("2. Counting Sheep at Scale, Part 2:")


def test_a_full_card_has_its_links_and_its_buttons_under_it() -> None:
    card = PaperCard(
        FIRST, full=True, buttons=(Button("Similar", "similar", {"id": "2611.01234"}),)
    )
    [payload] = rendered(Message(cards=(card,)))
    assert [block["type"] for block in blocks(payload)] == [
        "rich_text", "context", "section", "rich_text", "context", "actions",
    ]  # fmt: skip
    assert shown(payload)[3] == "Abstract · PDF · Code · Project · Hugging Face"
    seen = see_blocks(blocks(payload))[3]
    assert seen.links[2] == ("Code", "https://github.com/example/sheep")
    [similar] = elements(payload)
    assert similar["accessibility_label"].startswith("Similar: Counting Sheep at Scale")
    assert read_action(similar) == Press("similar", {"id": "2611.01234"})


def test_the_buttons_of_ones_own_list_stand_under_every_paper_or_under_none() -> None:
    def saves(message: Message) -> int:
        return sum(labels(payload).count("Save") for payload in rendered(message))

    assert saves(replace(digest(3), private=True)) == 3
    assert saves(replace(digest(4), private=True)) == 0
    assert saves(digest(3)) == 0


def test_three_hundred_authors_are_counted_not_listed() -> None:
    names = tuple(f"Author {number}" for number in range(300))
    listed = replace(FIRST, paper=replace(FIRST.paper, authors=names))
    [payload] = rendered(Message(cards=(PaperCard(listed, full=True),)))
    assert "Author 7 and 292 more" in shown(payload)[0]
    assert "Author 8" not in shown(payload)[0]
    [payload] = rendered(Message(cards=(PaperCard(listed, 1),)))
    assert shown(payload)[1] == "Author 0 +299 · 42 upvotes"


def test_the_title_leads_to_hugging_face_only_where_it_is_listed() -> None:
    on_arxiv = replace(FIRST, sources=(ARXIV,))
    for listed, url in ((FIRST, "huggingface.co/papers"), (on_arxiv, "arxiv.org/abs")):
        [payload] = rendered(Message(cards=(PaperCard(listed, 1),)))
        [seen, *_] = see_blocks(blocks(payload))
        assert seen.links == [(FIRST.paper.title, f"https://{url}/2611.01234")]
    other = ListedPaper(Paper("biorxiv:10.1101/2026.11.20", "A Cell"))
    [payload] = rendered(Message(cards=(PaperCard(other, full=True),)))
    assert "arxiv.org" not in payload.body.replace("biorxiv", "")


def test_a_picture_that_is_not_over_https_is_left_out() -> None:
    for url in ("http://example.org/a.png", "javascript:x", "https://example.org/a b"):
        listed = replace(FIRST, paper=replace(FIRST.paper, thumbnail_url=url))
        [payload] = rendered(Message(cards=(PaperCard(listed, full=True),)))
        assert not any("accessory" in block for block in blocks(payload))


def test_a_paper_whose_id_no_select_can_hold_has_no_place_in_it() -> None:
    for paper_id in ("biorxiv:" + "1" * 150, "x\x00y", " padded ", "a&b", "<b>"):
        other = ListedPaper(Paper(paper_id, "A Cell"))
        [payload] = rendered(Message(cards=(PaperCard(other, 1), PaperCard(FIRST, 2))))
        assert values(payload) == ["2611.01234"]
        assert payload.paper_ids == (paper_id, "2611.01234")


def test_a_paper_that_stands_there_twice_has_one_place_in_the_select() -> None:
    [payload] = rendered(Message(cards=(PaperCard(FIRST, 1), PaperCard(FIRST, 2))))
    assert values(payload) == ["2611.01234"]
    assert payload.paper_ids == ("2611.01234", "2611.01234")


def test_a_file_is_named_and_comes_with_the_message_that_names_it() -> None:
    [payload] = rendered(Message(file=Attachment("../my päpers?.bib", "", "text/x-bibtex")))
    [file] = Body.from_json(payload.body).files
    assert file == ("my päpers_.bib", "\n", "text/x-bibtex")
    assert shown(payload) == ["File: my päpers_.bib"]
    lines = (line("word " * 200),) * 20
    *before, last = rendered(Message(lines=lines, file=Attachment("papers.bib", "@misc{}")))
    assert before
    assert "File: papers.bib" in see(text(last)).text
    assert [bool(Body.from_json(p.body).files) for p in (*before, last)] == [False] * len(
        before
    ) + [True]


def test_lines_are_rich_text_and_what_stands_back_is_context() -> None:
    message = Message(
        lines=(
            line("Found ", code("sheep")),
            line("See ", link("the list", "https://arxiv.org/")),
            line(quiet("*28* more")),
            line(quiet("Ask "), code("help")),
        )
    )
    [payload] = rendered(message)
    first, plain, marked = blocks(payload)
    assert first["type"] == "rich_text"
    assert shown(payload) == ["Found sheep\nSee the list", "*28* more", "Ask help"]
    assert plain["elements"] == [{"type": "plain_text", "text": "*28* more", "emoji": False}]
    assert marked["elements"] == [{"type": "mrkdwn", "text": "Ask `help`", "verbatim": True}]


def test_a_line_that_begins_in_bold_stands_apart_from_those_before() -> None:
    lines = (line(strong("#1"), " one"), line("Next: soon"), line(strong("Sources")), line("new"))
    [payload] = rendered(Message(lines=lines))
    assert shown(payload) == ["#1 one\nNext: soon\n\nSources\nnew"]
    [payload] = rendered(Message(lines=(line(strong("#1"), " one"), line(strong("#2"), " two"))))
    assert shown(payload) == ["#1 one\n#2 two"]


def test_lines_without_end_go_on_in_another_message() -> None:
    lines = tuple(line(f"{number} ", "word " * 60) for number in range(100))
    payloads = rendered(Message(lines=lines))
    every = "\n".join(text for payload in payloads for text in shown(payload)).split("\n")
    assert [row.split()[0] for row in every] == [str(number) for number in range(100)]
    assert len(payloads) <= sum(map(len, every)) // WHOLE + 1


def test_code_on_several_lines_is_one_block_whose_columns_stay() -> None:
    caret = Message(lines=(line("No such field."), line(code("cat:```x")), line(code("    ^"))))
    [payload] = rendered(caret)
    [block] = blocks(payload)
    assert block["elements"][1] == {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": "cat:```x\n    ^"}],
    }
    assert payload.plain == "No such field.\n```\ncat:\u02cb\u02cb\u02cbx\n    ^\n```"
    nothing = Message(lines=(line(code(" ")), line(code("\u202e"))))
    for payload in rendered(nothing):
        assert shown(payload) == ["Nothing to show here."]


def test_a_long_press_is_told_to_who_sends_it() -> None:
    more = Button("Next 5", "search", {"query": "x" * 300})
    [body] = bodies(replace(SEARCH, buttons=(more,)))
    assert list(body.presses.values()) == [Press("search", {"query": "x" * 300})]


@settings(max_examples=EXAMPLES)
@given(message=MESSAGES)
def test_no_message_breaks_a_limit_loses_a_paper_or_is_read_as_markup(message: Message) -> None:
    payloads = rendered(message)
    assert [each for p in payloads for each in p.paper_ids] == ids_of(message)
    if message.layout is not Layout.THREAD:
        assert_in_order(message.cards, [seen for payload in payloads for seen in shown(payload)])
    links = allowed_links(message, URL_CHARACTERS)
    in_blocks = {"rich_text_preformatted"} if has_code(message) else set()
    in_text = {"code block"} if has_code(message) else set()
    for payload in payloads:
        for seen in see_blocks(blocks(payload)):
            assert seen.kinds <= OURS | in_blocks
            assert {url for _, url in seen.links} <= links
        read, plain = see(text(payload)), see(payload.plain)
        assert (read.marks, read.links) == ([], [])
        assert plain.kinds <= OURS | in_text
        assert {url for _, url in plain.links} <= links
        whole = json.dumps([blocks(payload), text(payload), payload.plain], ensure_ascii=False)
        assert not set(whole) & set("\u202e\u2066\u200f")
        assert not any("\n" in label for label in labels(payload))


@settings(max_examples=EXAMPLES // 3)
@given(message=MESSAGES)
def test_a_view_holds_as_much_of_any_message_as_it_can(message: Message) -> None:
    made, presses = view_blocks(message)
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Paperboy"},
        "blocks": [dict(block) for block in made],
    }
    assert view_problems(view) == []
    assert all(seen.kinds <= OURS | {"rich_text_preformatted"} for seen in see_blocks(made))
    pressed = [each for block in made if block["type"] == "actions" for each in block["elements"]]
    tokens = {each["value"] for each in pressed if each["action_id"].startswith("t1")}
    assert tokens == set(presses)


def test_a_view_that_is_full_says_so() -> None:
    lines = tuple(line(f"{number} ", "word " * 190) for number in range(200))
    made, _ = view_blocks(Message(lines=lines))
    assert see_blocks(made)[-1].text == "There is more than a window holds."
    assert len(made) <= 100
    made, _ = view_blocks(digest(50, Layout.THREAD))
    assert sum(block["type"] == "rich_text" for block in made) == 50


@settings(max_examples=EXAMPLES // 3)
@given(st.lists(CARDS, min_size=1, max_size=30))
def test_the_text_alone_leaves_out_no_paper_while_there_is_room(cards: list[PaperCard]) -> None:
    numbered = [
        replace(card, number=number, listed=replace(FIRST, paper=replace(FIRST.paper, title=title)))
        for number, card in enumerate(cards, 1)
        for title in [card.listed.paper.title]
    ]
    for payload in pack(Message(cards=tuple(numbered))):
        rows = payload.plain.split("\n")
        numbers = [found[1] for row in rows if (found := re.match(r"(\d+)\. <https", row))]
        read = see(text(payload)).text
        assert all(f"{number}. " in read for number in numbers)
        if len(payload.paper_ids) <= 20:
            assert len(numbers) == len(payload.paper_ids)
            for number in numbers:
                start = to_the_eye(plain_title(numbered[int(number) - 1]))[:10].strip()
                assert f"{number}. {start}" in read
