from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.asked import read_asked, with_corrections
from bot.errors import QueryError
from bot.models import FirstListed
from bot.queries import leaves, parse_query, resolve

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("difusion models", "diffusion models"),
        ("Difusion", "diffusion"),
        ('"latent difusion" -mamba', '"latent diffusion" -mamba'),
        ("mamba OR difusion", "mamba OR diffusion"),
        ("title:difusion cat:cs.LG", "title:diffusion cat:cs.LG"),
        ("difusion-based difusions", "diffusion-based difusions"),
    ],
)
def test_a_word_is_put_right_wherever_it_stands(typed: str, searched: str) -> None:
    asked = with_corrections(
        read_asked(typed, TODAY, exact=False), {"difusion": "diffusion"}, TODAY
    )
    assert asked.text == searched
    assert asked.query == resolve(parse_query(searched), TODAY)
    assert asked.typed == typed


def test_what_was_searched_is_searched_again_by_its_arguments() -> None:
    plain = read_asked("mamba", TODAY, exact=False)
    assert plain.args == {"query": "mamba"}
    asked = with_corrections(read_asked("mambba", TODAY, exact=False), {"mambba": "mamba"}, TODAY)
    assert asked.args == {"query": "mamba", "exact": "yes"}
    again = read_asked(asked.args["query"], TODAY, exact=True)
    assert (again.query, again.args) == (asked.query, asked.args)


def test_days_that_move_stay_in_the_text_and_are_settled_in_the_query() -> None:
    asked = read_asked("mamba date:7d", TODAY, exact=False)
    assert asked.text == "mamba date:7d"
    assert FirstListed(since=date(2026, 11, 17)) in leaves(asked.query.tree)


def test_nothing_is_read_into_exact_words() -> None:
    assert read_asked("papers about mamba", TODAY, exact=True).text == "papers about mamba"
    assert read_asked("papers about mamba", TODAY, exact=False).text == "mamba"
    assert read_asked("about mamba", TODAY, exact=False).text == "mamba"


TYPED = ["papers", "about", "by", "Ann", "since", "-", "mamba", '"', "x*", "OR", "title:x", "("]


@given(
    st.lists(st.sampled_from(TYPED), min_size=1).map(" ".join),
    st.dictionaries(st.sampled_from(["mamba", "x", "ann"]), st.sampled_from(["sheep", "état"])),
)
def test_what_is_read_and_put_right_is_still_a_query(typed: str, corrected: dict[str, str]) -> None:
    try:
        asked = read_asked(typed, TODAY, exact=False)
    except QueryError:
        return
    right = with_corrections(asked, corrected, TODAY)
    assert resolve(parse_query(right.text), TODAY) == right.query
