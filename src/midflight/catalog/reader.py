"""A reader: how one kind of object is read from PostgreSQL's system catalogs."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from midflight.pg.versions import OLDEST_SUPPORTED

if TYPE_CHECKING:
    from collections.abc import Sequence


class Scope(enum.Enum):
    """What a reader's rows belong to, and so what is read again as a whole when something in it changed.

    The value is the catalog that such a unit stands in, and the name that a reader's SQL gives it.
    """

    RELATION = ("pg_class", "c")
    TYPE = ("pg_type", "t")
    FUNCTION = ("pg_proc", "p")
    DATABASE = ("", "")
    """Few and cheap: read as one whole, every time."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of object.

    The SQL is a SELECT that ends in its WHERE clause, so that conditions can be added to it: which units, and that they
    belong to no extension. It may use the common table expression ``user_schema`` (oid, nspname, nspowner, nspacl). Its
    columns are ``unit`` (OID; not in the scope of the database), ``schema``, ``name``, ``sub`` (a part's name, empty
    for the unit's own object), every attribute under its name, and for the attribute ``privileges`` both ``acl`` and
    ``acl_default``. Texts must not depend on OIDs or attribute numbers; the search path is empty while it runs.
    """

    kind: str
    scope: Scope
    attributes: tuple[str, ...]
    sql: str
    derived: frozenset[str] = frozenset()
    """Attributes for programs: they say again what another attribute says, so that a diff does not show them."""
    oldest: int = OLDEST_SUPPORTED
    newest: int | None = None
    """The major versions of PostgreSQL on which this SQL runs, where not on all."""

    def reads(self, major: int) -> bool:
        """Tell whether this reader is for that major version."""
        return self.oldest <= major and (self.newest is None or major <= self.newest)


def load_sql(name: str) -> str:
    """Return one of the SQL files beside this module."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def whole_statement(readers: Sequence[Reader]) -> str:
    """Return the statement that reads everything with these readers; a row names its reader by its place."""
    return _union([_select(place, reader, _of_no_extension(reader)) for place, reader in enumerate(readers)])


def units_statement(readers: Sequence[Reader]) -> str:
    """Return the statement that reads the units of the OIDs ``$1``, and always what the database as a whole has."""
    return _union(
        [_select(place, reader, _of_no_extension(reader) + _of_units(reader)) for place, reader in enumerate(readers)]
    )


def _union(selects: Sequence[str]) -> str:
    return load_sql("user_schemas") + "\nUNION ALL\n".join(selects)


# What is selected keeps the readers' columns as they are written, and gives all of them one shape: texts.
_SELECT = """\
SELECT {place} AS reader, {unit} AS unit, r.schema::text, r.name::text, r.sub::text,
    ARRAY[{attributes}]::text[] AS attributes
FROM ({sql}{conditions}) AS r"""

# Privileges as they are in force: sorted, and NULL where they are the default, whether or not that is written down.
_PRIVILEGES = """\
CASE WHEN r.acl IS NOT NULL THEN nullif(
    (SELECT coalesce(string_agg(i::text, ', ' ORDER BY i::text COLLATE "C"), 'none') FROM unnest(r.acl) AS i),
    CASE WHEN r.acl_default IS NOT NULL THEN (
        SELECT coalesce(string_agg(i::text, ', ' ORDER BY i::text COLLATE "C"), 'none') FROM unnest(r.acl_default) AS i
    ) END
) END"""

_OF_NO_EXTENSION = """
AND NOT EXISTS (
    SELECT FROM pg_depend AS e WHERE e.classid = '{catalog}'::regclass AND e.objid = {alias}.oid AND e.deptype = 'e'
)"""


def _select(place: int, reader: Reader, conditions: str) -> str:
    attributes = (
        _PRIVILEGES if attribute == "privileges" else f'r."{attribute}"::text' for attribute in reader.attributes
    )
    unit = "0::oid" if reader.scope is Scope.DATABASE else "r.unit"
    return _SELECT.format(
        place=place, unit=unit, attributes=", ".join(attributes), sql=reader.sql.rstrip(), conditions=conditions
    )


def _of_no_extension(reader: Reader) -> str:
    catalog, alias = reader.scope.value
    return _OF_NO_EXTENSION.format(catalog=catalog, alias=alias) if catalog else ""


def _of_units(reader: Reader) -> str:
    catalog, alias = reader.scope.value
    return f"\nAND {alias}.oid = ANY ($1::oid[])" if catalog else ""
