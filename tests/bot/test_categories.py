import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.categories import (
    ARCHIVES,
    CATEGORIES,
    archive_of,
    canonical_category,
    likely_category,
    nearest_category,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cs.LG", "cs.LG"),
        ("CS.lg", "cs.LG"),
        (" cs ", "cs"),
        ("cs.*", "cs"),
        ("HEP-TH", "hep-th"),
        ("math-PH", "math-ph"),
        ("cond-mat.Mes-Hall", "cond-mat.mes-hall"),
    ],
)
def test_a_category_is_read_as_people_type_it(text: str, expected: str) -> None:
    assert canonical_category(text) == expected


@pytest.mark.parametrize("text", ["", "cs.ML", "lg", "cs.", "cs.LG.x", "*"])
def test_what_arxiv_does_not_have_is_none(text: str) -> None:
    assert canonical_category(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("cs.ML", "cs.LG"), ("cs lg", "cs.LG"), ("stat_ml", "stat.ML"), ("hep-ht", "hep-th")],
)
def test_the_nearest_category_is_what_was_meant(text: str, expected: str) -> None:
    near = nearest_category(text)
    assert near == expected or archive_of(near) == archive_of(expected)


@given(st.text(max_size=60))
def test_there_is_always_a_nearest_category(text: str) -> None:
    assert nearest_category(text) in {*CATEGORIES, *ARCHIVES}


@given(st.sampled_from(CATEGORIES))
def test_every_category_is_its_own_nearest_and_of_a_known_archive(name: str) -> None:
    assert canonical_category(name.upper()) == nearest_category(name) == name
    assert archive_of(name) in ARCHIVES


def test_the_taxonomy_is_whole() -> None:
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 155
    assert len(ARCHIVES) == 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("robotics", "cs.RO"), ("Machine  Learning", "cs.LG"), ("LG", "cs.LG"), ("ML", "cs.LG")),
        *(
            ("CL", "cs.CL"),
            ("csLG", "cs.LG"),
            ("stats.ml", "stat.ML"),
            ("optics", "physics.optics"),
        ),
        *(("quantph", "quant-ph"), ("zz", None), ("", None), ("neural rendering", None)),
    ],
)
def test_a_category_is_known_by_what_people_call_it(text: str, expected: str | None) -> None:
    assert likely_category(text) == expected
