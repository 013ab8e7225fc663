"""The pieces of a query → its tree. Pure.

    either = all ("OR" all)*       OR binds looser than terms that stand side by side
    all    = term*                 an AND between them is allowed and means nothing
    term   = "-" term | [field ":"] ("(" either ")" | phrase | word)

What stands alone on one side of an OR, or in brackets with nothing in them, is left out.
"""

from __future__ import annotations

import re

from bot.categories import canonical_category
from bot.errors import QueryError, UserError
from bot.models import Node, Not, Or, Sort, TextField
from bot.query_days import LONGEST_VALUE, ago_in_words, shortened
from bot.query_pieces import (
    AFTER_WORD,
    COMPARED,
    FIELD_NAMES,
    FIELDS,
    Kind,
    Piece,
    pieces_of,
)
from bot.query_terms import read_phrase, read_word
from bot.query_trees import NOTHING, all_of, any_of, leaves, negation
from bot.query_values import EXAMPLES, READERS, nearest_of, read_sort

MOST_BRACKETS = 20  # within each other; nobody reads more, and engines have limits of their own
MOST_TERMS = 40
MOST_PIECES = 160  # with small words and signs: more is no query, and takes its time to read

_WITHOUT = ("NOT", "ANDNOT")
_COMPARISONS = (">", ">=", "<", "<=", "=")
_NEARNESS = re.compile(r"[~^][0-9.]+")
_ROOM_FOR_FIELDS = 65  # characters of an error beside them: it stays one line of two rows
_AFTER_VALUE = "[]{}>'`,;:!?"
# An open quote that swallows one of these was not meant to run to the end.
_LANGUAGE = re.compile(rf"(?<![^\s(])(?:-\w|OR\s|(?:{'|'.join(FIELD_NAMES)}):)")


