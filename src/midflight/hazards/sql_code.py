"""Writes a fix as SQL to paste into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import Outside, Remark, Send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.fix import Fix, Part


def as_sql(fix: Fix) -> str:
    """Write it as SQL, as psql runs it: each statement by itself, but between BEGIN and COMMIT."""
    return "\n".join(line for part in fix for line in _lines(part))


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Remark(sql=text):
            if text:
                yield f"-- {text}"
        case Send(sql=sql):
            yield f"{sql.strip().rstrip(';')};"
        case Outside(parts=parts):
            yield "-- outside of any transaction:"
            yield as_sql(parts)
        case _:
            yield "BEGIN;"
            yield as_sql(part.parts)
            yield "COMMIT;"
