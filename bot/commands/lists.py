"""How several things are said in one breath. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def listing(parts: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; `last` is the word before the last."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
