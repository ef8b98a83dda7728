"""CREATE TABLE, with its indexes and comments."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, OperationRefusedError, named
from midflight.operations.step import Step, TableLock
from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class CreateTable(Operation):
    """A table is made. Nobody uses it yet, so its indexes are built at once."""

    table: str
    sql: str
    """The CREATE TABLE statement."""
    _: KW_ONLY
    schema: str | None = None
    columns: tuple[str, ...] = ()
    """To tell a table of the same name that is another one."""
    referents: tuple[Name, ...] = ()
    """The tables to which its foreign keys refer."""
    types: tuple[tuple[Name, tuple[str, ...], str], ...] = ()
    """Its enums that are made with it: each with its labels and its CREATE TYPE statement."""
    indexes: tuple[tuple[str, str], ...] = ()
    """Each with its name and its CREATE INDEX statement."""
    comments: tuple[str, ...] = ()
    """COMMENT statements, and what else the user's own listeners send."""

    @property
    def asks(self) -> Asked:
        """Itself, its enums and the tables that it refers to."""
        return Asked(relations=(self._table, *self.referents), enums=tuple(name for name, _, _ in self.types))

    def steps(self, state: State) -> tuple[Step, ...]:
        """All in the revision's transaction.

        Raises:
            OperationRefusedError: where something else is there under its name.
        """
        table, is_new = self._table, state.relation(self._table) is None
        self._must_be_this(state)
        create = Step(
            says=f"create table {table}",
            sql=self.sql,
            done=lambda now: now.relation(table) is not None,
            locks=self._locks(state),
        )
        types = (_type_made(name, sql) for name, _, sql in self.types)
        indexes = (_index_made(table, name, sql) for name, sql in self.indexes)
        comments = (
            Step(says=f"what belongs to the new {table}", sql=sql, done=lambda _: not is_new) for sql in self.comments
        )
        return (*types, create, *indexes, *comments)

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_table import DropTable  # noqa: PLC0415 - what only a reverse needs

        return DropTable(self.table, schema=self.schema)

    @property
    def _table(self) -> Name:
        return named(self.table, self.schema)

    def _locks(self, state: State) -> tuple[TableLock, ...]:
        """Those on tables that are there; offline all are taken to be."""
        others = [name for name in self.referents if name != self._table]
        locks = [TableLock(name, LockMode.SHARE_ROW_EXCLUSIVE) for name in dict.fromkeys(others)]
        return tuple(lock for lock in locks if not state.known or state.relation(lock.table) is not None)

    def _must_be_this(self, state: State) -> None:
        for name, labels, _ in self.types:
            if state.enums.get(name, labels) != labels and not state.resumed:
                raise OperationRefusedError(
                    f"there is an enum {name} already, with other labels", hint="give the new one another name"
                )
        found = state.relation(self._table)
        if found is None or state.resumed:
            return
        is_table = found.kind in {"table", "partitioned table", "foreign table"}
        if not is_table or (self.columns and set(self.columns) != set(found.columns)):
            raise OperationRefusedError(
                f"there is a {found.kind} {self._table} already, and it is another one",
                hint="give the new table another name, or drop or rename the old one first",
            )


def _type_made(name: Name, sql: str) -> Step:
    return Step(says=f"create type {name}", sql=sql, done=lambda now: name in now.enums)


def _index_made(table: Name, name: str, sql: str) -> Step:
    return Step(says=f"index {name} of the new {table}", sql=sql, done=lambda now: now.index(table, name) is not None)
