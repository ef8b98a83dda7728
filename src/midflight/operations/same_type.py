"""Whether two texts name one type: the user's SQL and what ``format_type`` writes."""

from __future__ import annotations

from midflight import sql
from midflight.sql.changes import AddColumn


def normal_type(text: str) -> str:
    """Return a type as ``format_type`` writes it; a text that cannot be read stays as it is."""
    changes = sql.parse(f"ALTER TABLE t ADD COLUMN c {text}").changes
    return changes[0].column.type if len(changes) == 1 and isinstance(changes[0], AddColumn) else text


def plain_type(text: str) -> str:
    """Return a type as ``format_type`` writes it, and for a serial one the integer behind it."""
    changes = sql.parse(f"ALTER TABLE t ADD COLUMN c {text}").changes
    return changes[0].column.plain_type if len(changes) == 1 and isinstance(changes[0], AddColumn) else text


def is_same_type(found: str, wanted: str) -> bool:
    """Compare them, but for a schema, which ``format_type`` writes only where the search path does not lead there."""
    return _bare(found) == _bare(plain_type(wanted))


def _bare(text: str) -> str:
    name, bracket, rest = text.partition("(")
    return name.rpartition(".")[2].replace('"', "") + bracket + rest
