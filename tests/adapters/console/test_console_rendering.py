"""What the console prints, as snapshots, and that no paper can make a terminal obey it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from standins.messages import ANSWER, DIGEST, EVERY_KIND, FIRST, HOSTILE_PAPER, SEARCH
from syrupy.assertion import SnapshotAssertion

from adapters.console.cleaning import clean, clean_url, cut
from adapters.console.draw import Surface, draw, encode
from adapters.console.page import Page
from adapters.console.problems import describe
from adapters.console.render import ABSTRACT_CHARACTERS, pack
from bot.errors import QueryError, UserError
from bot.messages import Attachment, Button, Message, PaperCard, Span, Style
from bot.models import ARXIV, HUGGINGFACE, Layout, ListedPaper, Paper

# What Rich writes around text: colours, and hyperlinks with a number that differs at every run.
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;(?:id=\d+)?;[!-~]*\x1b\\")
LINK_ID = re.compile(r"\x1b]8;id=\d+;")


def printed(message: Message, surface: Surface) -> str:
    pages = [Page.from_json(payload.body) for payload in pack(message)]
    return "\n".join(draw(page, surface) for page in pages)


@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_message_is_printed_like_this(
    kind: str, width: int, rich: bool, snapshot: SnapshotAssertion
) -> None:
    text = printed(EVERY_KIND[kind], Surface(width=width, rich=rich))
    assert LINK_ID.sub("\x1b]8;id=1;", text).replace("\x1b", "␛") == snapshot


def test_a_compact_digest_is_one_payload_that_names_its_papers() -> None:
    [payload] = pack(DIGEST)
    assert payload.paper_ids == ("2611.01234", "math/0601001", "2611.04321")
    assert payload.plain == printed(DIGEST, Surface()).strip("\n")


def test_a_thread_is_a_parent_and_one_payload_a_paper() -> None:
    parent, *replies = pack(replace(DIGEST, layout=Layout.THREAD))
    assert parent.paper_ids == ()
    assert [reply.paper_ids for reply in replies] == [
        ("2611.01234",),
        ("math/0601001",),
        ("2611.04321",),
    ]
    assert "[1] More of today" in parent.plain
    assert all("Abstract: https://arxiv.org/abs/" in reply.plain for reply in replies)


def test_the_numbers_of_buttons_go_from_the_page_to_its_cards() -> None:
    [payload] = pack(SEARCH)
    assert "[1] Next 1" in payload.plain
    assert "[2] Save  [3] Share here" in payload.plain
    page = Page.from_json(payload.body)
    assert [button.label for button in page.pressable] == ["Next 1", "Save", "Share here", "Save"]


def test_a_digest_of_many_papers_has_no_buttons_between_them() -> None:
    cards = tuple(replace(card, buttons=(Button("Save", "save"),)) for card in DIGEST.cards)
    for layout in (Layout.COMPACT, Layout.THREAD):
        texts = [p.plain for p in pack(replace(DIGEST, cards=cards, layout=layout))]
        assert not any("Save" in text for text in texts)
    [whole] = pack(replace(DIGEST, cards=cards, layout=Layout.FULL))
    assert whole.plain.count("Save") == 3


def test_a_file_keeps_its_spaces_and_loses_what_a_terminal_would_obey() -> None:
    ris = "TY  - UNPB\nAU  - Gu,  Albert\x1b[31m\n  N1  - two\u202e  words\nER  - \n"
    for rich in (True, False):
        message = Message(file=Attachment("paper.ris", ris), buttons=(Button("More", "help", {}),))
        shown = printed(message, Surface(rich=rich, colour=False))
        assert "TY  - UNPB\nAU  - Gu,  Albert[31m\n  N1  - two  words\nER  - \n" in shown


def test_a_file_is_printed_whole_and_unwrapped() -> None:
    text = '{"title": "' + "sheep " * 40 + '"}'
    attachment = Attachment("papers.json", f"[\n  {text}\n]")
    for rich in (False, True):
        shown = printed(Message(file=attachment), Surface(width=40, rich=rich))
        assert f"\n[\n  {text}\n]\n" in shown


def test_a_page_survives_its_json() -> None:
    for message in EVERY_KIND.values():
        for payload in pack(message):
            assert Page.from_json(payload.body).to_json() == payload.body


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"title": 1}', "null", '{"title":"a"'])
def test_a_body_that_is_no_page_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Page.from_json(body)


def test_the_title_leads_to_hugging_face_only_where_it_is_listed() -> None:
    on_arxiv = replace(FIRST, sources=(ARXIV,))
    for listed, url in ((FIRST, "huggingface.co/papers"), (on_arxiv, "arxiv.org/abs")):
        [payload] = pack(Message(cards=(PaperCard(listed, 1),)))
        assert f"https://{url}/2611.01234" in payload.plain


def test_a_paper_of_another_source_has_no_arxiv_links() -> None:
    paper = Paper("biorxiv:10.1101/2026.11.20", "A Cell")
    [payload] = pack(Message(cards=(PaperCard(ListedPaper(paper), full=True),)))
    assert "arxiv.org" not in payload.plain


def test_three_hundred_authors_are_counted_not_listed() -> None:
    names = tuple(f"Author {number}" for number in range(300))
    listed = replace(FIRST, paper=replace(FIRST.paper, authors=names))
    [payload] = pack(Message(cards=(PaperCard(listed, full=True),)))
    text = " ".join(payload.plain.split())
    assert "Author 7 and 292 more" in text
    assert "Author 8" not in text


def test_links_are_hyperlinks_in_rich_and_written_out_in_plain() -> None:
    url = "https://arxiv.org/list/cs.LG/new"
    assert f"(\x1b]8;{url}" not in printed(ANSWER, Surface())
    assert f"the list ({url})" in printed(ANSWER, Surface())
    assert re.search(rf"\x1b]8;id=\d+;{url}\x1b\\", printed(ANSWER, Surface(rich=True)))


def test_without_colour_links_and_weight_stay() -> None:
    text = printed(DIGEST, Surface(rich=True, colour=False))
    assert "\x1b[36m" not in text
    assert "\x1b[1m" in text
    assert "\x1b]8;" in text


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    text = printed(DIGEST, Surface(rich=True, unicode=False))
    written = encode(text, "ascii").decode("ascii")
    assert "+--" in written
    assert "Ada Meadow +5 - 42 upvotes" in written
    assert "???" in written  # the Japanese title: lost, and seen to be lost


def test_a_button_is_broken_in_the_middle_only_where_it_alone_is_too_wide() -> None:
    buttons = tuple(Button(f"Label {number}", "today") for number in range(1, 9))
    text = printed(Message(buttons=buttons), Surface(width=25))
    assert [len(row) <= 25 for row in text.splitlines()] == [True] * 4
    assert all(f"[{number}] Label {number}" in text for number in range(1, 9))


HOSTILE_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b\x07\x00\r\n\t\x9b\u202e\u2066\u200f[]()/\\#*_`<>@日本한é\u0301👩\u200d🚀"
        ),
    ),
    max_size=40,
)
PAPERS = st.builds(
    Paper,
    id=st.just("2611.01234") | HOSTILE_TEXT.filter(bool),
    title=HOSTILE_TEXT,
    abstract=HOSTILE_TEXT | st.just("x" * 5000),
    authors=st.lists(HOSTILE_TEXT, max_size=12).map(tuple) | st.just(("A",) * 300),
    categories=st.lists(HOSTILE_TEXT, max_size=3).map(tuple),
    keywords=st.lists(HOSTILE_TEXT, max_size=3).map(tuple),
    organisation=HOSTILE_TEXT,
    summary=HOSTILE_TEXT,
    code_url=HOSTILE_TEXT | st.just("https://example.org/\x1b\\evil"),
    code_stars=st.none() | st.integers(0, 10**6),
    project_url=HOSTILE_TEXT,
)
HOSTILE_LINES = st.lists(
    st.builds(Span, HOSTILE_TEXT, st.sampled_from([Style.PLAIN, Style.MARK])), max_size=3
).map(tuple)
MESSAGES = st.builds(
    Message,
    title=HOSTILE_TEXT,
    subtitle=HOSTILE_TEXT,
    lines=st.lists(
        st.builds(Span, HOSTILE_TEXT, st.sampled_from(Style), HOSTILE_TEXT).map(lambda s: (s,)),
        max_size=2,
    ).map(tuple),
    cards=st.lists(
        st.builds(
            PaperCard,
            st.builds(
                ListedPaper,
                PAPERS,
                st.none() | st.integers(0, 999),
                st.none() | st.integers(0, 9),
                st.none(),
                st.none() | st.dates(date(1991, 1, 1)),
                st.sampled_from([(), (ARXIV,), (HUGGINGFACE, ARXIV)]),
            ),
            st.integers(0, 50),
            st.booleans(),
            HOSTILE_TEXT,
            title=HOSTILE_LINES,
            excerpt=HOSTILE_LINES,
            dated=st.booleans(),
            buttons=st.builds(Button, HOSTILE_TEXT, st.just("save")).map(lambda b: (b,)),
        ),
        max_size=3,
    ).map(tuple),
    private=st.booleans(),
    file=st.none() | st.builds(Attachment, HOSTILE_TEXT, HOSTILE_TEXT),
    layout=st.sampled_from(Layout),
)


def obeyed(text: str) -> set[str]:
    """What a terminal would act on, line breaks aside."""
    controls = {sign for sign in text if unicodedata.category(sign) in {"Cc", "Cs"}} - {"\n"}
    return controls | (
        set(text) & set("\u200e\u200f\u061c\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
    )


@settings(max_examples=60, deadline=None)
@given(message=MESSAGES, width=st.sampled_from([20, 40, 80, 200]), rich=st.booleans())
def test_no_paper_makes_a_terminal_obey_it(message: Message, width: int, rich: bool) -> None:
    text = printed(message, Surface(width=width, rich=rich))
    assert obeyed(OURS.sub("", text) if rich else text) == set()
    assert encode(text, "utf-8").decode() == text
    encode(text, "ascii")
    for payload in pack(message):
        assert obeyed(payload.plain) == set()


@settings(max_examples=30, deadline=None)
@given(message=MESSAGES, width=st.sampled_from([20, 40, 80]))
def test_a_row_is_no_wider_than_the_terminal(message: Message, width: int) -> None:
    text = OURS.sub("", printed(message, Surface(width=width, rich=True)))
    assert max(map(cell_len, text.split("\n"))) <= width


def test_what_a_hostile_paper_writes_is_shown_as_it_stands() -> None:
    text = OURS.sub("", printed(HOSTILE_PAPER, Surface(width=200, rich=True)))
    assert "[bold red]Not markup[/]" in text
    assert "[link=file:///etc/passwd]x[/link]" in text
    assert "javascript:" not in text


@given(HOSTILE_TEXT, st.integers(2, 50))
def test_a_cut_text_is_short_enough_and_says_that_it_was_cut(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_a_text_is_cut_at_a_word() -> None:
    assert cut("one two three four", 12) == "one two…"
    long = replace(FIRST, paper=replace(FIRST.paper, abstract="word " * 1000))
    [payload] = pack(Message(cards=(PaperCard(long, full=True),)))
    assert len(payload.plain) < ABSTRACT_CHARACTERS + 700
    assert "word…" in payload.plain


@given(HOSTILE_TEXT)
@example(" \x08\r")
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://example.org/a b",
        "https://example.org/\x1b\\",
        "https://example.org/\u202e",
        "https://example.org/" + "a" * 3000,
        "https://",
        "",
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert clean_url(url) == ""


@pytest.mark.parametrize(
    "url", ["https://github.com/a/b?c=d&e=%20#f", "http://example.org:8080/~x/[1]"]
)
def test_a_web_address_is_left_as_it_is(url: str) -> None:
    assert clean_url(url) == url


def test_a_caret_stands_under_the_place_of_a_query_error() -> None:
    error = QueryError("there is no field foo:", "mamba foo:bar", 6)
    assert describe(error, 80) == "there is no field foo:\n  mamba foo:bar\n        ^"
    assert describe(UserError("no\nsuch thing"), 80) == "no such thing"


def test_a_caret_counts_cells_and_stays_in_sight() -> None:
    problem, shown, mark = describe(QueryError("no", "日本 foo:", 3), 80).split("\n")
    assert (problem, shown, mark) == ("no", "  日本 foo:", "       ^")
    _, shown, mark = describe(QueryError("no", "x" * 400 + "foo: " + "y" * 90, 400), 40).split("\n")
    assert cell_len(shown) <= 40
    assert shown[mark.index("^") :].startswith("foo:")


@given(HOSTILE_TEXT, st.data(), st.integers(1, 100))
def test_no_query_breaks_its_own_error(text: str, data: st.DataObject, width: int) -> None:
    place = data.draw(st.integers(0, len(text)))
    described = describe(QueryError("wrong", text, place), width)
    assert obeyed(described) == set()
    assert described.count("\n") in {0, 2}
