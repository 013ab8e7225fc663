"""The XML of arXiv's feeds and of its query API, as the stand-in writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from standins.papers import StandinPaper

ATOM = (
    '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">'
)


def _announce(paper: StandinPaper, kind: str) -> str:
    return escape(
        f"arXiv:{paper.id}v{paper.version} Announce Type: {kind} \nAbstract: {paper.abstract}"
    )


def atom_document(names: str, midnight: datetime, entries: list[tuple[StandinPaper, str]]) -> str:
    body = "".join(
        f"<entry><id>oai:arXiv.org:{paper.id}v{paper.version}</id>"
        f"<title>{escape(' '.join(paper.title.split()))}</title>"
        f"<updated>{midnight.isoformat()}</updated>"
        f'<link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>'
        f"<summary>{_announce(paper, kind)}</summary>"
        + "".join(f'<category term="{term}"/>' for term in paper.categories)
        + f"<published>{midnight.isoformat()}</published>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator></entry>"
        for paper, kind in entries
    )
    head = f"<id>http://rss.arxiv.org/atom/{names}</id><title>{names} updates</title>"
    updated = f"<updated>{midnight.astimezone(UTC).isoformat()}</updated>"
    return f"<?xml version='1.0' encoding='UTF-8'?>{ATOM}{head}{updated}{body}</feed>"


def rss_document(names: str, midnight: datetime, entries: list[tuple[StandinPaper, str]]) -> str:
    dated = format_datetime(midnight)
    body = "".join(
        f"<item><title>{escape(' '.join(paper.title.split()))}</title>"
        f"<link>https://arxiv.org/abs/{paper.id}</link>"
        f"<description>{_announce(paper, kind)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.id}v{paper.version}</guid>'
        + "".join(f"<category>{term}</category>" for term in paper.categories)
        + f"<pubDate>{dated}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator></item>"
        for paper, kind in entries
    )
    return (
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
        f"<title>{names} updates</title><pubDate>{dated}</pubDate>{body}</channel></rss>"
    )


def api_document(papers: list[StandinPaper], total: int, start: int) -> str:
    body = "".join(
        f"<entry><id>http://arxiv.org/abs/{paper.id}v{paper.version}</id>"
        f"<title>{escape(paper.title)}</title><updated>{paper.submitted_at:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f"<summary>{escape(paper.abstract)}</summary>"
        + "".join(
            f'<category term="{term}" scheme="http://arxiv.org/schemas/atom"/>'
            for term in paper.categories
        )
        + f"<published>{paper.submitted_at:%Y-%m-%dT%H:%M:%SZ}</published>"
        "<arxiv:comment>12 pages</arxiv:comment>"
        f'<arxiv:primary_category term="{paper.categories[0]}"/>'
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.authors)
        + "</entry>"
        for paper in papers
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{ATOM}<id>https://arxiv.org/api/standin</id>"
        f"<title>arXiv Query</title>"
        f"<opensearch:itemsPerPage>{len(papers)}</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{body}</feed>"
    )


def api_error(name: str) -> str:
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{ATOM}<title>arXiv Search Results</title>"
        "<opensearch:totalResults>1</opensearch:totalResults>"
        f"<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_{escape(name)}</id>"
        f"<title>Error</title>"
        f"<summary>incorrect id format for {escape(name)}</summary></entry></feed>"
    )
