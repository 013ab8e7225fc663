"""A query made looser, or narrower, than it was typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TypeGuard

from bot.models import And, Node, Or, TextField, Tokens, Word
from bot.query_trees import is_of_the_text, positive_leaves
from storage.sqlite.segmenting import needs_separators

_RUN = re.compile(r"[^\W_]+")


def loosened(tree: And) -> tuple[tuple[Word, ...], And]:
    """The words of which any will do, in the order typed, and what is strict all the same."""
    loose = [part for part in tree.parts if is_of_the_text(part)]
    words = [leaf for part in loose for leaf in positive_leaves(part) if isinstance(leaf, Word)]
    return tuple(words), And(tuple(part for part in tree.parts if part not in loose))


def titled(tree: And) -> And:
    """The tree with its words asked for in the title."""
    return And(tuple(_titled(part) if is_of_the_text(part) else part for part in tree.parts))


def mended(tree: And, near: Mapping[str, str]) -> And:
    """The tree with the words that are asked for replaced by near ones; quoted ones stay."""
    return And(tuple(_mended(part, near) for part in tree.parts)) if near else tree


def mendable(tree: And) -> list[str]:
    """The words, as typed, that a slip may be in."""
    texts = [leaf.text for leaf in positive_leaves(tree) if _is_mendable(leaf)]
    return list(dict.fromkeys(word for text in texts for word in _RUN.findall(text)))


def broken_up(word: Word, tokens: Tokens) -> dict[Word, tuple[str, ...]]:
    """The parts of a word of which each is enough, with the stems in them.

    Signs of Chinese, Japanese and Korean go by overlapping pairs, since one alone says little. A
    phrase stays one.
    """
    if word.quoted or len(tokens.plain) < 2:
        return {word: tokens.stems}
    stem_of = dict(zip(tokens.plain, tokens.stems, strict=True))
    told = [(token, needs_separators(token)) for token in tokens.plain]
    parts: list[tuple[str, ...]] = [(token,) for token, is_sign in told if not is_sign]
    parts += [(a, b) for (a, is_sign), (b, follows) in pairwise(told) if is_sign and follows]
    return {
        replace(word, text="".join(part)): tuple(stem_of[token] for token in part)
        for part in parts or [(sign,) for sign in tokens.plain]
    }


def _titled(node: Node) -> Node:
    match node:
        case And(parts):
            return And(tuple(map(_titled, parts)))
        case Or(parts):
            return Or(tuple(map(_titled, parts)))
        case Word(field=TextField.ANY):
            return replace(node, field=TextField.TITLE)
    return node


def _mended(node: Node, near: Mapping[str, str]) -> Node:
    match node:
        case And(parts):
            return And(tuple(_mended(part, near) for part in parts))
        case Or(parts):
            return Or(tuple(_mended(part, near) for part in parts))
        case Word(text) if _is_mendable(node):
            return replace(node, text=_RUN.sub(lambda run: near.get(run[0], run[0]), text))
    return node


def _is_mendable(node: Node) -> TypeGuard[Word]:
    return isinstance(node, Word) and not node.quoted and not node.prefix
