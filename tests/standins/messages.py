"""Messages of every kind, for the snapshots of every adapter. Papers and people are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.bundles import Catch, compose_bundle
from bot.messages import (
    Attachment,
    Button,
    Message,
    PaperCard,
    Span,
    Style,
    code,
    line,
    link,
    quiet,
    strong,
)
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    Alert,
    AlertState,
    Cadence,
    Excerpt,
    Layout,
    ListedPaper,
    Paper,
    Reader,
    User,
)

FIRST = ListedPaper(
    paper=Paper(
        id="2611.01234",
        title="Counting Sheep at Scale: Sleep as a Scheduling Problem",
        abstract=(
            "We ask whether a model that rests between batches learns more than one that does "
            "not. Over nine flocks and three pastures, short naps after every thousandth sheep "
            "lower the loss by a tenth, while long ones undo it. " * 3
        ).strip(),
        authors=("Ada Meadow", "Bert Fence", "Cora Stile", "Dov Barn", "Eve Hay", "Finn Shear"),
        categories=("cs.LG", "stat.ML"),
        keywords=("sleep", "scheduling", "curriculum"),
        organisation="Institute of Pastoral Computing",
        summary="Models that nap between batches learn more, so long as the naps are short.",
        published_at=datetime(2026, 11, 19, 17, 30, tzinfo=UTC),
        version=2,
        code_url="https://github.com/example/sheep",
        code_stars=1204,
        project_url="https://example.org/sheep",
    ),
    upvotes=42,
    comments=3,
    first_day=date(2026, 11, 19),
    last_day=date(2026, 11, 20),
    sources=(ARXIV, HUGGINGFACE),
)
SECOND = ListedPaper(
    paper=Paper(
        id="math/0601001",
        title="A Lemma",
        abstract="Short, and without any space to cut at.",
        authors=("Noor Solo",),
        categories=("math.CO",),
    ),
    first_day=date(2026, 11, 20),
    last_day=date(2026, 11, 20),
    sources=(ARXIV,),
)
WIDE = ListedPaper(
    paper=Paper(
        id="2611.04321",
        title="大規模言語モデルにおける注意機構の効率的な近似とその理論的な限界についての考察",
        abstract="דגם שפה קורא מימין לשמאל. نموذج لغوي يقرأ من اليمين. " * 4,
        authors=tuple(f"Author {number}" for number in range(1, 301)),
        summary="注意機構を近似する。" * 12,
    ),
    upvotes=1,
    first_day=date(2026, 11, 20),
    last_day=date(2026, 11, 20),
    sources=(HUGGINGFACE,),
)
HOSTILE = ListedPaper(
    paper=Paper(
        id="2611.06666",
        title="[bold red]Not markup[/] \x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\"
        " \u202egnp.exe",
        abstract="\x1b[2J\x1b[H @everyone *stars* `ticks` <https://x.example> " + "w" * 400,
        authors=("\x07Bell\r\nRinger", "[link=file:///etc/passwd]x[/link]"),
        keywords=("a\x00b", "\u2066isolated\u2069"),
        code_url="javascript:alert(1)",
        project_url="https://example.org/a b\x1b[31m",
    ),
    upvotes=0,
    sources=(HUGGINGFACE,),
)

DIGEST = Message(
    title="Paperboy, Friday 20 November",
    subtitle="3 of 31 new, 1 from Thursday · since Thu 09:00",
    lines=(line("Hugging Face was late today; ", strong("2 papers"), " may come tomorrow."),),
    cards=(
        PaperCard(FIRST, 1),
        PaperCard(SECOND, 2, why="asked for by cat:math.CO"),
        PaperCard(WIDE, 3),
    ),
    notes=(line(quiet("28 more met the filter: "), code("/papers today"), quiet(".")),),
    buttons=(
        Button("More of today", "today", {"page": "2"}),
        Button("Change", "subscriptions change", {"id": "1"}),
        Button("Pause for now", "subscriptions pause", {"id": "1"}),
    ),
)
EMPTY_DAY = Message(
    title="Paperboy, Thursday 26 November",
    lines=(line("arXiv announces nothing today (Thanksgiving)."),),
    silent=True,
)
ANSWER = Message(
    lines=(
        line("Found ", strong("2 papers"), " for ", code("sheep"), "."),
        line(
            "See ",
            link("the list", "https://arxiv.org/list/cs.LG/new"),
            " or ",
            Span("sheep", Style.MARK),
            ".",
        ),
    ),
    private=True,
)
ONE_PAPER = Message(cards=(PaperCard(FIRST, full=True, why="caught by your alert “sheep”"),))
SEARCH = Message(
    title="3 papers: sheep",
    subtitle="1–2",
    lines=(line("3 papers match all of it; the others match in part."),),
    cards=(
        PaperCard(
            FIRST,
            1,
            title=line("Counting ", Span("Sheep", Style.MARK), " at Scale: Sleep as a Problem"),
            excerpt=line("…short naps after every thousandth ", Span("sheep", Style.MARK), "…"),
            dated=True,
            buttons=(
                Button("Save", "save", {"id": "2611.01234"}),
                Button("Share here", "share", {"id": "2611.01234", "once": "0a1b2c3d"}),
            ),
        ),
        PaperCard(
            SECOND,
            2,
            why="in part · author: Noor Solo",
            dated=True,
            buttons=(Button("Save", "save", {"id": "math/0601001"}),),
        ),
    ),
    buttons=(Button("Next 1", "search", {"query": "sheep", "cursor": "t.2.3"}),),
    private=True,
)
FILE = Message(
    lines=(line("1 reference as BibTeX."),),
    file=Attachment(
        "papers.bib", "@misc{sheep,\n  title = {{Sheep \x1b[31m}},\n}\n", "text/x-bibtex"
    ),
    private=True,
)
HOSTILE_PAPER = Message(title="\x1b[31mred", cards=(PaperCard(HOSTILE, 1, full=True),))

EVERY_KIND = {
    "digest": DIGEST,
    "digest in full": replace(DIGEST, layout=Layout.FULL),
    "digest as a thread": replace(DIGEST, layout=Layout.THREAD),
    "empty day": EMPTY_DAY,
    "answer": ANSWER,
    "one paper": ONE_PAPER,
    "search": SEARCH,
    "file": FILE,
    "hostile paper": HOSTILE_PAPER,
    "nothing": Message(),
}


ADA = User("discord", "1", "ada")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def alert(number: int, query: str) -> Alert:
    return Alert(number, ADA, query, Cadence.DAILY, AlertState.ACTIVE, NOW)


BUNDLE = compose_bundle(
    Reader(ADA, "Europe/Berlin", cap=2),
    [
        Catch(
            FIRST,
            (alert(3, "sheep -dog"), alert(4, '"state space"')),
            Excerpt(
                (("Counting ", False), ("Sheep", True)), (("…thousandth ", False), ("sheep", True))
            ),
        ),
        Catch(SECOND, (alert(3, "sheep -dog"),)),
        Catch(HOSTILE, (alert(3, "sheep -dog"),)),
    ],
    NOW,
)
HELP = Message(
    title="search",
    lines=(
        line("Papers that match, best first."),
        line(code("search QUERY")),
        line(code("optimiz*"), " – words that begin so"),
        line(code("author:vaswani"), " – by whom"),
        line(quiet("For those who manage this channel.")),
    ),
    buttons=(Button("Today", "today"), Button("How to search", "help", {"verb": "search"})),
)
PROBLEM = Message(
    lines=(line("There is no field ", code("foo:"), "; see: ", code("help search")),), private=True
)
# What is also said in chats, beside every kind of message that there is.
IN_CHAT = {"alert bundle": BUNDLE, "help": HELP, "problem": PROBLEM}
