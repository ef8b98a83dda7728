"""Several statements of the catalog alone, sent as one: no round trip between them lengthens the lock."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def in_one_block(statements: Iterable[str]) -> str:
    """Return a DO block of them, each as PL/pgSQL takes it.

    https://www.postgresql.org/docs/current/sql-do.html
    """
    body = "".join(f"    {statement};\n" for statement in statements)
    tag = "$midflight$"
    if tag in body:
        tag = f"$midflight_{hashlib.sha256(body.encode()).hexdigest()[:8]}$"
    return f"DO {tag}\nBEGIN\n{body}END\n{tag}"
