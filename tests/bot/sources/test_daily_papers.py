import copy
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.models import HUGGINGFACE, Sighting
from bot.sources.daily_papers import parse_daily_papers, parse_paper

DAY = date(2026, 3, 6)

OLDEST = {
    "paper": {
        "id": "2303.01234",
        "authors": [{"_id": "1", "name": "Ines Castro", "hidden": False}],
        "publishedAt": "2023-03-02T11:46:12.000Z",
        "title": "Old Orchards\n  of Gradients",
        "summary": "We grow\ntrees.",
        "upvotes": 3,
    },
    "publishedAt": "2023-03-03T00:11:00.000Z",
    "title": "Another title",
    "numComments": 1,
    "mediaUrl": "https://cdn.example.org/a.mp4",
}
NEWEST = {
    "paper": {
        "id": "2603.04567",
        "authors": [
            {"_id": "1", "name": "Wei Lind", "hidden": False, "user": {"avatarUrl": "/a.svg"}},
            {"_id": "2", "name": "Mei Kaya", "hidden": True},
            {"_id": "3", "name": "Wei Lind", "hidden": False},
        ],
        "mediaUrls": ["https://cdn.example.org/a.png"],
        "publishedAt": "2026-03-05T00:00:00.000Z",
        "submittedOnDailyAt": "2026-03-06T00:00:00.000Z",
        "title": r"Quiet $n$-grams, \textbf{boldly}",
        "summary": "They save 50\\% of the work.",
        "upvotes": 42,
        "discussionId": "x",
        "githubRepo": "https://github.com/example/quiet",
        "githubStars": 17,
        "projectPage": "javascript:alert(1)",
        "ai_summary": "Saves work.",
        "ai_keywords": ["n-grams", "n-grams", "quiet\nmodels", 7],
    },
    "publishedAt": "2026-03-06T00:00:00.000Z",
    "title": "Something else",
    "summary": "Something else",
    "thumbnail": "https://cdn.example.org/2603.04567.png",
    "numComments": 5,
    "organization": {"_id": "9", "name": "example", "fullname": "Example\nInstitute"},
    "isAuthorParticipating": True,
}


def body(*items: object) -> bytes:
    return json.dumps(items).encode()


def test_the_oldest_shape_is_read() -> None:
    parsed = parse_daily_papers(body(OLDEST), date(2023, 5, 4))
    (paper,) = parsed.papers
    assert paper.id == "2303.01234"
    assert paper.title == "Old Orchards of Gradients"
    assert paper.raw_title == "Old Orchards\n  of Gradients"
    assert paper.abstract == "We grow trees."
    assert paper.published_at == datetime(2023, 3, 2, 11, 46, 12, tzinfo=UTC)
    assert (paper.keywords, paper.summary, paper.code_url, paper.code_stars) == ((), "", "", None)
    assert parsed.sightings == (Sighting("2303.01234", HUGGINGFACE, date(2023, 5, 4), 3, 1),)


def test_the_newest_shape_is_read() -> None:
    (paper,) = parse_daily_papers(body(NEWEST), DAY).papers
    assert paper.title == "Quiet n-grams, boldly"
    assert paper.abstract == "They save 50% of the work."
    assert paper.raw_abstract == "They save 50\\% of the work."
    assert paper.authors == ("Wei Lind", "Wei Lind")  # two people of one name
    assert paper.hidden_authors == ("Mei Kaya",)
    assert paper.keywords == ("n-grams", "quiet models")
    assert paper.organisation == "Example Institute"
    assert paper.summary == "Saves work."
    assert (paper.code_url, paper.code_stars) == ("https://github.com/example/quiet", 17)
    assert paper.project_url == ""
    assert paper.thumbnail_url == "https://cdn.example.org/2603.04567.png"
    assert paper.version == 0
    assert paper.categories == ()


def test_a_bare_paper_is_read() -> None:
    paper = parse_paper(json.dumps(NEWEST["paper"]).encode())
    assert paper.id == "2603.04567"
    assert paper.thumbnail_url == ""


@pytest.mark.parametrize("document", [b"", b"[", b"{}", b"null", b"<html>", b"\xff\xfe[", b"7"])
def test_what_is_no_list_is_an_error(document: bytes) -> None:
    with pytest.raises(SourceError, match="Hugging Face"):
        parse_daily_papers(document, DAY)


@pytest.mark.parametrize("document", [b"[]", b'{"error": "no"}', b"{", b"7", b"null"])
def test_what_is_no_paper_is_an_error(document: bytes) -> None:
    with pytest.raises(SourceError, match="Hugging Face"):
        parse_paper(document)


