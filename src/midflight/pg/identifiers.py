"""The one place where identifiers and literals become SQL text."""

from __future__ import annotations

from dataclasses import dataclass


def quote_identifier(name: str) -> str:
    """Quote one identifier, always; a NUL character, which PostgreSQL cannot store, is a ValueError."""
    if "\0" in name:
        msg = "an identifier cannot contain a NUL character"
        raise ValueError(msg)
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Quote one text literal, safe under either setting of ``standard_conforming_strings``."""
    if "\0" in text:
        msg = "a literal cannot contain a NUL character"
        raise ValueError(msg)
    quoted = "'" + text.replace("'", "''") + "'"
    return " E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


@dataclass(frozen=True, slots=True, order=True)
class QualifiedName:
    """The name of a relation, type or function in its schema."""

    schema: str
    name: str

    def __str__(self) -> str:
        """Write it for a person: without the schema where that is ``public``."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """The name as SQL, quoted and qualified."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"
