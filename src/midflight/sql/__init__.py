"""SQL text as plain data: split and read by PostgreSQL's own grammar, which is loaded by its first use."""

from __future__ import annotations

from midflight.sql.comments import Comment, comments
from midflight.sql.parse import parse
from midflight.sql.split import Piece, split
from midflight.sql.statement import Statement

__all__ = ["Comment", "Piece", "Statement", "comments", "parse", "split"]
