"""How a table is made."""

from __future__ import annotations

from collections.abc import Collection

from sqlite_utils import Database


def create_table(
    db: Database,
    name: str,
    columns: dict[str, type],
    pk: str = "pk",
    *,
    optional: Collection[str] = frozenset(),
    foreign_keys: list[tuple[str, str, str]] | None = None,
) -> None:
    """Make a STRICT table; columns that are not `optional` are NOT NULL."""
    db.table(name).create(
        columns,
        pk=pk,
        not_null=columns.keys() - {*optional, pk},
        foreign_keys=foreign_keys,
        strict=True,
    )
