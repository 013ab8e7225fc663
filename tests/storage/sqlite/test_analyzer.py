"""The engine's own tokens in memory: the very ones that the full-text indices keep."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Tokens
from storage.sqlite import analyzer
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.expressions import PLAIN, STEMMED
from storage.sqlite.indexing import INDICES
from storage.sqlite.rows import sound
from storage.sqlite.segmenting import segment


@pytest.fixture(scope="module")
def analyze():
    with closing(SqliteAnalyzer()) as made:
        yield made


def indexed(texts):
    """The tokens of each text as an index of its own has them, the whole text in a row."""
    found = {}
    with closing(sqlite3.connect(":memory:")) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for name in (PLAIN, STEMMED):
            db.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(x, tokenize='{INDICES[name]}')")
            db.execute(f"CREATE VIRTUAL TABLE v_{name} USING fts5vocab({name}, instance)")
            rows = [(row, sound(segment(text))) for row, text in enumerate(texts)]
            db.executemany(f"INSERT INTO {name} (rowid, x) VALUES (?, ?)", rows)
            tokens = db.execute(f"SELECT doc, term FROM v_{name} ORDER BY doc, offset").fetchall()
            found[name] = [tuple(t for doc, t in tokens if doc == row) for row in range(len(texts))]
    return [Tokens(*both) for both in zip(found[PLAIN], found[STEMMED], strict=True)]


def test_tokens_stand_plain_and_stemmed_side_by_side(analyze):
    assert analyze(["Optimizing Ponds, twice: ponds!", ""]) == [
        Tokens(
            ("optimizing", "ponds", "twice", "ponds"),
            ("optim", "pond", "twice", "pond"),
        ),
        Tokens(),
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("C++ and GPT-4o", ("c", "and", "gpt", "4o")),
        ("l'été, L’ÉTÉ", ("l", "ete", "l", "ete")),
        ("强化GPT学习", ("强", "化", "gpt", "学", "习")),
        ("안녕 ガ", ("안", "녕", "ガ")),
        ("🐢 … \x00 \ud800", ()),
    ],
)
def test_a_text_is_taken_apart_where_the_index_does(analyze, text, plain):
    [tokens] = analyze([text])
    assert tokens.plain == plain


signs = st.one_of(
    st.sampled_from(
        "aàÀeézZßﬁ 　-'’\"+.,/_@#\n\r\t\x1c\x85\x00强化ガ안กİıſK🐢²½\u0301\u200b\u00ad\uefff"
    ),
    st.sampled_from(["running", "optimiz", "ational", "İ"]),
    st.characters(),
)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(st.lists(signs, max_size=30).map("".join), max_size=4))
def test_the_tokens_are_those_of_the_index_whatever_the_text(analyze, texts):
    assert analyze(texts) == indexed(texts)


def test_a_token_of_more_bytes_than_the_index_keeps_is_cut_alike(analyze):
    texts = ["x" * 40_000, "é" * 40_000, "a" + "ж" * 40_000]
    assert analyze(texts) == indexed(texts)


def test_forgetting_pieces_changes_no_answer(monkeypatch):
    monkeypatch.setattr(analyzer, "MOST_KNOWN", 10)
    texts = [f"ponds {number} and hares{number}, {number - 1}" for number in range(40)]
    with closing(SqliteAnalyzer()) as analyze:
        for start in range(0, 40, 4):
            some = texts[max(start - 4, 0) : start + 4]
            assert analyze(some) == indexed(some)
        assert len(analyze._known["plain"]) <= 40


def test_two_analyzers_know_nothing_of_each_other():
    with closing(SqliteAnalyzer()) as one, closing(SqliteAnalyzer()) as other:
        assert one(["ponds"]) == other(["ponds"])
        one.close()
        assert other(["hares"]) == [Tokens(("hares",), ("hare",))]
