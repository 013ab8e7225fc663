"""Text → Query: one language for search, filters and alerts. Pure.

It reads words (all must match), `"phrases"`, `cat:` and `source:`. A query has one strict meaning
(DESIGN §5): every word must match, stemmed, in any of the text fields; `cat:cs.LG` asks for a
category, `cat:cs` or `cat:cs.*` for any of an archive; `source:arxiv` for a listing by that source.
What the language will read later (`-without`, `OR`, `prefix*`) is refused, never read as less.
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

# Operators of other search boxes: reading them as small words would turn their meaning round.
_OPERATORS = frozenset({"OR", "NOT", "ANDNOT", "NEAR"})

# What phones and word processors type for the plain signs (DESIGN §4). One sign for one sign, so
# that a place in the plain text is the same place in what was typed. Lone surrogates can't be
# written to any file, and NUL ends a text for the engine.
_PLAIN_SIGNS = str.maketrans(
    {
        **{chr(sign): chr(sign - 0xFEE0) for sign in range(0xFF01, 0xFF5F)},
        **dict.fromkeys(map(chr, range(0xD800, 0xE000)), " "),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "\u00a0": " ",
        "\u3000": " ",
        "\x00": " ",
    }
)

# Signs around words, as in `(mamba)` or `mamba,`; a plus stays, for the eye: C++.
_BEFORE_WORD = "([{<'`.,;:!?/\\^*~#"
_AFTER_WORD = ")]}>'`.,;:!?/\\^*~"
_AFTER_VALUE = _AFTER_WORD.replace("*", "")  # cat:cs.* is a whole archive
_LONGEST_NAME = 40  # characters of a wrong name that are worth repeating and comparing

_TOKEN = re.compile(
    rf"[\s{re.escape(_BEFORE_WORD)}]*"
    r'(?:(?P<field>[A-Za-z]+):(?P<value>"[^"]*"?|[^\s"]*)'
    r'|"(?P<phrase>[^"]*)"?'
    r'|(?P<word>[^\s"]+))'
)


def plain_signs(text: str) -> str:
    """The text with curly quotes, long dashes and full-width signs as their plain forms.

    It has as many characters as before.
    """
    return text.translate(_PLAIN_SIGNS)


def parse_query(text: str) -> Query:
    """Read a query. An empty text is the query that every paper meets.

    Raises QueryError with the place of what is wrong.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        problem = f"a query has at most {MAX_QUERY_CHARACTERS} characters"
        raise QueryError(problem, text[: MAX_QUERY_CHARACTERS + 1], MAX_QUERY_CHARACTERS)
    plain = plain_signs(text)
    parts = [node for token in _TOKEN.finditer(plain) for node in _nodes(token, text)]
    if plain.strip() and not parts:
        raise QueryError("there is no word in it to look for", text)
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


def _nodes(token: re.Match[str], text: str) -> list[Node]:
    if token["field"]:
        return _field(token, text)
    if token["phrase"] is not None:
        return _phrase(token["phrase"])
    return _word(token["word"], token.start("word"), text)


def _phrase(text: str) -> list[Node]:
    return [Word(text.strip(), quoted=True)] if _has_token(text) else []


def _word(word: str, place: int, text: str) -> list[Node]:
    if word in _OPERATORS:
        raise QueryError(f"{word} is not read yet; all words must match", text, place)
    if not _has_token(word):
        return []
    if word.startswith("-"):
        raise QueryError("a leading - (without) is not read yet; leave it out", text, place)
    if word.endswith("*"):
        raise QueryError("a * (beginning of a word) is not read yet; leave it out", text, place)
    word = word.rstrip(_AFTER_WORD)
    return [] if word.lower() in STOP_WORDS else [Word(word)]


def _field(token: re.Match[str], text: str) -> list[Node]:
    name, place = token["field"].lower(), token.start("field")
    value = " ".join(token["value"].strip('"').split()).rstrip(_AFTER_VALUE)
    if name not in FIELDS:
        return _words_with_colon(token, text)
    if not value:
        raise QueryError(f"{name}: wants a value right after it", text, place)
    read = _category if name == "cat" else _source
    return [read(value, token.start("value"), text)]


def _words_with_colon(token: re.Match[str], text: str) -> list[Node]:
    """`Mamba: a survey`, `CLIP:foo` and addresses are words; `title:foo` asks for a field."""
    field, value, place = token["field"], token["value"], token.start("field")
    if value and not field[0].isupper() and not value.startswith("//"):
        known = " and ".join(f"{name}:" for name in FIELDS)
        raise QueryError(
            f"there is no field {field[:_LONGEST_NAME]}: (there are {known})", text, place
        )
    if value.startswith('"'):
        return _word(field, place, text) + _phrase(value.strip('"'))
    return _word(f"{field}:{value}", place, text)


def _category(value: str, place: int, text: str) -> Category:
    name = canonical_category(value)
    if name is None:
        value = value[:_LONGEST_NAME]
        problem = f"arXiv has no category {value}; the nearest is {nearest_category(value)}"
        raise QueryError(problem, text, place)
    return Category(name)


def _source(value: str, place: int, text: str) -> ListedBy:
    name = SOURCE_NAMES.get(value.lower())
    if name is None:
        raise QueryError(
            f"there is no source {value[:_LONGEST_NAME]} (there are huggingface and arxiv)",
            text,
            place,
        )
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
