"""Text from outside, cleaned and cut, and lines in runs."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from standins.hostile import PIECES

from bot.messages import Span, Style, code, line, link, quiet, strong
from bot.shown_lines import as_typed, clean_runs, cut_runs, is_code, is_quiet
from bot.shown_text import characters, clean, clean_url, cut

URL_CHARACTERS = 512
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=14).map("".join)
SPANS = st.lists(st.builds(Span, HOSTILE, st.sampled_from(Style)), max_size=5)


@given(HOSTILE)
@example(" \x08\r")
@example("\u200d \u200d")
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(HOSTILE)
@example("\u202egnp.exe\u2066")
@example("a\r\nb\tc\u2028d")
def test_clean_text_is_one_line_without_what_is_not_seen(text: str) -> None:
    assert (
        set(clean(text)) & set("\n\r\t\x00\x1b\u2028\u202e\u2066\u200f\u200b\u2060\ud800") == set()
    )


@given(HOSTILE, st.integers(0, 60))
def test_a_cut_text_is_short_enough_and_says_that_it_was_cut(text: str, limit: int) -> None:
    short = cut(clean(text), limit)
    assert characters(short) <= limit
    assert short == clean(text) or short.endswith("…") or not limit


def test_a_text_is_cut_at_a_word_and_never_within_a_sign() -> None:
    assert cut("one two three four", 12) == "one two…"
    assert cut("ae\u0301e\u0301e\u0301", 4) == "ae\u0301…"
    assert cut("xx👩\u200d🚀xx", 6) == "xx…"
    assert cut("🎉🎉🎉", 4) == "🎉…"
    assert cut("🇩🇪" * 9, 12) == "🇩🇪🇩🇪…"
    assert cut("a" + "\u0301" * 99, 50) == "a" + "\u0301" * 48 + "…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "file:///etc/passwd", "https://example.org/a b", "https://", "",
        "https://example.org/\x1b\\", "https://example.org/\u202e", "https://localhost/x",
        "https://example.org/" + "a" * 600, "https://user@example.org", "https://example.org:99999",
        "https://-a.org", "https://exa_mple.org", "https://[::1]/", "https://example.org\\@evil.example",
        "ftp://example.org", "https://example.org/" + "(" * 200,
    ],
)  # fmt: skip
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert clean_url(url, URL_CHARACTERS) == ""


def test_what_would_end_a_link_is_encoded() -> None:
    for url, written in (
        ("https://github.com/a/b?c=d&e=%20#f", "https://github.com/a/b?c=d&e=%20#f"),
        ("https://a.example/x_(y)<z>", "https://a.example/x_%28y%29%3Cz%3E"),
    ):
        assert clean_url(url, URL_CHARACTERS) == written


def test_runs_that_look_alike_are_one() -> None:
    spans = line("a ", quiet("b\n"), strong("c"), Span("d", Style.MARK), link("e", "javascript:x"))
    assert clean_runs(spans, URL_CHARACTERS) == [
        Span("a b "),
        Span("cd", Style.STRONG),
        Span("e"),
    ]
    assert clean_runs(line(code("``"), code("x")), URL_CHARACTERS, lambda text: text != "``") == [
        Span("``"),
        Span("x", Style.CODE),
    ]


@given(SPANS, st.integers(0, 60))
def test_cut_runs_are_a_text_that_is_cut(spans: list[Span], limit: int) -> None:
    runs = clean_runs(spans, URL_CHARACTERS)
    text = "".join(run.text for run in runs)
    short = "".join(run.text for run in cut_runs(runs, limit))
    assert characters(short) <= limit
    assert short == cut(text, limit)


def test_a_line_is_quiet_where_it_starts_so_and_nothing_stands_out() -> None:
    assert is_quiet(line(quiet("28 more: "), code("/papers today")))
    assert not is_quiet(line(quiet("28 more: "), strong("see")))
    assert not is_quiet(line(code("x")))
    assert not is_quiet(())


def test_code_keeps_its_columns() -> None:
    assert is_code(line(code("    ^")))
    assert not is_code(line("a ", code("^")))
    assert as_typed(line(code("  a\tb\u202ec  "))) == "  a b c"
