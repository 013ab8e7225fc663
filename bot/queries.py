"""Text → Query: one language for search, filters and alerts. Pure.

It reads words (all must match), `"phrases"`, `cat:` and `source:`. A query has one strict meaning
(DESIGN §5): every word must match, stemmed, in any of the text fields; `cat:cs.LG` asks for a
category, `cat:cs` or `cat:cs.*` for any of an archive; `source:arxiv` for a listing by that source.
"""

from __future__ import annotations

import re
import unicodedata

from bot.categories import archive_of, canonical_category, nearest_category
from bot.errors import QueryError
from bot.models import ARXIV, HUGGINGFACE, SAMPLE, And, Category, ListedBy, Node, Query, Word

MAX_QUERY_CHARACTERS = 500  # longer texts are no search; DESIGN §5 measures up to this
FIELDS = ("cat", "source")

SOURCE_NAMES = {
    "huggingface": HUGGINGFACE,
    "hf": HUGGINGFACE,
    "arxiv": ARXIV,
    "sample": SAMPLE,
}

# English function words: they stand in nearly every abstract and tell papers apart in none.
STOP_WORDS = frozenset(
    "a an and are as at be but by for from has have if in into is it its no not of on or such "
    "that the their then there these they this to was we were which will with".split()
)

# What phones and word processors type for the plain signs (DESIGN §4).
_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‘’‚‛＇", "'"),
        **dict.fromkeys("‐‑‒–—―−－", "-"),
        "：": ":",
        "\u00a0": " ",
        "\u3000": " ",
        "\x00": " ",
    }
)

_TOKEN = re.compile(
    r'(?P<field>[A-Za-z]+):(?P<value>"[^"]*"|[^\s"]*)|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)'
)


def plain_signs(text: str) -> str:
    """The text with curly quotes, long dashes and full-width signs as their plain forms."""
    return text.translate(_PLAIN_SIGNS)


def parse_query(text: str) -> Query:
    """Read a query. An empty text is the query that every paper meets.

    Raises QueryError with the place of what is wrong.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        problem = f"a query has at most {MAX_QUERY_CHARACTERS} characters"
        raise QueryError(problem, text[:MAX_QUERY_CHARACTERS], MAX_QUERY_CHARACTERS)
    plain = plain_signs(text)
    parts = [node for token in _TOKEN.finditer(plain) if (node := _node(token, plain))]
    if plain.strip() and not parts:
        raise QueryError("there is no word in it to look for", text, 0)
    return Query(And(tuple(dict.fromkeys(parts))))


def print_query(query: Query) -> str:
    """Text that parses to the same query."""
    return _print(query.tree)


def leaves(node: Node) -> list[Node]:
    """The parts of a tree that hold no others, in order."""
    if isinstance(node, And):
        return [leaf for part in node.parts for leaf in leaves(part)]
    return [node]


def sources_of(query: Query) -> frozenset[str]:
    """Which sources' listings a subscription with this filter looks at (DESIGN §2).

    Without `cat:` and `source:` these are the Hugging Face picks; a sample edition stands in for
    them where no source can be reached.
    """
    found = leaves(query.tree)
    named = frozenset(node.source for node in found if isinstance(node, ListedBy))
    if named:
        return named
    if any(isinstance(node, Category) for node in found):
        return frozenset({HUGGINGFACE, ARXIV, SAMPLE})
    return frozenset({HUGGINGFACE, SAMPLE})


def archives_of(query: Query) -> frozenset[str]:
    """The arXiv archives that the query's categories belong to."""
    return frozenset(
        archive_of(node.name) for node in leaves(query.tree) if isinstance(node, Category)
    )


def _node(token: re.Match[str], text: str) -> Node | None:
    if token["field"]:
        return _field(token, text)
    if token["phrase"] is not None:
        return Word(token["phrase"].strip(), quoted=True) if _has_token(token["phrase"]) else None
    return _word(token, text)


def _word(token: re.Match[str], text: str) -> Word | None:
    word = token["word"]
    if word.startswith("-") and _has_token(word) and len(word) > 1:
        raise QueryError("a leading - (without) is not read yet; leave it out", text, token.start())
    if not _has_token(word) or word.lower().strip(".,;:!?()[]") in STOP_WORDS:
        return None
    return Word(word.strip(".,;:!?()[]{}*^\\/'`"))


def _field(token: re.Match[str], text: str) -> Node | None:
    name, value = token["field"].lower(), token["value"].strip('"').strip()
    if name not in FIELDS:
        if token["field"][0].isupper() or not value:  # "Mamba: a survey" is words, not a field
            return _word_of_field(token)
        known = " and ".join(f"{field}:" for field in FIELDS)
        raise QueryError(f"there is no field {name}: (there are {known})", text, token.start())
    if not value:
        raise QueryError(f"{name}: wants a value right after it", text, token.end())
    return _category(value, token, text) if name == "cat" else _source(value, token, text)


def _word_of_field(token: re.Match[str]) -> Word:
    return Word(token[0].replace('"', " ").strip(": "))


def _category(value: str, token: re.Match[str], text: str) -> Category:
    name = canonical_category(value)
    if name is None:
        problem = f"arXiv has no category {value}; the nearest is {nearest_category(value)}"
        raise QueryError(problem, text, token.start("value"))
    return Category(name)


def _source(value: str, token: re.Match[str], text: str) -> ListedBy:
    name = SOURCE_NAMES.get(value.lower())
    if name is None:
        problem = f"there is no source {value} (there are huggingface and arxiv)"
        raise QueryError(problem, text, token.start("value"))
    return ListedBy(name)


def _has_token(text: str) -> bool:
    """Whether the engine's tokenizer finds anything: letters, digits and private use count."""
    return any(
        unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "Co" for sign in text
    )


def _print(node: Node) -> str:
    match node:
        case And(parts):
            return " ".join(_print(part) for part in parts)
        case Category(name):
            return f"cat:{name}"
        case ListedBy(source):
            return f"source:{source}"
        case Word(text, quoted):
            return f'"{text}"' if quoted else text
