"""That a text shows exactly itself in Slack, whatever is in it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from standins.hostile import EXAMPLES, PATIENCE, PIECES
from standins.slack_mrkdwn import see, see_blocks, to_the_eye
from standins.slack_texts import unescaped

from adapters.slack.blocks import rich_text
from adapters.slack.texts import (
    MOST_LINKED,
    MOST_RUNS,
    Element,
    elements,
    line_mrkdwn,
    line_text,
    linked,
    mrkdwn,
    mrkdwn_link,
    starting,
    text_element,
    under_one_another,
)
from bot.messages import Line, Span, Style, code, line, link, strong
from bot.messages import quiet as quietly
from bot.shown_text import characters, clean

URL = "https://example.org/a?b=1&c=2"
pytestmark = pytest.mark.timeout(PATIENCE)
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=14).map("".join)
SPANS = st.lists(
    st.builds(Span, HOSTILE, st.sampled_from(Style), st.sampled_from(["", URL, "javascript:x"])),
    max_size=5,
).map(tuple)


def shown(*made: list[Element]) -> tuple[str, set[str], set[str]]:
    """What is seen of elements of rich text: the text, the kinds of marks, the addresses."""
    section = {"type": "rich_text_section", "elements": under_one_another(made)}
    [seen] = see_blocks([rich_text([section])])
    return seen.text, seen.kinds, {url for _, url in seen.links}


@pytest.mark.parametrize(
    ("written", "kind", "seen"),
    [
        ("*bold* text", "bold", "bold text"),
        ("_\u200bit\u200b_", "italic", "it"),
        ("a ~b~.", "struck", "a b."),
        ("＊full＊", "bold", "full"),
        ("`a *b*`", "code", "a *b*"),
        ("```a\nb```", "code block", "a\nb"),
        ("&gt; quoted", "quote", "> quoted"),
        (":smile:", "emoji", ":smile:"),
        ("<!channel>", "mention", "!channel"),
        ("<@U1>", "mention", "@U1"),
        ("<#C1|papers>", "channel", "papers"),
        ("<!date^0^{date}|then>", "date", "then"),
        ("see https://a.example/b", "address", "see https://a.example/b"),
        ("to @here", "address", "to @here"),
        ("<https://a.example|:tada:>", "emoji", ":tada:"),
    ],
)
def test_the_reader_of_these_tests_knows_markup(written: str, kind: str, seen: str) -> None:
    assert see(written).kinds == {kind}
    assert see(written).text == seen


@settings(max_examples=EXAMPLES)
@given(HOSTILE)
@example("<!channel> <@U1> <#C1|x> <!date^0^{date}|x>")
@example("&lt;!channel&gt;")
@example("> quoted")
@example("＞ quoted")
@example("*a* _b_ ~c~ `d` ```e``` ＊f＊ ＿g＿ ｀h｀")
@example(":smile: :+1::skin-tone-2: :日本:")
@example("https://evil.example mail@evil.example www.evil.example")
def test_mrkdwn_shows_a_text_as_itself(text: str) -> None:
    seen = see(starting(mrkdwn(clean(text))))
    assert seen.text == to_the_eye(clean(text))
    assert (seen.marks, seen.links) == ([], [])
    assert list(unescaped(mrkdwn(clean(text)), "")) == []


@settings(max_examples=EXAMPLES)
@given(HOSTILE)
@example("<!channel> *a* :smile:")
def test_rich_text_holds_a_text_letter_by_letter(text: str) -> None:
    made = elements((Span(text),), 10_000)
    assert [each["text"] for each in made] == ([clean(text)] if clean(text) else [])
    assert all(each == {"type": "text", "text": each["text"]} for each in made)


@settings(max_examples=EXAMPLES)
@given(HOSTILE, st.integers(0, 80))
def test_a_link_leads_where_it_should_and_shows_its_text(text: str, limit: int) -> None:
    seen, kinds, urls = shown(linked((Span(text),), URL, limit))
    assert characters(seen) <= limit
    assert kinds == ({"bold"} if seen else set())
    assert urls == ({URL} if seen else set())
    if characters(clean(text)) <= limit:
        assert seen == clean(text)
    seen = see(mrkdwn_link(URL, mrkdwn(clean(text)) or "x"))
    assert seen.kinds == set()
    assert seen.links == [(to_the_eye(clean(text)) or "x", URL)]


@settings(max_examples=EXAMPLES)
@given(SPANS, st.integers(10, 400))
def test_a_line_is_no_longer_than_asked_and_holds_no_markup_but_ours(
    spans: Line, limit: int
) -> None:
    made = elements(spans, limit)
    text, kinds, urls = shown(made)
    assert characters(text) <= limit
    assert kinds <= {"bold", "code"}
    assert urls <= {URL}
    for write, marks, links in ((line_mrkdwn, {"bold", "code"}, {URL}), (line_text, set(), set())):
        written = write(spans, limit)
        assert characters(written) <= limit + 1  # what keeps a quote from starting shows nothing
        assert "\n" not in written
        seen = see(written)
        assert seen.kinds <= marks
        assert {url for _, url in seen.links} <= links


@settings(max_examples=EXAMPLES)
@given(SPANS)
def test_a_line_shows_the_text_of_its_spans(spans: Line) -> None:
    wanted = "".join(clean("".join(span.text for span in spans)).split())
    text, _, _ = shown(elements(spans, 10_000))
    assert "".join(text.split()) == wanted
    for write in (line_mrkdwn, line_text):
        assert "".join(see(write(spans, 10_000)).text.split()) == to_the_eye(wanted)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("A < B & C > D", "A &lt; B &amp; C &gt; D"),
        ("A* search", "A\u2217 search"),
        ("x_i and a*b", "x_i and a*b"),
        ("~50 %", "\u223c50 %"),
        (":smile:", ":\u2060smile:"),
        ("ratio 3:1, at 9:00", "ratio 3:1, at 9:00"),
        ("see https://a.b", "see https:\u2060//a.b"),
        ("cs.LG, e.g. GPT-4.5", "cs.LG, e.g. GPT-4.5"),
        ("@here in #general, C# is #1", "@\u2060here in #\u2060general, C# is #1"),
    ],
)
def test_only_what_slack_reads_is_written_otherwise(text: str, written: str) -> None:
    assert mrkdwn(text) == written


def test_spans_become_rich_text() -> None:
    spans = line("Found ", strong("2 papers"), " for ", code("a`b"), ": ", link("the list", URL))
    assert elements(spans, 500) == [
        {"type": "text", "text": "Found "},
        {"type": "text", "text": "2 papers", "style": {"bold": True}},
        {"type": "text", "text": " for "},
        {"type": "text", "text": "a`b", "style": {"code": True}},
        {"type": "text", "text": ": "},
        {"type": "link", "url": URL, "text": "the list"},
    ]


def test_spans_become_mrkdwn() -> None:
    spans = line("Found ", strong("2*3 papers"), " for ", code("a`b"), ": ", link("it", URL), ".")
    wanted = "Found *2\u22173 papers* for `a\u02cbb`: <https://example.org/a?b=1&amp;c=2|it>."
    assert line_mrkdwn(spans, 500) == wanted
    assert line_text(spans, 500) == "Found 2*3 papers for a`b: it."
    assert line_mrkdwn(line(quietly("28 more: "), code("/papers today")), 500) == (
        "28 more: `/papers today`"
    )


def test_what_formats_stands_apart_from_a_word_beside_it() -> None:
    assert line_mrkdwn(line("super", strong("cali"), "fragilistic"), 99) == (
        "super\u200b*cali*\u200bfragilistic"
    )
    assert line_mrkdwn(line("(", strong("a"), "), ", code("b"), "."), 99) == "(*a*), `b`."
    assert see(line_mrkdwn(line(code("a"), code("b"), strong("c")), 99)).text == "abc"


def test_marks_stand_out_in_a_title() -> None:
    title = line("Counting ", Span("Sheep", Style.MARK))
    bold = [each.get("style") for each in linked(title, URL, 99)]
    assert bold == [None, {"bold": True}]
    assert [each.get("style") for each in linked(line("Sheep"), URL, 99)] == [{"bold": True}]
    assert linked(line("Sheep"), "", 99) == [text_element("Sheep", "bold")]


def test_a_space_between_marked_words_of_a_title_is_no_link_of_its_own() -> None:
    """Slack refuses a link that shows nothing ("invalid_blocks")."""
    marks = (Span("Language", Style.MARK), Span(" "), Span("Models", Style.MARK))
    title = (Span("Large "), *marks, Span(" Today"))
    assert [each["text"] for each in linked(title, URL, 99)] == [
        "Large ", "Language Models", " Today",
    ]  # fmt: skip
    assert [each["text"] for each in linked(marks, URL, 99)] == ["Language Models"]


def test_a_line_of_too_many_styles_is_plain() -> None:
    spans = tuple(Span("x", style) for style in [Style.PLAIN, Style.STRONG] * MOST_RUNS)
    assert elements(spans, 999) == [text_element("x" * 2 * MOST_RUNS)]
    assert len(elements(spans[:MOST_RUNS], 999)) == MOST_RUNS
    assert len(linked(spans[: MOST_LINKED + 1], URL, 999)) == 1


def test_plain_lines_under_one_another_are_one_text() -> None:
    rows = [[text_element("a")], [], [text_element("b", "bold")], [text_element("c")]]
    assert under_one_another(rows) == [
        text_element("a\n"),
        text_element("b", "bold"),
        text_element("\nc"),
    ]
