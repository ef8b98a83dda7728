"""Names that are made out of others: they fit, are the same at each try, and stay unique."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.sql.names import Name

MAXIMUM_NAME_BYTES = 63
"""NAMEDATALEN - 1. https://www.postgresql.org/docs/current/limits.html"""
_DIGEST_CHARACTERS = 8


def change_name(table: Name, *columns: str) -> str:
    """Name a change of columns: its backfill, and what keeps them in step. Say the schema where it is not public.

    Args:
        table: as the revision names it, or better with its schema.
        columns: the old ones, then the new ones.
    """
    home = () if table.schema in {None, "public"} else (table.schema,)
    return fitting("_".join((*filter(None, home), table.name, *columns)))


def fitting(name: str, size: int = MAXIMUM_NAME_BYTES) -> str:
    """Cut a name that is longer than PostgreSQL keeps; it ends in a digest of the whole.

    Args:
        name: any.
        size: how many bytes it may have.
    """
    if len(name.encode()) <= size:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    cut = name.encode()[: size - _DIGEST_CHARACTERS - 1].decode(errors="ignore")
    return f"{cut}_{digest}"
