"""CREATE INDEX CONCURRENTLY; of a partitioned table on each partition, then attached."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.index_build import IndexBuild
from midflight.operations.operation import Asked, Operation, named
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import Index, State
    from midflight.operations.step import Step


@dataclass(frozen=True, slots=True)
class CreateIndex(Operation):
    """An index is built beside the traffic."""

    name: str
    table: str
    elements: tuple[str, ...]
    """Its key, each element as SQL: a quoted column or an expression in brackets, with operator class and order."""
    _: KW_ONLY
    schema: str | None = None
    unique: bool = False
    method: str | None = None
    include: tuple[str, ...] = ()
    where: str | None = None
    options: str | None = None
    """Storage parameters as SQL, such as ``fillfactor = 70``."""
    tablespace: str | None = None
    nulls_not_distinct: bool = False
    columns: tuple[str, ...] | None = None
    """Its key where that is columns alone, to tell an index of the same name that is another one."""

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Build it concurrently; what a failed build has left is dropped first.

        Raises:
            OperationRefusedError: where there is another index of that name.
        """
        build = IndexBuild(self.unique, self._definition, self._may_be)
        return build.on(named(self.table, self.schema), self.name, state)

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_index import DropIndex  # noqa: PLC0415 - each leads to the other

        return DropIndex(self.name, self.table, schema=self.schema)

    @property
    def _definition(self) -> str:
        parts = [f"USING {quote_identifier(self.method)}" if self.method else "", f"({', '.join(self.elements)})"]
        if self.include:
            parts.append(f"INCLUDE ({', '.join(map(quote_identifier, self.include))})")
        if self.nulls_not_distinct:
            parts.append("NULLS NOT DISTINCT")
        if self.options:
            parts.append(f"WITH ({self.options})")
        if self.tablespace:
            parts.append(f"TABLESPACE {quote_identifier(self.tablespace)}")
        if self.where:
            parts.append(f"WHERE {self.where}")
        return " ".join(part for part in parts if part)

    def _may_be(self, found: Index) -> bool:
        """Expressions are not compared: PostgreSQL writes them in its own way."""
        mine = (self.unique, self.method or "btree", bool(self.where), self.include, self.nulls_not_distinct)
        its = (found.unique, found.method, found.partial, found.include, found.nulls_not_distinct)
        return mine == its and (self.columns is None or self.columns == found.columns)
