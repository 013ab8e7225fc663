"""Messages whose every text may be hostile, and what must hold of them on every chat platform."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from hypothesis import strategies as st

from bot.identity import abstract_url, huggingface_url, pdf_url
from bot.messages import Attachment, Button, Line, Message, PaperCard, Span, Style
from bot.models import ARXIV, HUGGINGFACE, Layout, ListedPaper, Paper
from bot.shown_text import clean, clean_url

LONG = bool(os.environ.get("PAPERBOY_LONG"))
EXAMPLES = 10_000 if LONG else 150
PATIENCE = 3600 if LONG else 120  # seconds for the tests of a module that try so many
PIECES = [
    "*", "**bold**", "__", "~~", "||", "`", "```", "\\", "# ", "-# ", "- ", "> ", "1. ", "](",
    "[", "]", "[a](https://evil.example)", "<@1>", "<@&2>", "<#3>", "<t:0:R>", "</cmd:1>",
    "<id:home>", "<:e:1>", ":smile:", "@everyone", "@here", "https://evil.example/x",
    "<https://a.b>", "discord.gg/abc", "\u202e", "\u2066", "\u200f", "\u200b", "\u200d", "\ud800",
    "\x00", "\x1b[31m", "\n", " ", "é", "e\u0301", "👩\u200d🚀", "🎉", "🇩🇪", "日本語", "עברית",
    "$x_i^2$", "\\mathcal{O}(n)", "word ", "#",
    "<!channel>", "<!here>", "<@U1>", "<#C1|x>", "<!date^0^{date}|x>", "<!subteam^S1>",
    "<https://evil.example|x>", "&lt;", "&amp;", "<", ">", "&gt; ", "*_~`", ":tada:",
    "＊", "＿", "｀", "a*b", "x@evil.example", "www.evil.example",
]  # fmt: skip
SHORT = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=10).map("".join)
REPEATED = st.builds(
    lambda piece, count: piece * count, st.sampled_from(PIECES), st.integers(1, 10_000)
)
ANY_TEXT = SHORT | REPEATED.map(lambda text: text[:10_000])
URLS = SHORT | st.sampled_from(
    [
        "https://example.org/(x)<y>",
        "https://example.org/é",
        "https://a.example/" + "x" * 494,
        "https://a.example/" + "x" * 382,
    ]
)
PAPERS = st.builds(
    Paper,
    id=st.sampled_from(["2611.01234", "math/0601001", "biorxiv:" + "1" * 120]) | SHORT.filter(bool),
    title=ANY_TEXT,
    abstract=ANY_TEXT,
    authors=st.lists(SHORT, max_size=4).map(tuple)
    | st.builds(lambda name: (name,) * 300, ANY_TEXT),
    categories=st.lists(SHORT, max_size=3).map(tuple),
    keywords=st.lists(ANY_TEXT, max_size=3).map(tuple),
    organisation=ANY_TEXT,
    summary=ANY_TEXT,
    code_url=URLS,
    code_stars=st.none() | st.integers(0, 10**9),
    project_url=URLS,
    thumbnail_url=URLS | st.just("https://example.org/page.png"),
)
LINES = st.lists(st.builds(Span, ANY_TEXT, st.sampled_from(Style), URLS), max_size=3).map(tuple)
MARKED = st.lists(
    st.builds(Span, SHORT, st.sampled_from([Style.PLAIN, Style.MARK])), max_size=3
).map(tuple)
BUTTONS = st.lists(
    st.builds(
        Button,
        ANY_TEXT,
        st.sampled_from(["save", "alert pause"]),
        st.dictionaries(SHORT, ANY_TEXT, max_size=2),
    ),
    max_size=7,
).map(tuple)
CARDS = st.builds(
    PaperCard,
    st.builds(
        ListedPaper,
        PAPERS,
        st.none() | st.integers(0, 10**6),
        st.none() | st.integers(0, 999),
        st.none() | st.dates(date(1991, 1, 1)),
        st.none() | st.dates(date(1991, 1, 1)),
        st.sampled_from([(), (ARXIV,), (HUGGINGFACE, ARXIV)]),
    ),
    st.integers(0, 50),
    st.booleans(),
    ANY_TEXT,
    title=MARKED,
    excerpt=MARKED,
    dated=st.booleans(),
    buttons=BUTTONS,
)
MESSAGES = st.builds(
    Message,
    title=ANY_TEXT,
    subtitle=ANY_TEXT,
    lines=st.lists(LINES, max_size=4).map(tuple),
    cards=st.lists(CARDS, max_size=4).map(tuple)
    | st.builds(lambda c, n: (c,) * n, CARDS, st.integers(5, 60)),
    notes=st.lists(LINES, max_size=2).map(tuple),
    buttons=BUTTONS,
    private=st.booleans(),
    layout=st.sampled_from(Layout),
    silent=st.booleans(),
    file=st.none() | st.builds(Attachment, SHORT, SHORT),
)


def allowed_links(message: Message, url_characters: int) -> set[str]:
    """Where a message may lead: to the pages of its papers, their code and projects, and where our
    own links go.
    """
    papers = [card.listed.paper for card in message.cards]
    leads = (abstract_url, pdf_url, huggingface_url)
    ours = [lead(paper.id) for paper in papers for lead in leads]
    ours += [url for paper in papers for url in (paper.code_url, paper.project_url)]
    spans: list[Line] = [*message.lines, *message.notes]
    return {
        clean_url(url, url_characters)
        for url in (*ours, *(span.url for each in spans for span in each))
    }


def assert_in_order(cards: Iterable[PaperCard], shown: list[str]) -> None:
    """Each paper is named in a text, by the beginning of its title, in the order of the cards."""
    texts_without_spaces = ["".join(text.split()) for text in shown]
    place = 0
    for card in cards:
        is_marked = any(clean(span.text) for span in card.title)
        marked = clean("".join(span.text for span in card.title)) if is_marked else ""
        paper = card.listed.paper
        title = marked or clean(paper.title) or clean(paper.id) or "Untitled paper"
        start = "".join(title[:10].split())
        while start not in texts_without_spaces[place]:
            place += 1
            assert place < len(shown), f"{start!r} is lost"


def has_code(message: Message) -> bool:
    """Whether lines of nothing but code follow one another."""
    kinds = [
        {span.style for span in spans if span.text} == {Style.CODE}
        for lines in (message.lines, message.notes)
        for spans in (*lines, ())
    ]
    return any(one and other for one, other in pairwise(kinds))
