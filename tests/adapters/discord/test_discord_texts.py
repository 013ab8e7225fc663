"""That a text shows exactly itself in Discord, whatever is in it."""

from __future__ import annotations

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from standins.discord_markdown import see

from adapters.discord.texts import (
    escape,
    escape_within,
    heading,
    inline,
    line_markdown,
    masked_link,
    quiet,
    starting,
)
from bot.messages import Line, Span, Style, code, line, link, strong
from bot.messages import quiet as quietly
from bot.shown_text import characters, clean

URL = "https://example.org/a"
LONG = bool(os.environ.get("PAPERBOY_LONG"))
EXAMPLES = 10_000 if LONG else 150
pytestmark = pytest.mark.timeout(3600 if LONG else 120)
PIECES = [
    "*", "**", "_", "__", "~~", "||", "`", "``", "```", "\\", "\\*", "# ", "## ", "-# ", "- ",
    "* ", "+ ", "> ", ">>> ", "1. ", "12. ", "[", "]", "(", ")", "](",
    "[a](https://evil.example)", "<", ">", "<@1>", "<@&2>", "<#3>", "<t:0:R>", "</cmd:1>",
    "<id:home>", "<:e:1>", "<a:e:1>", ":smile:", "@", "@everyone", "@here", "everyone",
    "https://evil.example/x", "http://a.b", "HTTPS://A.B", "://", "<https://a.b>",
    "discord.gg/abc", "Discord.GG/abc", "discordapp.com/invite/x", "x@y.example", "steam://run",
    "\u202e", "\u2066", "\u200f", "\u200b", "\u200c", "\u200d", "\ud800", "\udfff", "\x00",
    "\x1b[31m", "\n", "\r\n", "\t", "\u2028", " ", "  ", "é", "e\u0301", "👩\u200d🚀", "🎉", "1️⃣",
    "🇩🇪", "日本", "עברית", "$x_i^2$", "\\mathcal{O}", "word", "#", "C#", "¯\\_(ツ)_/¯", "\u3164",
    "…",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=14).map("".join)
SPANS = st.lists(
    st.builds(Span, HOSTILE, st.sampled_from(Style), st.sampled_from(["", URL, "javascript:x"])),
    max_size=5,
).map(tuple)


def as_seen(text: str) -> str:
    return text.replace("\u200b", "")


@settings(max_examples=EXAMPLES)
@given(HOSTILE)
@example("[A](https://evil.example)")
@example("a](b")
@example("- list")
@example("3. list")
def test_a_text_shows_exactly_itself(text: str) -> None:
    shown = see(starting(escape(clean(text))))
    assert shown.text == clean(text)
    assert (shown.marks, shown.links) == ([], [])


@settings(max_examples=EXAMPLES)
@given(HOSTILE)
@example("C#")
@example("# #")
@example("-# small")
def test_a_text_shows_itself_in_a_heading_and_in_a_quiet_line(text: str) -> None:
    for written, kind in (
        (heading(escape(clean(text))), "heading"),
        (quiet(escape(clean(text))), "subtext"),
    ):
        shown = see(written)
        assert shown.text == clean(text)
        assert shown.kinds == ({kind} if clean(text) else set())
        assert shown.links == []


@settings(max_examples=EXAMPLES)
@given(HOSTILE, st.integers(0, 80))
@example("🎉 party", 100)
@example("see https://evil.example", 100)
def test_a_link_leads_where_it_should_and_shows_its_text(text: str, limit: int) -> None:
    written = masked_link((Span(clean(text)),), URL, limit, "arXiv")
    assert characters(written) <= limit
    shown = see(f"**1.** {written}" if written else "")
    assert {url for _, url in shown.links} <= {URL}
    assert shown.kinds <= {"bold"}
    if limit > 79 and len(clean(text)) < 16 and clean(text):
        assert {url for _, url in shown.links} == {URL}
        assert shown.text in {f"1. {clean(text)}", f"1. {clean(text)} (arXiv)"}


@settings(max_examples=EXAMPLES)
@given(SPANS, st.integers(10, 400))
def test_a_line_is_no_longer_than_asked_and_holds_no_markup_but_ours(
    spans: Line, limit: int
) -> None:
    written = line_markdown(spans, limit)
    assert characters(written) <= limit
    assert "\n" not in written
    shown = see(written)
    assert shown.kinds <= {"bold", "code", "subtext"}
    assert {url for _, url in shown.links} <= {URL}


@settings(max_examples=EXAMPLES)
@given(SPANS)
def test_a_line_shows_the_text_of_its_spans(spans: Line) -> None:
    shown = see(line_markdown(spans, 10_000)).text.replace(" (link)", "")
    wanted = clean("".join(span.text for span in spans))
    assert "".join(as_seen(shown).split()) == "".join(wanted.split())


@given(HOSTILE, st.integers(0, 60))
def test_escaped_text_is_within_the_characters_asked_for(text: str, limit: int) -> None:
    assert characters(escape_within(clean(text), limit)) <= limit
    assert escape_within("****", 5) == "\\*\\*…"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("<@1> <t:0> </x:1>", "\\<@1> \\<t:0> \\</x:1>"),
        ("see https://a.b/c_d", "see https\\://a.b/c\\_d"),
        ("discord.gg/x", "discord\\.gg/x"),
        ("a](b)", "a\\]\\(b)"),
        ("ratio 3:1, at 9:00", "ratio 3:1, at 9:00"),
        (":smile:", "\\:smile:"),
    ],
)
def test_only_what_discord_reads_is_escaped(text: str, written: str) -> None:
    assert escape(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("- a", "\\- a"),
        ("# a", "\\# a"),
        ("> a", "\\> a"),
        ("1. a", "1\\. a"),
        ("3.5 a", "3.5 a"),
        ("a - b", "a - b"),
    ],
)
def test_a_line_starts_no_list_quote_or_heading(text: str, written: str) -> None:
    assert starting(text) == written


def test_spans_become_markdown() -> None:
    spans = line(
        "Found ", strong("2 papers"), " for ", code("a`b"), ": ", link("the list", URL), "."
    )
    wanted = f"Found **2 papers** for `` a`b ``: [the list](<{URL}>)."
    assert line_markdown(spans, 500) == wanted
    assert line_markdown(line(quietly("28 more: "), code("/papers today")), 500) == (
        "-# 28 more: `/papers today`"
    )
    assert inline(
        line("a", quietly(" b "), strong(" c "), Span("d", Style.MARK)), 99
    ) == "a b ** c d**".replace("** c", " **c").replace("b  ", "b  ")


def test_a_text_that_can_be_no_link_stands_before_one() -> None:
    for text in (
        "🎉 Party",
        "[Re] A",
        "x `y`",
        "a*b*",
        "at https://a.b",
        ":tada:",
        "<@1>",
        "@here",
        "discord.gg/x",
    ):
        written = masked_link((Span(text),), URL, 200, "arXiv")
        assert written == f"{escape(text)} ([arXiv](<{URL}>))"
    assert masked_link((Span("A* search, and x_i"),), URL, 200) != ""
    assert masked_link((Span("A* search"),), URL, 200) == f"[A* search](<{URL}>)"


def test_marks_are_bold_within_a_link() -> None:
    title = line("Counting ", Span("Sheep", Style.MARK), " at Scale")
    assert masked_link(title, URL, 200) == f"[Counting **Sheep** at Scale](<{URL}>)"
    starred = line("A* ", Span("Sheep", Style.MARK))
    assert masked_link(starred, URL, 200, "arXiv") == f"A\\* **Sheep** ([arXiv](<{URL}>))"