class Parser:
    """Reads one query. `sort` is its order and `sort_place` where that stands, None where nowhere;
    `small_words` tells whether words were left out because they are in every paper.
    """

    def __init__(self, text: str, plain: str) -> None:
        self.sort: Sort | None = None
        self.sort_place: int | None = None
        self.small_words = False
        self._typed = text
        self._pieces = pieces_of(plain, MOST_PIECES + 1)
        self._at = 0
        self._terms = 0

    def tree(self) -> Node:
        """The whole query as a tree in normal form. Raises QueryError with a place."""
        if len(self._pieces) > MOST_PIECES:
            problem = f"a query has at most {MOST_PIECES} words and signs; this is one more"
            raise self._error(problem, self._pieces[-1])
        return self._either("", 0)

    def _either(self, field: str, depth: int) -> Node:
        """Terms up to the bracket that ends them, or to the end."""
        alternatives: list[list[Node]] = [[]]
        while (piece := self._peek()) is not None:
            if _is_or(piece):
                self._at += 1
                alternatives.append([])
            elif piece.kind is not Kind.CLOSE:
                alternatives[-1].append(self._term(field, depth))
            elif depth:
                break
            elif len(alternatives) > 1:
                raise self._error("this ) closes nothing; write the ( that belongs to it", piece)
            else:  # a smiley, or `1)`: nothing depends on it
                self._at += 1
        return any_of(all_of(parts) for parts in alternatives)

    def _term(self, field: str, depth: int, *, negative: bool = False) -> Node:
        while (piece := self._peek()) is not None and _is_without(piece):
            self._at += 1
            negative = not negative
        if piece is None or piece.kind is Kind.CLOSE or _is_or(piece):
            return NOTHING
        self._at += 1
        if piece.kind is Kind.FIELD:
            return self._field(piece, depth, negative=negative)
        if piece.kind is Kind.OPEN:
            group = self._group(piece, field, depth)
            return negation(group) if negative else group
        return self._values(piece, field, depth, negative=negative)

    def _group(self, piece: Piece, field: str, depth: int) -> Node:
        if depth == MOST_BRACKETS:
            problem = f"brackets can stand at most {MOST_BRACKETS} deep within each other"
            raise self._error(problem, piece)
        group = self._either(field, depth + 1)
        self._at += 1  # the bracket that closes it; where none does, it ends at the end
        return group

    def _field(self, piece: Piece, depth: int, *, negative: bool) -> Node:
        name = FIELD_NAMES.get(piece.text.lower())
        if name is None:
            value = self._peek()
            is_word = value is not None and value.kind is Kind.WORD and not value.gap
            raise self._error(_no_field(piece.text, value.text if value and is_word else ""), piece)
        value = self._peek()
        if value is not None and not value.gap and value.kind not in (Kind.CLOSE, Kind.EITHER):
            return self._term(name, depth, negative=negative)
        if value is not None and self._may_stand_apart(piece, value):
            return self._apart(piece, value, name, depth, negative=negative)
        if piece.text.islower():
            raise self._error(_no_value(piece.text, name), piece)
        return self._values(piece, "", depth, negative=negative)

    def _may_stand_apart(self, piece: Piece, value: Piece) -> bool:
        """`author: LeCun` is a field, as phones write it with a space, and a capital at the very
        beginning; `Cat: a survey` further on is a title.
        """
        written = piece.text.islower() or (
            piece.text.istitle() and piece is self._pieces[0] and not piece.gap
        )
        return written and value.kind in (Kind.WORD, Kind.PHRASE, Kind.OPEN)

    def _apart(self, piece: Piece, value: Piece, name: str, depth: int, *, negative: bool) -> Node:
        """A field and a value with a space between; words, where the value can't be one of it."""
        at, terms = self._at, self._terms
        try:
            node = self._term(name, depth, negative=negative)
        except QueryError:
            if piece.text.islower() and not value.text.strip(AFTER_WORD).isalpha():
                raise  # `cat: cs.LX` was meant as a category, `date: a study` was not
            node = NOTHING
        if node != NOTHING or name == "sort":
            return node
        self._at, self._terms = at, terms
        return self._values(piece, "", depth, negative=negative)

    def _values(self, piece: Piece, field: str, depth: int, *, negative: bool) -> Node:
        """A word or phrase, and those that a comma ties to it: `cat:cs.LG,cs.CL`, `-a,b`."""
        nodes = [self._value(piece, field, depth, negative=negative)]
        while (more := self._peek()) is not None and _goes_on(more, field):
            self._at += 1
            nodes.append(self._value(more, field, depth, negative=negative))
        if negative:
            node = all_of(negation(each) for each in nodes)
        else:
            node = any_of(nodes) if field in READERS else all_of(nodes)
        if depth == MOST_BRACKETS and isinstance(node, Or | Not) and len(leaves(node)) > 1:
            raise self._error(f"this stands more than {MOST_BRACKETS} brackets deep", piece)
        return node

    def _value(self, piece: Piece, field: str, depth: int, *, negative: bool) -> Node:
        if piece.kind is Kind.WORD and piece.text == "NEAR" and self._opens_next():
            raise self._error('NEAR is not read here; write words in order as "state space"', piece)
        if field == "sort":
            return self._order(piece, inside=negative or depth > 0)
        node = self._checked(piece, field) if field in READERS else self._text(piece, field)
        self._terms += len(leaves(node))
        if self._terms > MOST_TERMS:
            problem = f"a query has at most {MOST_TERMS} words and conditions; this is one more"
            raise self._error(problem, piece)
        return node

    def _checked(self, piece: Piece, field: str) -> Node:
        value = " ".join(piece.text.split())
        if piece.kind is Kind.WORD:
            value = self._compared(value) if field in COMPARED else value
            value = value.lstrip("[{'`")
            value = value.rstrip(_AFTER_VALUE + ("" if value.endswith("..") else "."))
        if not value:
            raise self._error(_no_value(field, field), piece)
        try:
            return READERS[field](value)
        except UserError as error:
            raise self._error(self._in_words(value, field) or str(error), piece) from None

    def _in_words(self, value: str, field: str) -> str:
        """What is wrong with days that are told in words: `date:last week`, `date:3 days`."""
        words = [value, *(piece.text for piece in self._pieces[self._at : self._at + 3])]
        ago = ago_in_words(words, field) if field in ("date", "since") else ""
        return f"{shortened(value)} is no date; {ago}" if ago else ""

    def _compared(self, value: str) -> str:
        """`upvotes:> 20` is written with a space as well."""
        figure = self._peek()
        if value not in _COMPARISONS or figure is None or figure.kind is not Kind.WORD:
            return value
        self._at += 1
        return value + figure.text

    def _order(self, piece: Piece, *, inside: bool) -> Node:
        if inside:
            raise self._error("sort: orders the whole search; write it outside of brackets", piece)
        if self.sort is not None:
            raise self._error("sort: can stand only once", piece)
        try:
            self.sort = read_sort(piece.text.strip(AFTER_WORD))
        except UserError as error:
            raise self._error(str(error), piece) from None
        self.sort_place = piece.place
        return NOTHING

    def _text(self, piece: Piece, field: str) -> Node:
        kind = TextField(field)
        if piece.kind is Kind.PHRASE:
            self._refuse_nearness()
            if not piece.end and _LANGUAGE.search(piece.text):
                raise self._error("the quote that opens here is never closed", piece)
            return read_phrase(piece.text + piece.end.removeprefix('"'), kind)
        word = read_word(piece.text, kind)
        self.small_words = self.small_words or word is None
        return NOTHING if word is None else word

    def _refuse_nearness(self) -> None:
        """`"state space"~3` means words near each other elsewhere: 3 is no word of the query."""
        piece = self._peek()
        if piece is not None and not piece.gap and _NEARNESS.fullmatch(piece.text):
            problem = f"{shortened(piece.text)} is not read here; a phrase stands word for word"
            raise self._error(problem, piece)

    def _peek(self) -> Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _opens_next(self) -> bool:
        piece = self._peek()
        return piece is not None and piece.kind is Kind.OPEN and not piece.gap

    def _error(self, problem: str, piece: Piece) -> QueryError:
        return QueryError(problem, self._typed, piece.place)


def _is_or(piece: Piece) -> bool:
    return piece.kind is Kind.EITHER or (piece.kind is Kind.WORD and piece.text == "OR")


def _is_without(piece: Piece) -> bool:
    return piece.kind is Kind.WITHOUT or (piece.kind is Kind.WORD and piece.text in _WITHOUT)


def _goes_on(piece: Piece, field: str) -> bool:
    if piece.kind not in (Kind.WORD, Kind.PHRASE):
        return False
    if piece.is_listed:
        return True
    # `cat:cs.LG, cs.CL`: nothing but a category can be meant.
    comma = piece.gap.strip() == ","
    return comma and field == "cat" and "." in piece.text and bool(canonical_category(piece.text))


def _no_value(typed: str, field: str) -> str:
    return f"{shortened(typed)}: wants a value right after it, such as {EXAMPLES[field]}"


def _no_field(name: str, value: str) -> str:
    problem = f"there is no field {shortened(name)}:"
    if near := FIELD_NAMES.get(nearest_of(name, tuple(FIELD_NAMES))):
        return f"{problem} – did you mean {near}:?"
    known = " ".join(f"{field}:" for field in FIELDS)
    if not value or len(name + value) > LONGEST_VALUE:
        return f"{problem} (there are {known}); a word has no colon"
    told = f'{problem} – write {name} {value} or "{name}:{value}"'
    return f"{told} (fields: {known})" if len(told) <= _ROOM_FOR_FIELDS else told
