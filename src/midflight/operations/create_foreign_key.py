"""ADD FOREIGN KEY NOT VALID, then VALIDATE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.same_constraint import deferring, must_be_same
from midflight.operations.step import Step, TableLock
from midflight.operations.validate_constraint import is_valid, validation
from midflight.pg.identifiers import quote_identifier
from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from midflight.operations.state import Constraint, State
    from midflight.sql.names import Name

NOT_VALID_ON_PARTITIONED_FROM = 18
"""Before that, only the partitions can have one that is NOT VALID. https://www.postgresql.org/docs/18/release-18.html"""
_ACTIONS = frozenset({"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"})


@dataclass(frozen=True, slots=True)
class CreateForeignKey(Operation):
    """A table refers to another; the rows that are there are read beside the traffic."""

    name: str
    source_table: str
    referent_table: str
    local_cols: tuple[str, ...]
    remote_cols: tuple[str, ...]
    _: KW_ONLY
    onupdate: str | None = None
    ondelete: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    match: str | None = None
    source_schema: str | None = None
    referent_schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Both tables."""
        return Asked(relations=(self._table, self._referent))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Add it for new rows, under SHARE ROW EXCLUSIVE on both tables; then read the old ones.

        Raises:
            OperationRefusedError: where there is another constraint of that name.
        """
        must_be_same(state, self._table, self.name, lambda found: self._is_same(found, state))
        if state.is_partitioned(self._table) and state.major < NOT_VALID_ON_PARTITIONED_FROM:
            return self._by_partition(state)
        return self._on_table(self._table)

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_constraint import DropConstraint  # noqa: PLC0415 - each leads to the other

        return DropConstraint(self.name, self.source_table, type_="foreignkey", schema=self.source_schema)

    def _on_table(self, table: Name) -> tuple[Step, ...]:
        return not_valid_then_validated(table, self.name, self._definition, self._referent)

    def _by_partition(self, state: State) -> tuple[Step, ...]:
        """On each partition that holds rows; then on the root, which takes them over as they are."""
        table, referent = self._table, self._referent
        on_leaves = [step for leaf in state.leaves(table) for step in self._on_table(leaf.name)]
        last = Step(
            says=f"foreign key {self.name} from {table} to {referent}",
            sql=f"ALTER TABLE {table.sql} ADD CONSTRAINT {quote_identifier(self.name)} {self._definition}",
            done=lambda now: now.constraint(table, self.name) is not None,
            # ACCESS EXCLUSIVE on the referent: the triggers of each partition's own foreign key are dropped.
            locks=(TableLock(table, LockMode.SHARE_ROW_EXCLUSIVE), TableLock(referent)),
        )
        return (*on_leaves, last)

    @property
    def _table(self) -> Name:
        return named(self.source_table, self.source_schema)

    @property
    def _referent(self) -> Name:
        return named(self.referent_table, self.referent_schema)

    @property
    def _definition(self) -> str:
        local, remote = (", ".join(map(quote_identifier, columns)) for columns in (self.local_cols, self.remote_cols))
        parts = [f"FOREIGN KEY ({local}) REFERENCES {self._referent.sql} ({remote})"]
        if self.match:
            parts.append(f"MATCH {_word(self.match, frozenset({'FULL', 'PARTIAL', 'SIMPLE'}))}")
        if self.onupdate:
            parts.append(f"ON UPDATE {_word(self.onupdate, _ACTIONS)}")
        if self.ondelete:
            parts.append(f"ON DELETE {self._on_delete}")
        return " ".join(parts) + deferring(deferrable=self.deferrable, initially=self.initially)

    @property
    def _on_delete(self) -> str:
        """From 15 on SET NULL and SET DEFAULT may name columns."""
        words, bracket, columns = (self.ondelete or "").partition("(")
        action = _word(words, _ACTIONS)
        if not bracket:
            return action
        given = [column.strip().strip('"') for column in columns.rstrip(") ").split(",")]
        return f"{action} ({', '.join(map(quote_identifier, given))})"

    def _is_same(self, found: Constraint, state: State) -> bool:
        referent = state.relation(self._referent)
        same = found.kind == "foreign key" and found.columns == self.local_cols
        same = same and (referent is None or found.target == referent.name)
        # As pg_get_constraintdef writes it: what is the default is left out.
        said = found.definition.replace('"', "").upper()
        for word, given in (("ON UPDATE", self.onupdate), ("ON DELETE", self.ondelete)):
            action = (given or "NO ACTION").upper().partition("(")[0].strip()
            same = same and ((f"{word} {action}" in said) if action != "NO ACTION" else (word not in said))
        return same


def not_valid_then_validated(table: Name, name: str, definition: str, referent: Name) -> tuple[Step, ...]:
    """A foreign key of one table in two steps."""
    others = () if referent == table else (TableLock(referent, LockMode.SHARE_ROW_EXCLUSIVE),)
    add = Step(
        says=f"foreign key {name} from {table} to {referent}",
        sql=f"ALTER TABLE {table.sql} ADD CONSTRAINT {quote_identifier(name)} {definition} NOT VALID",
        done=lambda now: now.constraint(table, name) is not None,
        locks=(TableLock(table, LockMode.SHARE_ROW_EXCLUSIVE), *others),
    )
    return (add, validation(table, name, done=lambda now: is_valid(now, table, name)))


def _word(given: str, known: frozenset[str]) -> str:
    """One of PostgreSQL's words; anything else is a ValueError, since it would go into SQL as it is."""
    word = " ".join(given.upper().split())
    if word not in known:
        msg = f"{given!r} is none of {', '.join(sorted(known))}"
        raise ValueError(msg)
    return word
