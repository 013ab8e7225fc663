import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.feeds import api_document, api_error, atom_document, rss_document
from standins.papers import EASTERN, StandinPaper

from bot.errors import SourceError
from bot.sources.arxiv_feeds import parse_answer, parse_listing

MIDNIGHT = datetime(2026, 3, 4, tzinfo=EASTERN)


def paper(number: int, **changes: object) -> StandinPaper:
    values: dict[str, object] = {
        "id": f"2603.{number:05}",
        "title": f"Study {number} of <i>tags</i> & $p<0.05$",
        "abstract": "They save 50\\% &amp; more,\nif p < 0.05.",
        "authors": ("Ada Abel", "Lúcia Ito"),
        "categories": ("cs.LG", "stat.ML"),
        "announced": date(2026, 3, 4),
        "submitted_at": datetime(2026, 3, 3, 14, 5, 6, tzinfo=UTC),
        "rank": number,
    }
    return StandinPaper(**(values | changes))  # type: ignore[arg-type]


TYPES = ["new", "cross", "replace", "replace-cross"]
ENTRIES = [(paper(n, version=n), kind) for n, kind in enumerate(TYPES, start=1)]
ATOM = atom_document("cs", MIDNIGHT, ENTRIES).encode()
RSS = rss_document("cs", MIDNIGHT, ENTRIES).encode()
API = api_document([entry for entry, _ in ENTRIES], 214_881, 0).encode()


@pytest.mark.parametrize("document", [ATOM, RSS])
def test_both_forms_of_the_feed_are_read(document: bytes) -> None:
    parsed = parse_listing(document)
    assert (parsed.entries, parsed.malformed, parsed.cut) == (4, 0, False)
    assert [found.id for found in parsed.papers] == [f"2603.0000{n}" for n in range(1, 5)]
    first = parsed.papers[0]
    assert first.title == "Study 1 of <i>tags</i> & p<0.05"
    assert first.raw_title == "Study 1 of <i>tags</i> & $p<0.05$"
    assert first.abstract == "They save 50% &amp; more, if p < 0.05."
    assert first.authors == ("Ada Abel", "Lúcia Ito")
    assert first.categories == ("cs.LG", "stat.ML")
    assert [found.version for found in parsed.papers] == [1, 2, 3, 4]


@pytest.mark.parametrize("document", [ATOM, RSS])
def test_only_new_and_cross_listed_papers_are_sighted(document: bytes) -> None:
    sightings = parse_listing(document).sightings
    assert [(seen.paper_id, seen.announce_type) for seen in sightings] == [
        ("2603.00001", "new"),
        ("2603.00002", "cross"),
    ]
    assert {seen.day for seen in sightings} == {date(2026, 3, 4)}
    assert not any(seen.estimated for seen in sightings)


def test_a_feed_without_types_goes_by_the_summary_and_then_by_the_version() -> None:
    untyped = re.sub(rb"<arxiv:announce_type>.*?</arxiv:announce_type>", b"", ATOM)
    assert len(parse_listing(untyped).sightings) == 2
    bare = re.sub(rb"arXiv:\S+ Announce Type: \S+ \nAbstract: ", b"", untyped)
    parsed = parse_listing(bare)
    assert [seen.paper_id for seen in parsed.sightings] == ["2603.00001"]
    assert parsed.papers[0].abstract.startswith("They save")


def test_elements_are_found_by_namespace_not_by_prefix() -> None:
    renamed = ATOM.replace(b"arxiv:", b"ns1:").replace(b"xmlns:arxiv", b"xmlns:ns1")
    renamed = renamed.replace(b"dc:creator", b"d:creator").replace(b"xmlns:dc", b"xmlns:d")
    assert parse_listing(renamed) == parse_listing(ATOM)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Ada Abel, Bo Ito,  Deepti, Mei Lind", ("Ada Abel", "Bo Ito", "Deepti", "Mei Lind")),
        ("Ada Abel and Bo Ito", ("Ada Abel", "Bo Ito")),
        ("Ada Abel, Bo Ito, and Mei Lind", ("Ada Abel", "Bo Ito", "Mei Lind")),
        ("Ada Abel, Jr., Bo Ito III", ("Ada Abel, Jr.", "Bo Ito III")),
        ("Ada Abel (Uni, Town), Bo Ito", ("Ada Abel", "Bo Ito")),
        ("Fran\\c{c}ois Dumont, Alexandra Anderson", ("François Dumont", "Alexandra Anderson")),
        ("Wei Lind, Wei Lind", ("Wei Lind", "Wei Lind")),
        ("", ()),
    ],
)
def test_one_line_of_authors_is_taken_apart(line: str, authors: tuple[str, ...]) -> None:
    document = atom_document("cs", MIDNIGHT, [(paper(1, authors=(line,)), "new")]).encode()
    assert parse_listing(document).papers[0].authors == authors


def test_the_api_is_read() -> None:
    parsed = parse_answer(API)
    assert (parsed.entries, parsed.malformed, parsed.total) == (4, 0, 214_881)
    first = parsed.papers[0]
    assert first.published_at == datetime(2026, 3, 3, 14, 5, 6, tzinfo=UTC)
    assert first.updated_at == first.published_at
    assert first.comment == "12 pages"
    assert first.categories == ("cs.LG", "stat.ML")
    assert first.authors == ("Ada Abel", "Lúcia Ito")
    assert parsed.sightings == ()


