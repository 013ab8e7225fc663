"""What Discord is sent, as snapshots; that it is within every limit, and that no paper is lost or
read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.discord_limits import problems, walk
from standins.discord_markdown import see
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
from syrupy.assertion import SnapshotAssertion

from adapters.discord.limits import SHOWN_CHARACTERS, URL_CHARACTERS, cost_of
from adapters.discord.page import Body
from adapters.discord.render import bodies, pack
from bot.messages import (
    Attachment,
    Button,
    Message,
    PaperCard,
    code,
    line,
)
from bot.models import (
    ARXIV,
    Layout,
    ListedPaper,
    Paper,
    Payload,
)
from bot.shown_text import characters

V2 = 1 << 15
SILENT = 1 << 12
pytestmark = pytest.mark.timeout(PATIENCE)
KINDS = {**EVERY_KIND, **IN_CHAT}


def sent(body: Body) -> dict[str, Any]:
    """The body of the request that creates this message."""
    files = [{"id": place, "filename": name} for place, (name, _, _) in enumerate(body.files)]
    return {
        "flags": V2 | (SILENT if body.silent else 0),
        "components": list(body.components),
        "attachments": files,
    }


def read(payloads: Iterable[Payload]) -> list[Body]:
    return [Body.from_json(payload.body) for payload in payloads]


def rendered(message: Message) -> list[Payload]:
    """The payloads, each of them found within the limits."""
    payloads = pack(message)
    for payload, body in zip(payloads, read(payloads), strict=True):
        assert problems(sent(body)) == []
        assert problems({"content": payload.plain}) == []
        assert body.to_json() == payload.body
    assert [body.to_json() for body in bodies(message)] == [p.body for p in payloads]
    return payloads


def components(payload: Payload) -> list[dict[str, Any]]:
    return list(walk(json.loads(payload.body)["components"]))


def texts(payload: Payload) -> list[str]:
    return [each["content"] for each in components(payload) if each["type"] == 10]


def shown(component: dict[str, Any], indent: str = "") -> str:
    """A component as an outline that is quick to read."""
    about = {k: v for k, v in component.items() if k not in {"type", "components", "accessory"}}
    names = {1: "row", 2: "button", 3: "select", 9: "section", 10: "text", 11: "picture"}
    name = {**names, 13: "file", 14: "line", 17: "box"}[component["type"]]
    nested = [
        *component.get("components", []),
        *([component["accessory"]] if "accessory" in component else []),
    ]
    if name == "text":
        return "\n".join(
            f"{indent}{row}" for row in ["text", *(f"  {r}" for r in about["content"].split("\n"))]
        )
    if name == "select":
        options = "".join(
            f"\n{indent}  {json.dumps(o, ensure_ascii=False)}" for o in about.pop("options")
        )
        return f"{indent}select {json.dumps(about, ensure_ascii=False)}{options}"
    head = f"{indent}{name} {json.dumps(about, ensure_ascii=False)}"
    return "\n".join([head, *(shown(each, f"{indent}  ") for each in nested)])


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_sent_like_this(kind: str, snapshot: SnapshotAssertion) -> None:
    pages = []
    for payload in rendered(KINDS[kind]):
        data = json.loads(payload.body)
        about = {name: data[name] for name in ("presses", "files", "silent") if data[name]}
        outline = "\n".join(shown(each) for each in data["components"])
        pages.append(f"{outline}\n{about or ''}\n--- plain\n{payload.plain}")
    assert "\n=====\n".join(pages).replace("\u200b", "␣") == snapshot


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


def ids_of(message: Message) -> list[str]:
    return [card.listed.paper.id for card in message.cards]


def options(payload: Payload) -> list[str]:
    menus = [each for each in components(payload) if each["type"] == 3]
    return [option["value"] for menu in menus for option in menu["options"]]


def test_a_digest_of_ten_is_one_message_with_a_menu_of_its_papers() -> None:
    [payload] = rendered(digest(10))
    assert list(payload.paper_ids) == options(payload) == ids_of(digest(10))
    assert cost_of(json.loads(payload.body)["components"]).characters > 2800
    assert sum(each["type"] == 14 for each in components(payload)) == 10  # under the heading too
    assert not any("save" in str(each.get("custom_id")) for each in components(payload))
    assert Body.from_json(payload.body).silent


@pytest.mark.parametrize("count", [25, 50, 120])
def test_a_long_digest_takes_several_messages_and_loses_no_paper(count: int) -> None:
    message = digest(count)
    payloads = rendered(message)
    assert [each for p in payloads for each in p.paper_ids] == ids_of(message)
    assert all(options(payload) == list(payload.paper_ids) for payload in payloads)
    assert "## Paperboy picks" in texts(payloads[0])[0]
    assert not any("## " in text for p in payloads[1:] for text in texts(p))
    labels = [[each.get("label") for each in components(payload)] for payload in payloads]
    assert ["The whole day" in each for each in labels] == [False] * (len(payloads) - 1) + [True]
    for payload in payloads:
        assert all(f"/papers/{each}>" in payload.plain for each in payload.paper_ids)


def test_a_full_digest_breaks_no_card_and_pictures_its_papers() -> None:
    payloads = rendered(digest(10, Layout.FULL))
    assert [each for p in payloads for each in p.paper_ids] == ids_of(digest(10))
    assert len(payloads) == 4  # three cards of 12 components each
    pictures = [each for p in payloads for each in components(p) if each["type"] == 11]
    assert len(pictures) == 10
    assert pictures[0]["description"].startswith("First page of Counting Sheep at Scale, Part 1")
    assert all(not options(payload) for payload in payloads)


def test_a_thread_is_a_parent_and_one_payload_a_paper() -> None:
    parent, *replies = rendered(digest(10, Layout.THREAD))
    assert parent.paper_ids == ()
    assert [reply.paper_ids for reply in replies] == [(each,) for each in ids_of(digest(10))]
    assert any(each.get("label") == "The whole day" for each in components(parent))
    assert all(any(each.get("label") == "Save" for each in components(r)) for r in replies)


def test_a_full_card_has_its_links_and_its_buttons_under_it() -> None:
    card = PaperCard(
        FIRST, full=True, buttons=(Button("Similar", "similar", {"id": "2611.01234"}),)
    )
    [payload] = rendered(Message(cards=(card,)))
    buttons = [each for each in components(payload) if each["type"] == 2]
    assert [each["label"] for each in buttons] == [
        "Abstract", "PDF", "Code", "Project", "Hugging Face", "Similar",
    ]  # fmt: skip
    assert [each["style"] for each in buttons] == [5, 5, 5, 5, 5, 2]


def test_the_buttons_of_ones_own_list_stand_under_every_paper_or_under_none() -> None:
    def saves(message: Message) -> int:
        found = [each for p in rendered(message) for each in components(p)]
        return sum(str(each.get("custom_id")).startswith("b1:save?") for each in found)

    assert saves(replace(digest(3), private=True)) == 3
    assert saves(replace(digest(4), private=True)) == 0
    assert saves(digest(3)) == 0


def test_three_hundred_authors_are_counted_not_listed() -> None:
    names = tuple(f"Author {number}" for number in range(300))
    listed = replace(FIRST, paper=replace(FIRST.paper, authors=names))
    [payload] = rendered(Message(cards=(PaperCard(listed, full=True),)))
    assert "Author 7 and 292 more" in texts(payload)[0]
    assert "Author 8" not in texts(payload)[0]
    [payload] = rendered(Message(cards=(PaperCard(listed, 1),)))
    assert "-# Author 0 +299 · 42 upvotes" in texts(payload)[0]


def test_the_title_leads_to_hugging_face_only_where_it_is_listed() -> None:
    on_arxiv = replace(FIRST, sources=(ARXIV,))
    for listed, url in ((FIRST, "huggingface.co/papers"), (on_arxiv, "arxiv.org/abs")):
        [payload] = rendered(Message(cards=(PaperCard(listed, 1),)))
        assert f"](<https://{url}/2611.01234>)" in texts(payload)[0]
    other = ListedPaper(Paper("biorxiv:10.1101/2026.11.20", "A Cell"))
    [payload] = rendered(Message(cards=(PaperCard(other, full=True),)))
    assert "arxiv.org" not in payload.body.replace("biorxiv", "")


def test_a_picture_that_is_not_over_https_is_left_out() -> None:
    for url in ("http://example.org/a.png", "javascript:x", "https://example.org/a b"):
        listed = replace(FIRST, paper=replace(FIRST.paper, thumbnail_url=url))
        [payload] = rendered(Message(cards=(PaperCard(listed, full=True),)))
        assert not any(each["type"] in {9, 11} for each in components(payload))


def test_a_paper_whose_id_no_menu_can_hold_has_no_place_in_it() -> None:
    for paper_id in ("biorxiv:" + "1" * 100, "x\x00y", " padded "):
        other = ListedPaper(Paper(paper_id, "A Cell"))
        [payload] = rendered(Message(cards=(PaperCard(other, 1), PaperCard(FIRST, 2))))
        assert options(payload) == ["2611.01234"]
        assert payload.paper_ids == (paper_id, "2611.01234")


def test_a_paper_that_stands_there_twice_has_one_place_in_the_menu() -> None:
    [payload] = rendered(Message(cards=(PaperCard(FIRST, 1), PaperCard(FIRST, 2))))
    assert options(payload) == ["2611.01234"]
    assert payload.paper_ids == ("2611.01234", "2611.01234")


def test_a_file_is_shown_and_sent_along() -> None:
    [payload] = rendered(Message(file=Attachment("../my päpers?.bib", "", "text/x-bibtex")))
    [file] = Body.from_json(payload.body).files
    assert file == ("my_p_pers_.bib", "\n", "text/x-bibtex")
    assert any(each["type"] == 13 for each in components(payload))


def test_a_file_is_sent_with_the_message_that_shows_it() -> None:
    lines = (line("word " * 200),) * 5
    *before, last = rendered(Message(lines=lines, file=Attachment("papers.bib", "@misc{}")))
    assert before
    assert "papers.bib" in last.plain
    assert [bool(Body.from_json(p.body).files) for p in (*before, last)] == [False] * len(
        before
    ) + [True]


def test_lines_alone_are_one_text() -> None:
    [payload] = rendered(IN_CHAT["help"])
    [box] = json.loads(payload.body)["components"]
    assert [each["type"] for each in box["components"]] == [10, 10, 1]
    [payload] = rendered(replace(IN_CHAT["help"], title="", buttons=()))
    assert len(texts(payload)) == 1


def test_lines_without_end_go_on_in_another_message() -> None:
    lines = tuple(line(f"{number} ", "word " * 60) for number in range(100))
    payloads = rendered(Message(lines=lines))
    every = "\n".join(text for payload in payloads for text in texts(payload)).split("\n")
    assert [row.split()[0] for row in every] == [str(number) for number in range(100)]
    assert len(payloads) <= sum(map(len, every)) // SHOWN_CHARACTERS + 5


def test_a_long_press_is_told_to_who_sends_it() -> None:
    more = Button("Next 5", "search", {"query": "x" * 200})
    [body] = bodies(replace(SEARCH, buttons=(more,)))
    assert [press.args for press in body.presses.values()] == [{"query": "x" * 200}]
    assert Body.from_json(body.to_json()) == body


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", "null", '{"a"', "[[[[", '{"components":[],"presses":[],"files":[],"silent":0}',
     '{"components":[1],"presses":{},"files":[],"silent":false}',
     '{"components":[],"presses":{"a":{"verb":1,"args":{}}},"files":[],"silent":false}',
     '{"components":[],"presses":{},"files":[["a"]],"silent":false}'],
)  # fmt: skip
def test_a_body_that_is_no_message_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Body.from_json(body)


OURS = {"bold", "code", "heading", "subtext"}


@settings(max_examples=EXAMPLES)
@given(message=MESSAGES)
def test_no_message_breaks_a_limit_loses_a_paper_or_is_read_as_markup(message: Message) -> None:
    payloads = rendered(message)
    assert [each for p in payloads for each in p.paper_ids] == ids_of(message)
    shown = [see(text).text for payload in payloads for text in texts(payload)]
    assert_in_order(message.cards, shown)
    links = allowed_links(message, URL_CHARACTERS)
    for payload in payloads:
        for text in [*texts(payload), payload.plain]:
            found = see(text)
            plain = {"address"} if text == payload.plain else set()
            assert found.kinds <= OURS | plain | ({"code block"} if has_code(message) else set())
            assert {url for _, url in found.links} <= links
        assert "\u202e" not in "".join([*texts(payload), payload.plain])
        for each in components(payload):
            assert set(each.get("label", "")) & set("\n\u202e\u2066") == set()


@settings(max_examples=EXAMPLES // 3)
@given(
    st.builds(
        lambda c, n: [replace(c, number=i) for i in range(1, n + 1)], CARDS, st.integers(1, 30)
    )
)
def test_the_plain_form_leaves_out_no_paper_while_there_is_room(cards: list[PaperCard]) -> None:
    short = [
        replace(card, listed=replace(FIRST, paper=replace(card.listed.paper, id="2611.01234")))
        for card in cards
    ]
    for payload in pack(Message(cards=tuple(short))):
        assert characters(payload.plain) <= 2000
        if len(payload.paper_ids) <= 20:
            assert payload.plain.count("/2611.01234>") == len(payload.paper_ids)


def test_code_on_several_lines_is_one_block_whose_columns_stay() -> None:
    caret = Message(lines=(line("No such field."), line(code("cat:```x")), line(code("    ^"))))
    [payload] = rendered(caret)
    assert texts(payload) == ["No such field.\n```\ncat:``\u200b`x\n    ^\n```"]
    nothing = Message(lines=(line(code(" ")), line(code("\u202e"))))
    for payload in rendered(nothing):
        assert "```" not in "".join(texts(payload))


def test_each_page_of_many_lines_has_its_own_plain_form() -> None:
    lines = tuple(line(f"line {n} " + "x" * 300) for n in range(30))
    payloads = pack(Message(title="Many lines", lines=lines))
    assert len(payloads) > 2
    said = "\n".join(payload.plain for payload in payloads)
    assert "Nothing to show here." not in said
    assert all(f"line {n} " in said for n in range(30))
