"""Changes of how a relation is stored, and statements that write it anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class SetLogged:
    """ALTER TABLE ... SET LOGGED or SET UNLOGGED."""

    table: Name
    logged: bool


@dataclass(frozen=True, slots=True)
class SetTablespace:
    """ALTER TABLE ... SET TABLESPACE."""

    table: Name
    tablespace: str


@dataclass(frozen=True, slots=True)
class SetIndexTablespace:
    """ALTER INDEX ... SET TABLESPACE."""

    index: Name
    tablespace: str


@dataclass(frozen=True, slots=True)
class SetAccessMethod:
    """ALTER TABLE ... SET ACCESS METHOD; ``method`` is None for the default one."""

    table: Name
    method: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """CLUSTER of one table; CLUSTER of all has no such change."""

    table: Name


@dataclass(frozen=True, slots=True)
class Vacuum:
    """VACUUM or ANALYZE, one for each table that it names; ``table`` is None where it names none."""

    table: Name | None
    full: bool = False
    only_analyzes: bool = False


@dataclass(frozen=True, slots=True)
class RefreshView:
    """REFRESH MATERIALIZED VIEW."""

    view: Name
    concurrently: bool = False
    with_data: bool = True
