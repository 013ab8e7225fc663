"""Texts as the full-text indices read them."""

import sqlite3
import unicodedata
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sqlite.indexing import INDICES
from storage.sqlite.segmenting import LINE_BREAK, SEPARATOR, readable, segment

SIGNS = "强化学ぶガー々〇안녕ㄅ가ｶ𠮷กາက"  # a sign of each script, old and half width forms


def tokens(text):
    """The tokens of a text by each of the tokenizers."""
    with closing(sqlite3.connect(":memory:")) as db:
        for name, tokenizer in INDICES.items():
            db.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(x, tokenize='{tokenizer}')")
            db.execute(f"CREATE VIRTUAL TABLE v_{name} USING fts5vocab({name}, instance)")
            db.execute(f"INSERT INTO {name} VALUES (?)", (text,))
        select = "SELECT term FROM v_{} ORDER BY offset"
        found = [[term for (term,) in db.execute(select.format(name))] for name in INDICES]
    assert found[0] == found[1]  # no stemmer changes what these tests are about
    return found[0]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_of_a_script_without_spaces_is_a_token_of_its_own(sign):
    assert tokens(segment(f"gpt{sign}{sign}4o")) == ["gpt", *(tokens(sign) * 2), "4o"]
    assert len(tokens(sign)) == 1


@pytest.mark.parametrize("text", ["naïve été", "русский текст", "Ελληνικά", "مرحبا", "GPT-4o"])
def test_other_texts_stay_as_they_are(text):
    assert segment(text) == text


def test_a_separator_ends_a_token_and_is_none():
    assert unicodedata.category(SEPARATOR) == "Cf"
    assert tokens(SEPARATOR) == []
    assert tokens(f"a{SEPARATOR}b") == ["a", "b"]


def test_lines_are_told_apart_by_a_token_that_is_in_no_text():
    assert unicodedata.category(LINE_BREAK.strip()) == "Co"
    assert tokens(segment("hao wei\nli zhang")) == ["hao", "wei", LINE_BREAK.strip(), "li", "zhang"]


@given(st.text(st.one_of(st.sampled_from(f"{SIGNS}ab \n"), st.characters(exclude_categories="C"))))
def test_a_segmented_text_reads_as_it_did(text):
    assert readable(segment(text)) == text
    assert segment(text).count(SEPARATOR) <= 2 * len(text)
