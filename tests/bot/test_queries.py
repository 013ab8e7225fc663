from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.categories import CATEGORIES
from bot.errors import QueryError
from bot.models import ARXIV, HUGGINGFACE, SAMPLE, And, Category, ListedBy, Query, Word
from bot.queries import (
    MAX_QUERY_CHARACTERS,
    archives_of,
    leaves,
    parse_query,
    plain_signs,
    print_query,
    sources_of,
)

PIECES = st.sampled_from(
    [
        *("mamba", "GPT-4o", "C++", "l’été", "强化学习", "the", "OR", "NOT", "-x", "--", "opti*"),
        *('"state space', '"', "“a b”", "cat:cs.LG", "cat:", "cat:zz", "source:hf", "source:moon"),
        *("Mamba:", "title:x", "https://a.org/b", "(", ")", "'-foo", ":-", "\x00", "\ud800", "🙂"),
        *("Cat:cs", 'Mamba:"a survey"', "（ｃａｔ：ｃｓ）", "12:30", "a:b:c", "^", "NEAR("),
    ]
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map(" ".join))


def parts(text: str) -> tuple[object, ...]:
    return parse_query(text).tree.parts


def outcome(text: str) -> Query | QueryError:
    try:
        return parse_query(text)
    except QueryError as error:
        return error


@given(TEXTS)
@example("'-foo")
@example('A:"')
@example("(cat:")
def test_any_text_gives_a_query_or_one_line_with_a_place_in_the_text(text: str) -> None:
    read = outcome(text)
    if isinstance(read, Query):
        assert parse_query(print_query(read)) == read
        return
    assert len(str(read).splitlines()) == 1
    assert len(str(read)) < 160
    assert read.text == text
    assert 0 <= read.place < len(text)


@given(TEXTS)
def test_plain_signs_keep_every_place(text: str) -> None:
    plain = plain_signs(text)
    assert len(plain) == len(text)
    assert plain_signs(plain) == plain
    plain.encode()


@given(TEXTS)
def test_no_word_of_a_query_is_empty_or_starts_with_a_sign_of_the_language(text: str) -> None:
    read = outcome(text)
    for leaf in leaves(read.tree) if isinstance(read, Query) else []:
        if isinstance(leaf, Word):
            assert leaf.text.strip() == leaf.text != ""
            assert leaf.quoted or leaf.text[0] not in '-"('


def test_all_words_and_phrases_are_read_in_order() -> None:
    assert parts('mamba "state space" GPT-4o') == (
        Word("mamba"),
        Word("state space", quoted=True),
        Word("GPT-4o"),
    )


def test_a_word_asked_for_twice_is_one() -> None:
    assert parts("mamba mamba") == (Word("mamba"),)


def test_small_words_are_left_out_but_not_from_phrases() -> None:
    assert parts('the attention of "to be or not"') == (
        Word("attention"),
        Word("to be or not", quoted=True),
    )


def test_an_empty_query_is_met_by_every_paper() -> None:
    assert parse_query("  ") == Query(And())


@pytest.mark.parametrize("text", ["the of", '""', "?!", "🙂", "( )"])
def test_a_query_without_a_word_to_look_for_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="no word in it"):
        parse_query(text)


def test_signs_around_a_word_are_no_part_of_it() -> None:
    assert parts("(mamba), [rwkv]! C++") == (Word("mamba"), Word("rwkv"), Word("C++"))


def test_a_title_with_a_colon_is_words() -> None:
    assert parts("Mamba: selective spaces") == (Word("Mamba"), Word("selective"), Word("spaces"))
    assert parts('Mamba:"a survey"') == (Word("Mamba"), Word("a survey", quoted=True))


def test_an_address_is_a_word() -> None:
    assert parts("https://example.org/x") == (Word("https://example.org/x"),)


@pytest.mark.parametrize(
    "text", ["cat:cs.LG", "CAT:cs.lg", '(cat:"cs.LG")', "（ｃａｔ：ｃｓ．ＬＧ）"]
)
def test_a_category_is_read_in_any_spelling(text: str) -> None:
    assert parts(text) == (Category("cs.LG"),)


def test_a_star_asks_for_the_whole_archive() -> None:
    assert parts("cat:cs.*") == parts("cat:cs") == (Category("cs"),)


@pytest.mark.parametrize(("text", "source"), [("source:hf", HUGGINGFACE), ("Source:arXiv", ARXIV)])
def test_a_source_is_read_by_its_names(text: str, source: str) -> None:
    assert parts(text) == (ListedBy(source),)


@pytest.mark.parametrize(
    ("text", "problem", "place"),
    [
        ("mamba cat:cs.LX", "no category cs.LX; the nearest is cs\\.", 10),
        ("mamba source:moon", "there is no source moon", 13),
        ("mamba title:x", "there is no field title:", 6),
        ("mamba cat:", "cat: wants a value", 6),
        ("mamba -survey", "leading -", 6),
        ("mamba OR rwkv", "OR is not read yet", 6),
        ("mamba optimiz*", "beginning of a word", 6),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, problem: str, place: int) -> None:
    with pytest.raises(QueryError, match=problem) as caught:
        parse_query(text)
    assert caught.value.place == place


def test_a_query_that_is_too_long_is_refused_at_its_first_character_too_many() -> None:
    assert parse_query("x" * MAX_QUERY_CHARACTERS)
    with pytest.raises(QueryError, match="at most 500") as caught:
        parse_query("x" * 10_000)
    assert caught.value.place == MAX_QUERY_CHARACTERS
    assert len(caught.value.text) == MAX_QUERY_CHARACTERS + 1


@given(st.sampled_from(CATEGORIES))
def test_every_category_of_arxiv_is_read_and_printed(name: str) -> None:
    assert print_query(parse_query(f"cat:{name.upper()}")) == f"cat:{name}"


def test_a_filter_looks_at_the_picks_unless_it_names_a_category_or_a_source() -> None:
    assert sources_of(parse_query("mamba")) == {HUGGINGFACE, SAMPLE}
    assert sources_of(parse_query("cat:cs.LG")) == {HUGGINGFACE, ARXIV, SAMPLE}
    assert sources_of(parse_query("cat:cs.LG source:arxiv")) == {ARXIV}


def test_the_archives_of_a_query_are_those_of_its_categories() -> None:
    assert archives_of(parse_query("cat:cs.LG cat:math mamba")) == {"cs", "math"}
