"""Papers as the cards of an answer: where they matched, why they stand there, what to do next."""

from __future__ import annotations

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.commands.desk import Desk
from bot.commands.pages import Page
from bot.messages import Button, Invocation, Line, PaperCard, Span, Style
from bot.models import DIRECT, And, Excerpt, ListedPaper, Node, Paper, Query, Runs, TextField, Word
from bot.ports import PaperStore
from bot.queries import STOP_WORDS, text_words
from bot.query_trees import any_of, is_of_the_text
from bot.wording import capital

IN_PART = "in part"
IN_SENSE = "in sense"
ALIKE = "alike"  # the nearest to a paper that none is close to, by sense or by its words

_WORD = re.compile(r"\w+")
# Letters and digits, apart from the signs of scripts without spaces, about as a store has them.
_SIGNS = "\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\uff66-\uffdc"
_UNSPACED = re.compile(f"[{_SIGNS}\U00020000-\U0003ffff]")
_RUN = re.compile(rf"{_UNSPACED.pattern}+|(?:(?!{_UNSPACED.pattern})[^\W_])+")


async def marked_cards(
    desk: Desk, invocation: Invocation, page: Page, query: Query, otherwise: str = IN_SENSE
) -> tuple[PaperCard, ...]:
    """The papers of a page with the query's words marked; those that do not match all of it say
    whether they match in part, or what is said of those that hold none of its words.
    """
    papers, ids = desk.store.papers, page.ids
    listed, excerpts, hows = await asyncio.gather(
        papers.get(ids), papers.excerpts(_marking(query), ids), _hows(papers, query, ids)
    )
    places = {paper_id: place for place, paper_id in enumerate(ids, page.start + 1)}
    shown = (
        _marked(each, excerpts.get(each.paper.id), query, hows.get(each.paper.id, otherwise))
        for each in listed
    )
    numbered = (replace(card, number=places[card.listed.paper.id]) for card in shown)
    return with_buttons(numbered, invocation)


def with_buttons(cards: Iterable[PaperCard], invocation: Invocation) -> tuple[PaperCard, ...]:
    """The cards, each with what can be done with its paper."""
    return tuple(
        replace(card, buttons=_buttons(card.listed.paper.id, invocation)) for card in cards
    )


def share_button(label: str, args: dict[str, str], invocation: Invocation) -> tuple[Button, ...]:
    """The button that posts this to the channel; none in direct messages.

    It bears the mark of this answer, so that a double press posts once.
    """
    if invocation.channel.workspace == DIRECT:
        return ()
    once = hashlib.sha256(invocation.key.encode("utf-8", "replace")).hexdigest()[:8]
    return (Button(label, "share", {**args, "once": once}),)


def _buttons(paper_id: str, invocation: Invocation) -> tuple[Button, ...]:
    args = {"id": paper_id}
    own = Button("Save", "save", args), Button("Similar", "similar", args)
    return (*own, *share_button("Share here", args, invocation))


def _marking(query: Query) -> Query:
    """The query without small words that stand alone: `"a"` and `a*` would mark every article."""
    told = (part for part in query.tree.parts if not _is_small(part))
    return replace(query, tree=And(tuple(told)))


def _is_small(part: Node) -> bool:
    return isinstance(part, Word) and not part.prefix and part.text.lower() in STOP_WORDS


async def _hows(papers: PaperStore, query: Query, ids: Sequence[str]) -> dict[str, str]:
    """By id how a paper matches, "" where all of the query; those with none of its words not."""
    strict = await papers.matching(query, ids)
    others = [paper_id for paper_id in ids if paper_id not in strict]
    partly, words = [], [word for word in text_words(query) if is_of_the_text(word)]
    if others and words:
        parts = any_of(part for word in words for part in _parts(word))
        partly = await papers.matching(Query(And((parts,))), others)
    return {**dict.fromkeys(partly, IN_PART), **dict.fromkeys(strict, "")}


def _parts(word: Word) -> list[Word]:
    """A word and the parts of it of which a search takes any: `GPT` of `GPT-9x`; of a run of signs
    without spaces each two.
    """
    if word.quoted or word.prefix:
        return [word]
    runs = _RUN.findall(unicodedata.normalize("NFC", word.text))
    texts = [run for run in runs if not _UNSPACED.match(run)]
    texts += [a + b for run in runs if _UNSPACED.match(run) for a, b in pairwise(run)]
    return [word, *(replace(word, text=text) for text in texts)]


def _marked(listed: ListedPaper, excerpt: Excerpt | None, query: Query, how: str) -> PaperCard:
    found = excerpt or Excerpt((), ())
    in_title, in_passage = _is_marked(found.title), _is_marked(found.passage)
    named = _named(query, listed.paper, everywhere=not in_title and not in_passage)
    return PaperCard(
        listed,
        why=capital(" · ".join(filter(None, (how, named)))),
        title=_line(found.title) if in_title else (),
        excerpt=_line(found.passage) if in_passage else (),
        dated=True,
    )


def _named(query: Query, paper: Paper, *, everywhere: bool) -> str:
    """The first author, keyword or organisation that holds words of the query: `author: Y. Li`.

    Unless `everywhere`, only what a field of the query asks for.
    """
    places = (
        (TextField.AUTHOR, "author", paper.authors),
        (TextField.KEYWORD, "keyword", paper.keywords),
        (TextField.ORGANISATION, "organisation", (paper.organisation,)),
    )
    for word in text_words(query):
        for field, label, names in places:
            if word.field is field or (everywhere and word.field is TextField.ANY):
                for name in names:
                    if _holds(name, word):
                        return f"{label}: {name}"
    return ""


def _holds(name: str, word: Word) -> bool:
    """Whether a name holds the word, near enough for a remark: matching itself is the engine's."""
    held, wanted = _tokens(name), _tokens(word.text)
    spans = (held[place : place + len(wanted)] for place in range(len(held)))
    return bool(wanted) and any(span == wanted for span in spans)


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def _is_marked(runs: Runs) -> bool:
    return any(marked for _, marked in runs)


def _line(runs: Runs) -> Line:
    return tuple(Span(text, Style.MARK if marked else Style.PLAIN) for text, marked in runs)
