"""Two ranked lists as one, and what a query asks of the vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fusion import asked_of, fused, middle, strict_first
from bot.likeness import SCALE, similarity
from bot.models import And, Category, Not, Query, Word
from bot.queries import parse_query, text_words, words_query
from bot.query_pieces import AFTER_WORD

papers = st.sampled_from([f"2611.{n:05}" for n in range(20)])
ranked = st.dictionaries(papers, st.floats(-50, 50), max_size=15).map(
    lambda scores: sorted(scores.items(), key=lambda each: -each[1])
)
components = st.lists(st.integers(-127, 127), min_size=8, max_size=8).filter(any)


def as_bytes(numbers):
    return bytes(number & 0xFF for number in numbers)


@given(ranked, ranked)
def test_every_paper_of_either_list_stands_in_it_once(words, sense):
    together = fused(words, sense)
    assert len(together) == len(set(together))
    assert set(together) == {i for i, _ in words} | {i for i, _ in sense}


@given(ranked)
def test_one_list_alone_keeps_its_order(words):
    assert fused(words, []) == [i for i, _ in words]
    assert fused([], words) == [i for i, _ in words]


@given(ranked, ranked, st.sampled_from([0.25, 2.0, 8.0]), st.integers(-100, 100))
def test_only_differences_of_scores_mean_anything(words, sense, factor, shift):
    words = [(i, float(round(score))) for i, score in words]  # so that no sum is rounded
    moved = [(i, score * factor + shift) for i, score in words]
    assert fused(moved, sense) == fused(words, sense)


@given(ranked, ranked)
def test_who_is_better_in_both_lists_comes_first(words, sense):
    together = fused(words, sense)
    by_words, by_sense = dict(words), dict(sense)
    both = [i for i in together if i in by_words and i in by_sense]
    for one in both:
        for other in both:
            if by_words[one] > by_words[other] and by_sense[one] > by_sense[other]:
                assert together.index(one) < together.index(other)


def test_scores_count_half_and_half_and_who_is_missing_has_none():
    words = [("both", 10.0), ("words", 8.0), ("last", 0.0)]
    sense = [("sense", 0.9), ("both", 0.8), ("least", 0.4)]
    # both: 1 + 0.8 of the way; sense: 0 + 1; words: 0.8 + 0; the last of each list: 0
    assert fused(words, sense) == ["both", "sense", "words", "last", "least"]


@given(st.lists(papers, unique=True), st.sets(papers))
def test_strict_matches_come_first_and_alone_where_they_are_ten(order, strict):
    shown = strict_first(order, strict)
    matches = [i for i in order if i in strict]
    assert list(shown[: len(matches)]) == matches
    others = [i for i in order if i not in strict]
    assert list(shown[len(matches) :]) == ([] if len(matches) >= 10 else others)


@given(components)
def test_the_middle_of_one_vector_is_that_vector(numbers):
    assert middle([as_bytes(numbers)]) == as_bytes(numbers)


@given(components, components)
def test_the_middle_is_as_near_to_one_as_to_the_other(one, other):
    unit_one, unit_other = unit(one), unit(other)
    if similarity(unit_one, unit_other) < -0.9 * SCALE**2:
        return  # there is no direction between opposites
    between = middle([unit_one, unit_other])
    nearness = similarity(between, unit_one) / SCALE**2
    assert nearness == pytest.approx(similarity(between, unit_other) / SCALE**2, abs=0.1)
    assert similarity(between, between) / SCALE**2 == pytest.approx(1, abs=0.05)


def unit(numbers):
    length = sum(number**2 for number in numbers) ** 0.5
    return as_bytes(round(number / length * SCALE) for number in numbers)


def test_no_vectors_have_no_middle():
    assert middle([]) == b""


@pytest.mark.parametrize(
    ("typed", "text", "conditions"),
    [
        ("state space models", "state space models", ()),
        ('"state space" title:models', "state space models", ()),
        ("mamba OR (linear attention)", "mamba linear attention", ()),
        ("mamba cat:cs.LG", "mamba", (Category("cs.LG"),)),
        ("mamba -survey", "mamba", (Not(Word("survey")),)),
        ("cat:cs.LG", "", (Category("cs.LG"),)),
    ],
)
def test_words_of_the_text_are_embedded_and_the_rest_is_strict(typed, text, conditions):
    asked = asked_of(parse_query(typed))
    assert (asked.text, asked.likes, asked.conditions) == (text, (), And(conditions))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("What is the use of attention?", "What is the use of attention?"),
        ("how plants make sugar -moss cat:q-bio upvotes:>3", "how plants make sugar"),
        ("(diffusion OR flow) for images NOT survey", "diffusion flow for images"),
        ("title:(state space) in time sort:relevance", "state space in time"),
        ("abstract:mamba for speech", "for speech mamba"),
        ("attention and attention again", "attention and attention again"),
        ("C++ for GPT-4o since:2026-01-01", "C++ for GPT-4o"),
    ],
)
def test_a_question_is_embedded_as_it_was_asked(typed, text):
    assert asked_of(parse_query(typed)).text == text


def test_without_what_was_typed_the_words_are_embedded():
    words = And((Word("state"), Word("space model"), Category("cs.LG")))
    assert asked_of(Query(words)).text == "state space model"


@given(st.text(max_size=60))
def test_whatever_is_typed_all_of_its_words_are_embedded(typed):
    query = words_query(typed)
    text = asked_of(query).text.lower().split()
    for word in text_words(query):
        assert set(word.text.lower().split()) <= {*text, *(t.strip(AFTER_WORD) for t in text)}


def test_names_are_conditions_and_not_embedded():
    asked = asked_of(parse_query('mamba author:"Tri Dao" org:Princeton'))
    assert asked.text == "mamba"
    assert len(asked.conditions.parts) == 2


def test_a_choice_between_words_and_facts_is_strict():
    asked = asked_of(parse_query("diffusion (mamba OR cat:cs.LG)"))
    [choice] = asked.conditions.parts
    assert choice == parse_query("mamba OR cat:cs.LG").tree.parts[0]


def test_a_paper_to_be_like_is_taken_out_and_one_not_to_be_like_is_strict():
    asked = asked_of(parse_query("like:2405.21060 -like:2312.00752 -survey"))
    assert asked.likes == ("2405.21060",)
    assert asked.text == ""
    assert len(asked.conditions.parts) == 2
