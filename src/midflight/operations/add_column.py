"""ADD COLUMN; one whose rows would have to be written at once is filled beside the traffic."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Literal

from midflight.operations.alter_table import Clause, TableChange
from midflight.operations.comment_column import CommentColumn
from midflight.operations.drop_column import DropColumn
from midflight.operations.fill_column import filling
from midflight.operations.operation import SMALL_TABLE_ROWS, Asked, Operation, OperationRefusedError, named
from midflight.operations.same_default import functions_of, is_volatile
from midflight.operations.same_type import is_same_type, normal_type, plain_type
from midflight.operations.sequence_column import given_default, helper_name, is_done_before, sequence_made, turned
from midflight.operations.set_not_null import SetNotNull, is_not_null
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step
    from midflight.sql.names import Name

VIRTUAL_FROM = 18
"""From this version on a generated column can be virtual. https://www.postgresql.org/docs/18/ddl-generated-columns.html"""


@dataclass(frozen=True, slots=True)
class AddColumn(TableChange):
    """A column is added, without a rewrite and without a scan under a strong lock."""

    table: str
    column: str
    type: str
    """As SQL, with its collation; ``bigserial`` and its like are understood."""
    _: KW_ONLY
    schema: str | None = None
    nullable: bool = True
    default: str | None = None
    """As SQL."""
    identity: Literal["", "always", "by default"] = ""
    sequence_options: str = ""
    """Of an identity column, as SQL, such as ``START WITH 100``."""
    generated: str | None = None
    """The expression of a generated column."""
    virtual: bool = False
    """Whether a generated column is computed when it is read; else it is stored."""
    comment: str | None = None
    row_limit: int = SMALL_TABLE_ROWS
    """Up to how many rows the table may be written anew, where there is no other way, while all queries on it wait."""

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    @property
    def asks(self) -> Asked:
        """Its table, the sequence behind it, whether its default is volatile and its type constrained."""
        sequences = (helper_name(self),) if self.is_numbered else ()
        types = () if "(" in self.type else (normal_type(self.type),)
        return Asked((self.table_name, *sequences), functions=functions_of(self.default), types=types)

    @property
    def is_serial(self) -> bool:
        """Whether its type is a serial one."""
        return plain_type(self.type) != normal_type(self.type)

    @property
    def is_numbered(self) -> bool:
        """Whether a sequence gives its values."""
        return bool(self.identity) or self.is_serial

    def clauses(self, state: State) -> tuple[Clause, ...]:
        """ADD COLUMN, and the default that new rows get where the older ones are filled later.

        Raises:
            OperationRefusedError: where it cannot be added without stopping traffic.
        """
        self._must_be_possible(state)
        fills = self._fills(state)
        quoted = quote_identifier(self.column)
        add = Clause(
            f"ADD COLUMN {quoted} {self._definition(fills=fills)}", f"add column {self.column}", self._is_there
        )
        if not fills or self.is_numbered:
            return (add,)
        default = Clause(
            f"ALTER COLUMN {quoted} SET DEFAULT {self.default}", f"default of {self.column}", self._has_default
        )
        return (add, default)

    def later(self, state: State) -> tuple[Step, ...]:
        """Fill the rows, forbid NULL, hand over to the identity, and comment."""
        steps: list[Step] = []
        if self._fills(state):
            if self.is_numbered:
                steps += [sequence_made(self), given_default(self)]
            steps += filling(self.table_name, self.column, state, self._is_filled)
            if not self.nullable or self.is_numbered:
                steps += SetNotNull(self.table, self.column, schema=self.schema).steps(state)
            if self.identity:
                steps += turned(self)
        if self.comment is not None:
            steps += CommentColumn(self.table, self.column, self.comment, schema=self.schema).steps(state)
        return tuple(steps)

    def reverse(self) -> Operation:
        """Drop it."""
        return DropColumn(self.table, self.column, schema=self.schema)

    def _fills(self, state: State) -> bool:
        return self.is_numbered or (self.generated is None and is_volatile(self.default, state))

    def _definition(self, *, fills: bool) -> str:
        parts = [plain_type(self.type) if self.is_serial else self.type]
        if self.generated is not None:
            parts.append(f"GENERATED ALWAYS AS ({self.generated}) {'VIRTUAL' if self.virtual else 'STORED'}")
        elif self.default is not None and not fills:
            parts.append(f"DEFAULT {self.default}")
        if not self.nullable and not fills:
            parts.append("NOT NULL")
        return " ".join(parts)

    def _must_be_possible(self, state: State) -> None:
        found = state.column(self.table_name, self.column)
        if found is not None:
            if not is_same_type(found.type, self.type) and not state.resumed:
                raise OperationRefusedError(
                    f"{self.table} has a column {self.column} already, of type {found.type}",
                    hint="give the new one another name, or drop the old one first",
                )
            return
        self._must_be_fillable(state)
        self._must_be_quick(state)

    def _must_be_fillable(self, state: State) -> None:
        is_required = not self.nullable and self.default is None and self.generated is None and not self.is_numbered
        if is_required and state.rows(self.table_name) > 0 and not state.is_empty(self.table_name):
            raise OperationRefusedError(
                f"{self.table}.{self.column} must not be NULL and has no default, and {self.table} has rows",
                hint="give it a server_default, which drop_default can take away afterwards; or add it nullable, fill "
                "it, and then set_not_null",
            )

    def _must_be_quick(self, state: State) -> None:
        if self.virtual and state.known and state.major < VIRTUAL_FROM:
            raise OperationRefusedError(
                f"{self.table}.{self.column}: virtual generated columns are there from PostgreSQL {VIRTUAL_FROM} on, "
                f"this is {state.major}",
                hint="a view can compute it",
            )
        reason = self._why_slow(state)
        rows = state.rows(self.table_name)
        if reason and rows > self.row_limit:
            raise OperationRefusedError(
                f"{self.table}.{self.column} {reason}: the table of about {rows:,} rows would be written anew, and all "
                "queries on it would wait meanwhile",
                hint=f"{_WAYS_ROUND[reason]}; or raise row_limit, if it may stand still",
            )

    def _why_slow(self, state: State) -> str | None:
        if self.generated is not None and not self.virtual:
            return _STORED
        return _CONSTRAINED if normal_type(self.type) in state.constrained else None

    def _is_there(self, now: State) -> bool:
        return now.column(self.table_name, self.column) is not None

    def _has_default(self, now: State) -> bool:
        found = now.column(self.table_name, self.column)
        return found is not None and found.default is not None

    def _is_filled(self, now: State) -> bool:
        """Only NOT NULL tells of a filled column; of one that may be NULL the journal knows."""
        if self.is_numbered and is_done_before(self, now):
            return True
        return not (self.nullable and not self.is_numbered) and is_not_null(now, self.table_name, self.column)


_STORED = "is generated and stored"
_CONSTRAINED = "is of a domain with constraints"
_WAYS_ROUND = {
    _STORED: "a plain column that a trigger keeps, filled in batches, does the same; so does a virtual one, from 18 on",
    _CONSTRAINED: "take the type below the domain, and give the column a check constraint",
}
