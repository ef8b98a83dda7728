"""A statement as it may be shown to people: with ``$1`` in place of each constant."""

from __future__ import annotations

LONGEST = 120
"""Characters of a statement that are shown."""


def without_constants(text: str) -> str | None:
    """Return a statement in one line, cut, without its constants; None where the grammar cannot read it."""
    import postgast  # noqa: PLC0415 - the grammar is loaded by its first use

    try:
        normal = " ".join(postgast.normalize(text).split())
    except postgast.PgQueryError:
        return None  # also one that pg_stat_activity has cut: it may end within a constant
    return normal if len(normal) <= LONGEST else normal[: LONGEST - 1] + "…"
