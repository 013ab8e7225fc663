"""Over recorded answers of the real services, where they are at hand (see RECORDED)."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.sources.arxiv_feeds import parse_answer, parse_listing
from bot.sources.daily_papers import parse_daily_papers, parse_paper

ROOT = Path(__file__).parents[4]
RECORDED = Path(os.environ.get("PAPERBOY_RECORDED_DATA", ROOT / "shared" / "data"))

pytestmark = pytest.mark.skipif(
    not (RECORDED / "hf_daily").is_dir(),
    reason="no recorded answers at hand; PAPERBOY_RECORDED_DATA names their folder",
)


def test_every_recorded_day_is_read_without_loss() -> None:
    papers = 0
    for path in sorted((RECORDED / "hf_daily").glob("*.json")):
        body = path.read_bytes()
        parsed = parse_daily_papers(body, date.fromisoformat(path.stem))
        items = json.loads(body)
        assert (parsed.entries, parsed.malformed) == (len(items), 0), path.name
        assert [seen.upvotes for seen in parsed.sightings] == [
            item["paper"]["upvotes"] for item in items
        ]
        assert [paper.id for paper in parsed.papers] == [item["paper"]["id"] for item in items]
        papers += len(parsed.papers)
    assert papers > 7_000


def test_other_recorded_shapes_are_read_without_loss() -> None:
    for name in ("hf_daily_2024-03-12_old_shape.json", "hf_search_q_kazakh.json"):
        body = (RECORDED / name).read_bytes()
        parsed = parse_daily_papers(body, date(2024, 3, 12))
        assert (parsed.entries, parsed.malformed) == (len(json.loads(body)), 0)
    (detail,) = RECORDED.glob("hf_paper_detail_*.json")
    assert parse_paper(detail.read_bytes()).id == detail.stem.removeprefix("hf_paper_detail_")


def test_recorded_answers_of_the_api_are_read_or_told_as_errors() -> None:
    for path in sorted((RECORDED / "arxiv_atom").iterdir()):
        body, status = path.read_bytes(), 200
        if path.suffix == ".json":
            answer = json.loads(body)
            body, status = answer["body"].encode("latin-1"), answer["status_code"]
        if status == 400 or "error" in path.name:
            with pytest.raises(SourceError, match="incorrect id format"):
                parse_answer(body)
            continue
        parsed = parse_answer(body)
        assert parsed.entries == len(parsed.papers) == body.count(b"<entry>")
        assert all(paper.categories and paper.version and paper.authors for paper in parsed.papers)
        assert all(paper.published_at for paper in parsed.papers)


def test_recorded_feeds_are_read_without_loss() -> None:
    for path in sorted((RECORDED / "arxiv_rss").iterdir()):
        body = path.read_bytes()
        parsed = parse_listing(body)
        assert parsed.malformed == 0
        assert parsed.entries == len(parsed.sightings) == body.count(b"announce_type>") // 2
        assert len({seen.day for seen in parsed.sightings}) == 1
        assert not any("Announce Type" in paper.abstract for paper in parsed.papers)
        assert all(paper.authors for paper in parsed.papers)
