"""Writes a fix as Alembic code to paste into a revision. It runs on Alembic alone, without Midflight."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from midflight.hazards.fix import NEXT, Outside, Remark, Send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.fix import Fix, Part

NEXT_REVISION = f"# {next(part.alembic for part in NEXT if isinstance(part, Remark))}"

_BIND = re.compile(r"(?<![:\w\\]):(\w+)")
"""What SQLAlchemy's ``text()``, which ``op.execute`` uses, takes for a bind parameter."""


def as_alembic(fix: Fix) -> str:
    """Write it as code."""
    return "\n".join(line for part in fix for line in _lines(part))


def call(function: str, *arguments: object, **keywords: object) -> str:
    """Write a call of an operation such as ``op.create_index``; keywords that are None or False are left out."""
    named = (f"{name}={_value(value)}" for name, value in keywords.items() if value is not None and value is not False)
    return f"{function}({', '.join([*map(_value, arguments), *named])})"


def escaped(sql: str, *parameters: str) -> str:
    """Write SQL as a Python string for SQLAlchemy's ``text()``; a word after a colon is only meant if it is named."""
    return _literal(_BIND.sub(lambda found: found[0] if found[1] in parameters else f"\\{found[0]}", sql))


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Remark(alembic=text):
            if text:
                yield f"# {text}"
        case Send(alembic=str(code)):
            yield code
        case Send(sql=sql):
            yield f"op.execute({escaped(sql)})"
        case Outside(parts=parts):
            yield "with op.get_context().autocommit_block():"
            yield from (f"    {line}" for line in as_alembic(parts).splitlines())
        case _:
            yield as_alembic(part.parts)


def _value(value: object) -> str:
    if isinstance(value, str):
        return _literal(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _literal(text: str) -> str:
    return repr(text) if '"' in text else json.dumps(text, ensure_ascii=False)
