"""The trees of queries: put together in one normal form, and looked through. Pure.

In normal form an And holds no And and an Or no Or, nothing stands twice side by side, a group of
one is that one, and nothing is negated twice. An And without parts says nothing: as a part it is
left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.models import And, Leaf, Node, Not, Or, TextField, Word

NOTHING = And()

# Fields whose words say what a paper is about; those of names are conditions.
_OF_THE_TEXT = frozenset({TextField.ANY, TextField.TITLE, TextField.ABSTRACT, TextField.KEYWORD})


def all_of(parts: Iterable[Node]) -> Node:
    """What is met where all parts are."""
    flat = [leaf for part in parts for leaf in (part.parts if isinstance(part, And) else (part,))]
    return _one_or_all(And, flat)


def any_of(parts: Iterable[Node]) -> Node:
    """What is met where one of the parts is; parts that say nothing don't count."""
    told = [part for part in parts if part != NOTHING]
    flat = [leaf for part in told for leaf in (part.parts if isinstance(part, Or) else (part,))]
    return _one_or_all(Or, flat)


def negation(node: Node) -> Node:
    """What is met where the node is not."""
    if isinstance(node, Not):
        return node.part
    return node if node == NOTHING else Not(node)


def leaves(node: Node) -> list[Leaf]:
    """The parts of a tree that hold no others, in order."""
    match node:
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case Not(part):
            return leaves(part)
    return [node]


def positive_leaves(node: Node) -> list[Leaf]:
    """Those of the leaves that are asked for, not ruled out."""
    match node:
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in positive_leaves(part)]
        case Not():
            return []
    return [node]


def is_of_the_text(node: Node) -> bool:
    """Whether it is words of the text alone, none of them ruled out: a search goes on with papers
    that hold some of them, while all else is strict.
    """
    match node:
        case And(parts) | Or(parts):
            return all(map(is_of_the_text, parts))
        case Word(field=field):
            return field in _OF_THE_TEXT
    return False


def _one_or_all(group: type[And | Or], parts: list[Node]) -> Node:
    distinct = tuple(dict.fromkeys(parts))
    if not distinct:
        return NOTHING
    return distinct[0] if len(distinct) == 1 else group(distinct)
