"""How well papers fit a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.questions import Questions
from storage.sqlite.ranking import Term, favour, fitness, term


@pytest.fixture(scope="module")
def stems_of():
    questions = Questions()
    yield questions.stems_of
    questions.close()


def columns(title="", abstract="", authors="", keywords="", organisation=""):
    return (title, abstract, authors, keywords, organisation)


def terms(*stems):
    return [Term(stem, 1.0) for stem in stems]


def fits(stems_of, papers, *stems):
    return fitness(papers, terms(*stems), stems_of)


def test_every_form_of_a_word_counts(stems_of):
    forms = ["studies", "Study", "STUDYING", "studied"]
    scores = fits(stems_of, [columns(form) for form in [*forms, "students"]], "studi")
    assert min(scores[:4]) > scores[4] == 0


def test_marks_and_scripts_are_read_as_the_index_does(stems_of):
    papers = [columns("Schrödinger"), columns("深層学習"), columns("plain")]
    assert [score > 0 for score in fits(stems_of, papers, "schroding")] == [True, False, False]
    assert [score > 0 for score in fits(stems_of, papers, "学", "習")] == [False, True, False]


@pytest.mark.parametrize(
    ("closer", "further"),
    [
        ("state space of all", "state of all space"),
        ("state-space of all", "space state of all"),
        ("state, space of all", "state a space of al"),
    ],
)
def test_words_side_by_side_in_order_fit_better(stems_of, closer, further):
    near, far = fits(stems_of, [columns(closer), columns(further)], "state", "space")
    assert near > far > 0


def test_a_title_fits_better_than_an_abstract(stems_of):
    papers = [columns("turtle", "of a pond"), columns("of a pond", "turtle")]
    in_title, in_abstract = fits(stems_of, papers, "turtl")
    assert in_title > in_abstract > 0


def test_a_beginning_is_every_word_that_begins_so(stems_of):
    asked = [Term("mamb", 1.0, begins=True)]
    papers = [columns("Mamba"), columns("x", "Mambas and mamba"), columns("A marimba"), columns("")]
    in_title, twice, other, none = fitness(papers, asked, stems_of)
    assert in_title > twice > other == none == 0
    both = fitness(papers, [*asked, Term("mamba", 1.0)], stems_of)
    assert both[0] == in_title  # a word counts for the stem where both are asked for


def test_a_short_paper_fits_better_than_a_long_one(stems_of):
    papers = [columns("turtle"), columns("turtle", "and much else " * 9)]
    short, long = fits(stems_of, papers, "turtl")
    assert short > long


def test_a_rare_stem_tells_more_than_a_common_one():
    tellings = [term("x", holders, 1000).telling for holders in (0, 1, 10, 500, 1000, 2000)]
    assert tellings == sorted(tellings, reverse=True)
    assert min(tellings) > 0


def test_upvotes_and_days_are_worth_no_more_than_one():
    assert favour(None, None) == 0
    assert 0 < favour(1, None) < favour(1000, None) <= 0.5
    assert 0 < favour(None, 900) < favour(None, 0) <= 0.5
    assert favour(10**9, -5) <= 1


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=20))
def test_whatever_texts_hold_they_are_weighed(texts, asked):
    analyzer = SqliteAnalyzer()
    questions = Questions()
    [tokens] = analyzer([asked])
    papers = [columns(text, text) for text in texts]
    scores = fitness(papers, terms(*tokens.stems), questions.stems_of)
    assert len(scores) == len(papers)
    assert all(score >= 0 for score in scores)
    analyzer.close()
    questions.close()
