"""A table gets another name while old code goes on with the old one: an updatable view has it meanwhile."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, OperationRefusedError, named
from midflight.operations.sql_files import load_sql
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_identifier, quote_literal

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name

INVOKER_FROM = 15
"""From this version on a view can read with the rights of who asks. https://www.postgresql.org/docs/15/release-15.html"""


@dataclass(frozen=True, slots=True)
class TableRename(Operation):
    """Something that is done for a table to go from one name to another."""

    table: str
    """The old name."""
    new_name: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def old(self) -> Name:
        """The name that old code uses."""
        return named(self.table, self.schema)

    @property
    def new(self) -> Name:
        """The name that new code uses."""
        return named(self.new_name, self.schema)

    @property
    def asks(self) -> Asked:
        """Both names."""
        return Asked(relations=(self.old, self.new))


class ExpandTableRename(TableRename):
    """The table has the new name, and a view the old one: in one transaction, so that no statement misses either."""

    def steps(self, state: State) -> tuple[Step, ...]:
        """RENAME TO, CREATE VIEW, and its rights."""
        rename = Step(
            says=f"rename table {self.old} to {self.new_name}",
            sql=_renaming(self.old, self.new),
            done=lambda now: _kind(now, self.new) not in {None, "view"} and _kind(now, self.old) in {None, "view"},
            locks=(TableLock(self.old),),
        )
        return (rename, *_view_steps(self, state))

    def reverse(self) -> Operation:
        """Give the table its old name back."""
        return UndoExpandTableRename(self.table, self.new_name, schema=self.schema)


class UndoExpandTableRename(TableRename):
    """The table has its old name again, and nothing has the new one."""

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """DROP VIEW and RENAME TO; both locks are asked for before either."""
        rename = Step(
            says=f"rename table {self.new} to {self.table}",
            sql=_renaming(self.new, self.old),
            done=lambda now: _kind(now, self.old) not in {None, "view"},
            locks=(TableLock(self.new),),
        )
        return (_drop_view(self), rename)

    def reverse(self) -> Operation:
        """Rename it once more."""
        return ExpandTableRename(self.table, self.new_name, schema=self.schema)


class ContractTableRename(TableRename):
    """The old name goes: code that uses it fails from then on."""

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """DROP VIEW."""
        return (_drop_view(self),)

    def reverse(self) -> Operation:
        """Let the old name work again."""
        return UndoContractTableRename(self.table, self.new_name, schema=self.schema)


class UndoContractTableRename(TableRename):
    """The old name works again."""

    def steps(self, state: State) -> tuple[Step, ...]:
        """CREATE VIEW, and its rights."""
        return _view_steps(self, state)

    def reverse(self) -> Operation:
        """Take it away again."""
        return ContractTableRename(self.table, self.new_name, schema=self.schema)


def _view_steps(rename: TableRename, state: State) -> tuple[Step, ...]:
    """A view of all columns, in their order; an INSERT into it gets the table's own defaults.

    Raises:
        OperationRefusedError: where a view would show rows or columns to roles that must not see them, or hide some.
    """
    options = " WITH (security_invoker = true)" if _reads_as_invoker(rename, state) else ""
    rights = load_sql("rights_of_view").format(view=quote_literal(rename.old.sql), table=quote_literal(rename.new.sql))
    return (
        Step(
            says=f"view {rename.old} of {rename.new}",
            sql=f"CREATE VIEW {rename.old.sql}{options} AS SELECT * FROM {rename.new.sql}",  # noqa: S608 - quoted names alone
            done=lambda now: _kind(now, rename.old) == "view",
        ),
        Step(
            says=f"rights on view {rename.old} as on {rename.new}",
            sql=rights.strip(),
            done=lambda _: False,  # what is granted already is granted once more
        ),
    )


def _reads_as_invoker(rename: TableRename, state: State) -> bool:
    """Tell whether the view reads with the rights of who asks, so that policies hold; else with the owner's.

    Who asks then needs SELECT on all columns of the table: privileges on single columns hold in the other form alone.
    """
    tables = [found for name in (rename.old, rename.new) if (found := state.relation(name)) and found.kind != "view"]
    by_column = any(column.granted for table in tables for column in table.columns.values())
    is_possible = state.major >= INVOKER_FROM
    if any(table.row_security for table in tables):
        if by_column:
            raise OperationRefusedError(
                f"{rename.old} has row security and privileges on single columns: no view holds to both",
                hint="grant the privileges on the whole table",
            )
        if not is_possible:
            raise OperationRefusedError(
                f"{rename.old} has row security, to which views hold from PostgreSQL {INVOKER_FROM} on"
            )
    return is_possible and not by_column


def _drop_view(rename: TableRename) -> Step:
    return Step(
        says=f"drop view {rename.old} of {rename.new}",
        sql=f"DROP VIEW {rename.old.sql}",
        done=lambda now: _kind(now, rename.old) != "view",
        locks=(TableLock(rename.old),),
    )


def _renaming(old: Name, new: Name) -> str:
    return f"ALTER TABLE {old.sql} RENAME TO {quote_identifier(new.name)}"


def _kind(state: State, name: Name) -> str | None:
    found = state.relation(name)
    return found.kind if found else None
