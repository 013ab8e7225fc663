from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.merging import merge
from bot.models import Paper

MIDNIGHT = datetime(2026, 5, 14, tzinfo=UTC)
EXACT = datetime(2026, 5, 13, 17, 59, 49, tzinfo=UTC)

names = st.lists(st.sampled_from("Ada Bo Chidi Dana".split()), max_size=4).map(tuple)
texts = st.sampled_from(["", "one", "two"])
papers = st.builds(
    lambda **values: Paper(
        id="2405.21060",
        raw_title=values["title"],
        raw_abstract=values["abstract"],
        **values
        | {"authors": tuple(n for n in values["authors"] if n not in values["hidden_authors"])},
    ),
    title=st.sampled_from(["one", "two", "three"]),
    abstract=texts,
    authors=names,
    hidden_authors=names,
    categories=st.lists(st.sampled_from(["cs.LG", "cs.CL"]), unique=True).map(tuple),
    keywords=names,
    organisation=texts,
    summary=texts,
    published_at=st.sampled_from([None, MIDNIGHT, EXACT]),
    updated_at=st.sampled_from([None, MIDNIGHT, EXACT]),
    version=st.integers(0, 3),
    comment=texts,
    code_url=texts,
    code_stars=st.sampled_from([None, 0, 5]),
    project_url=texts,
    thumbnail_url=texts,
)


@given(papers, papers)
def test_what_was_known_is_never_overwritten_by_less(known: Paper, seen: Paper) -> None:
    merged = merge(known, seen)
    for name in (field.name for field in fields(Paper)):
        before = getattr(known, name)
        if name != "authors" and before not in ("", (), None):
            assert getattr(merged, name) not in ("", (), None), name
    assert merged.version == max(known.version, seen.version)
    assert set(merged.categories) == {*known.categories, *seen.categories}


@given(papers, papers)
def test_seeing_it_again_changes_nothing_more(known: Paper, seen: Paper) -> None:
    merged = merge(known, seen)
    assume(merged.authors or not known.authors)  # else it hid everybody that was known
    assert merge(merged, seen) == merged


@given(papers, papers)
def test_a_hidden_author_is_not_shown(known: Paper, seen: Paper) -> None:
    merged = merge(known, seen)
    assert not {*merged.authors} & {*known.hidden_authors, *seen.hidden_authors}


@given(papers, papers)
def test_title_and_raw_title_come_from_one_account(known: Paper, seen: Paper) -> None:
    merged = merge(known, seen)
    assert merged.raw_title == merged.title
    assert merged.raw_abstract == merged.abstract


def test_an_older_version_does_not_replace_a_newer_text() -> None:
    newer = Paper("1", "second", abstract="new", version=2)
    older = Paper("1", "first", abstract="old", version=1, comment="c")
    assert merge(newer, older).title == "second"
    assert merge(older, newer).title == "second"
    assert merge(newer, older).comment == "c"


def test_the_newer_account_says_which_category_is_first() -> None:
    older = Paper("1", "t", categories=("cs.LG", "cs.CL"), version=1)
    newer = Paper("1", "t", categories=("cs.CL", "cs.AI"), version=2)
    assert merge(older, newer).categories == ("cs.CL", "cs.AI", "cs.LG")
    assert merge(newer, older).categories == ("cs.CL", "cs.AI", "cs.LG")


def test_an_exact_time_wins_over_a_bare_date() -> None:
    dated = Paper("1", "t", published_at=MIDNIGHT)
    timed = replace(dated, published_at=EXACT)
    assert merge(dated, timed).published_at == merge(timed, dated).published_at == EXACT


def test_two_papers_are_not_merged() -> None:
    with pytest.raises(ValueError, match="two papers"):
        merge(Paper("1", "t"), Paper("2", "t"))