def test_an_endless_nesting_is_an_error() -> None:
    with pytest.raises(SourceError, match="no valid JSON"):
        parse_daily_papers(b"[" * 200_000, DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": "not-an-id"},
        {"id": ["2603.04567"]},
        {"title": ""},
        {"title": " \n\x00"},
        {"title": None},
        {"title": "t" * 10_000},
        {"summary": 7},
        {"summary": "s" * 100_000},
        {"upvotes": -1},
        {"upvotes": True},
        {"upvotes": "many"},
        {"upvotes": 10**30},
        {"upvotes": 1.5},
        {"authors": "Ada"},
        {"authors": [{"hidden": False}]},
        {"authors": ["Ada"]},
        {"authors": [{"name": "A" * 1_000}]},
    ],
)
def test_an_entry_that_can_not_be_read_costs_itself_alone(wrong: dict[str, object]) -> None:
    bad = copy.deepcopy(NEWEST) | {"paper": NEWEST["paper"] | wrong}  # type: ignore[operator]
    parsed = parse_daily_papers(body(OLDEST, bad, 7, None, [], {}), DAY)
    assert [paper.id for paper in parsed.papers] == ["2303.01234"]
    assert (parsed.entries, parsed.malformed) == (6, 5)


@pytest.mark.parametrize(
    "odd",
    [
        {"githubStars": "many"},
        {"githubStars": -1},
        {"githubRepo": 7},
        {"githubRepo": "https://exa mple.org/"},
        {"githubRepo": "http://[::1"},
        {"ai_keywords": "words"},
        {"ai_summary": {}},
        {"publishedAt": "yesterday"},
        {"publishedAt": 7},
        {"publishedAt": "0001-01-01T00:00:00+23:00"},
        {"organization": "Example"},
        {"unheard": {"of": []}},
    ],
)
def test_an_odd_extra_does_not_cost_the_paper(odd: dict[str, object]) -> None:
    item = copy.deepcopy(OLDEST) | {"paper": OLDEST["paper"] | odd}  # type: ignore[operator]
    parsed = parse_daily_papers(body(item), DAY)
    assert parsed.malformed == 0
    assert parsed.papers[0].title == "Old Orchards of Gradients"


def test_half_a_surrogate_does_not_reach_the_store() -> None:
    item = copy.deepcopy(NEWEST)
    text = "bad \ud83d end\x00"
    item["paper"] |= {"title": text, "summary": text, "ai_summary": text}  # type: ignore[operator]
    item["paper"]["authors"][0]["name"] = text  # type: ignore[index]
    item["paper"]["githubRepo"] = "https://x.org/\ud83d"  # type: ignore[index]
    (paper,) = parse_daily_papers(body(item), DAY).papers
    assert repr(paper).isprintable()
    texts = [paper.title, paper.abstract, paper.summary, *paper.authors, paper.code_url]
    for found in (*texts, paper.raw_title, paper.raw_abstract):
        assert found.encode("utf-8", "strict") is not None
        assert "\x00" not in found
    assert paper.title == "bad \ufffd end"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
paths = st.sampled_from(
    [("paper",), *[("paper", key) for key in NEWEST["paper"]], *[(key,) for key in NEWEST]]  # type: ignore[attr-defined]
)


@given(st.lists(st.tuples(paths, json_values), max_size=4))
def test_no_mutation_of_an_entry_makes_it_raise(
    changes: list[tuple[tuple[str, ...], object]],
) -> None:
    item: dict[str, object] = copy.deepcopy(NEWEST)
    for path, value in changes:
        inner = item["paper"] if len(path) == 2 else item
        if isinstance(inner, dict):
            inner[path[-1]] = value
    parsed = parse_daily_papers(json.dumps([item, OLDEST]).encode(), DAY)
    assert parsed.entries == 2
    assert parsed.papers[-1].id == "2303.01234"
    assert len(parsed.papers) + parsed.malformed == 2


@given(st.integers(0, 1_000), st.binary(max_size=5))
def test_no_broken_body_raises_anything_else(place: int, noise: bytes) -> None:
    whole = body(OLDEST, NEWEST)
    place = min(place, len(whole))
    try:
        parsed = parse_daily_papers(whole[:place] + noise + whole[place + 3 :], DAY)
    except SourceError:
        return
    assert len(parsed.papers) + parsed.malformed == parsed.entries