def test_the_older_generation_of_the_api_is_read() -> None:
    older = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        '<link href="http://arxiv.org/api/query" rel="self" type="application/atom+xml"/>'
        '<title type="html">ArXiv Query</title>'
        '<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">1'
        "</opensearch:totalResults><entry><id>http://arxiv.org/abs/math.GT/0309136v2</id>"
        "<updated>2004-01-02T00:00:00Z</updated><published>2003-09-08T10:00:00Z</published>"
        "<title>Folded\n  Bridges</title><summary>  They fold.\n</summary>"
        "<author><name>Ines Kaya</name>"
        '<arxiv:affiliation xmlns:arxiv="http://arxiv.org/schemas/atom">Uni</arxiv:affiliation>'
        '</author><arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">9 pages'
        "</arxiv:comment>"
        '<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="math.GT"/>'
        '<category term="math.AG"/><category term="math.GT"/><category term="57M25; 14E30"/>'
        "</entry></feed>"
    )
    (found,) = parse_answer(older.encode()).papers
    assert (found.id, found.version) == ("math/0309136", 2)
    assert found.title == "Folded Bridges"
    assert found.categories == ("math.GT", "math.AG")
    assert found.authors == ("Ines Kaya",)
    assert found.comment == "9 pages"


def test_an_error_of_the_api_is_told() -> None:
    with pytest.raises(SourceError, match="arXiv: incorrect id format for abc"):
        parse_answer(api_error("abc").encode())


def test_a_paper_may_be_titled_error() -> None:
    document = api_document([paper(1, title="Error")], 1, 0).encode()
    assert parse_answer(document).papers[0].title == "Error"


def test_half_a_feed_gives_its_whole_entries() -> None:
    for document in (ATOM, RSS):
        tag = b"</entry>" if document is ATOM else b"</item>"
        third = [found.end() for found in re.finditer(tag, document)][2]
        for end in (third, third + 10, third + 300):
            parsed = parse_listing(document[:end])
            assert (len(parsed.papers), parsed.malformed, parsed.cut) == (3, 0, True)


def test_half_an_answer_never_passes_for_an_empty_one() -> None:
    before_total = API[: API.index(b"totalResults")]
    with pytest.raises(SourceError):
        parse_answer(before_total)
    cut = parse_answer(API[: API.index(b"<entry>") + 40])
    assert (cut.papers, cut.total, cut.cut) == ((), 214_881, True)


@pytest.mark.parametrize(
    "spoilt",
    [
        ATOM.replace(b"Study 2", b"Study <b> & 2"),
        ATOM.replace(b"v2</id>", b"v2"),
        ATOM.replace(b"2603.00002", b"no-id"),
        ATOM.replace(b"Study 2", b"t" * 5_000),
        ATOM.replace(b"<title>Study 2 of &lt;i&gt;tags&lt;/i&gt; &amp; $p&lt;0.05$</title>", b""),
    ],
)
def test_a_malformed_entry_costs_itself_alone(spoilt: bytes) -> None:
    parsed = parse_listing(spoilt)
    assert [found.id for found in parsed.papers] == ["2603.00001", "2603.00003", "2603.00004"]
    assert (parsed.entries, parsed.malformed, parsed.cut) == (4, 1, False)


def test_an_entry_without_a_day_is_malformed() -> None:
    parsed = parse_listing(re.sub(rb"<published>.*?</published>", b"", ATOM))
    assert (parsed.entries, parsed.malformed) == (4, 4)


def test_what_xml_forbids_is_left_out() -> None:
    parsed = parse_listing(ATOM.replace(b"Study 1", b"St\x0budy\x00 1\xff"))
    assert parsed.malformed == 0
    assert parsed.papers[0].title.startswith("Study 1")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"Rate exceeded.",
        b"<html><body>sorry</body></html>",
        b"<!DOCTYPE html><html></html>",
        b"[]",
        b"<feed",
        b"<other xmlns='x'/>",
    ],
)
def test_what_is_no_feed_is_an_error(document: bytes) -> None:
    for parse in (parse_listing, parse_answer):
        with pytest.raises(SourceError, match="arXiv sent"):
            parse(document)


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + ATOM
    with pytest.raises(SourceError, match="no feed"):
        parse_listing(bomb)


def test_many_openings_without_an_end_take_no_time() -> None:
    parsed = parse_listing(ATOM[: ATOM.index(b"<entry>")] + b"<entry>" * 100_000)
    assert (parsed.papers, parsed.cut) == ((), True)


@given(st.sampled_from([ATOM, RSS, API]), st.integers(0, 4_000), st.binary(max_size=8))
def test_no_broken_document_raises_anything_else(whole: bytes, place: int, noise: bytes) -> None:
    place = min(place, len(whole))
    document = whole[:place] + noise + whole[place + 4 :]
    for parse in (parse_listing, parse_answer):
        try:
            parsed = parse(document)
        except SourceError:
            continue
        assert len(parsed.papers) + parsed.malformed == parsed.entries


@given(st.sampled_from([ATOM, RSS, API]), st.integers(0, 4_000))
def test_a_document_cut_anywhere_is_an_error_or_known_to_be_cut(whole: bytes, place: int) -> None:
    place = min(place, len(whole) - 10)
    try:
        parsed = parse_listing(whole[:place])
    except SourceError:
        return
    assert parsed.cut
