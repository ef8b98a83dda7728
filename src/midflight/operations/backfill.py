"""A backfill: its rows are changed by workers in the background; those of a small table at once."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight import __version__
from midflight.operations.ledger import LAST_TABLE, ledger_steps
from midflight.operations.operation import Asked, Operation, OperationRefusedError, named
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from midflight.operations.state import Relation, State
    from midflight.sql.names import Name

SMALL_ROWS = 10_000
"""Up to how many rows a table is changed at once: some tenths of a second on a slow machine."""
BYTES_A_ROW = 2000
"""A table that is larger than its rows would make it is not small, whatever its statistics say."""
LONGEST_NAME = 63

_REGISTER = """\
INSERT INTO midflight.backfill
    (name, table_schema, table_name, assignments, condition, function, disagreement, revision, operator,
    midflight_version)
VALUES (
    {name},
    (
        SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE pg_class.oid = CAST({table} AS regclass)
    ),
    (SELECT relname FROM pg_class WHERE oid = CAST({table} AS regclass)),
    {assignments}, {condition}, {function}, {disagreement}, {revision}, session_user, {version}
)
ON CONFLICT (name) DO UPDATE SET
    table_schema = excluded.table_schema, table_name = excluded.table_name, assignments = excluded.assignments,
    condition = excluded.condition, function = excluded.function, disagreement = excluded.disagreement,
    revision = excluded.revision, state = 'pending', error = NULL, passes = 0, rows_vacuumed = 0, started_at = NULL,
    finished_at = NULL
WHERE (backfill.state = 'pending' AND backfill.started_at IS NULL)
    OR (backfill.state = 'finished' AND {is_told})"""
"""One that nobody has begun yet is given its new text. One that is finished begins again, where its rows tell whether
they are done: the revision may have been taken back meanwhile, and the column with it."""

_CLEAR = """\
DELETE FROM midflight.backfill_range
WHERE backfill = (SELECT id FROM midflight.backfill WHERE name = {name} AND state = 'pending' AND started_at IS NULL)"""

_CHANGE = """\
WITH midflight_job AS MATERIALIZED (
    SELECT id, table_schema, table_name FROM midflight.backfill
    WHERE name = {name} AND state = 'pending' AND started_at IS NULL
), midflight_changed AS (
    UPDATE {table} SET {assignments}
    WHERE EXISTS (SELECT FROM midflight_job) AND {condition}
    RETURNING {wrong} IS TRUE AS is_wrong
), midflight_range AS (
    INSERT INTO midflight.backfill_range
        (backfill, place, table_schema, table_name, state, rows_read, rows_changed, wrong_after_change)
    SELECT id, 0, table_schema, table_name, 'verified', changed.rows, changed.rows, changed.is_wrong
    FROM midflight_job, (
        SELECT count(*) AS rows, coalesce(bool_or(is_wrong), false) AS is_wrong FROM midflight_changed
    ) AS changed
)
UPDATE midflight.backfill SET state = 'verifying', started_at = clock_timestamp()
WHERE id = (SELECT id FROM midflight_job)"""
"""Once only, whatever breaks off: the rows and the ledger change together. Where a row is wrong after it, it fails."""

_VERIFY = """\
UPDATE midflight.backfill SET
    state = CASE WHEN left_over.is_wrong THEN 'pending' ELSE 'finished' END,
    finished_at = CASE WHEN left_over.is_wrong THEN NULL ELSE clock_timestamp() END,
    passes = 1
FROM (SELECT EXISTS (SELECT FROM {table} WHERE {wrong})) AS left_over (is_wrong)
WHERE name = {name} AND state = 'verifying' AND passes = 0
    AND NOT EXISTS (SELECT FROM midflight.backfill_range WHERE backfill = backfill.id AND state <> 'verified')"""
"""A row that somebody has written meanwhile is left to the workers."""


@dataclass(frozen=True, slots=True)
class RegisterBackfill(Operation):
    """Rows are to be changed: it is written down for the workers, and done at once where the table is small."""

    name: str
    table: str
    _: KW_ONLY
    assignments: tuple[tuple[str, str], ...] = ()
    """Each a column and an expression over the columns of its row."""
    condition: str | None = None
    """Which rows; it is false for a row that was changed."""
    function: str | None = None
    """The reference of the Python function that changes them instead."""
    disagreement: str | None = None
    """True for a row that is wrong at the end, where ``condition`` does not tell."""
    schema: str | None = None
    small: int = SMALL_ROWS
    """Up to how many rows the table is changed at once."""
    revision: str | None = None

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    @property
    def asks(self) -> Asked:
        """Its table, and whether there is a ledger."""
        return Asked(relations=(self.table_name, LAST_TABLE))

    @property
    def wrong(self) -> str | None:
        """What holds for a row that is not as it shall be."""
        return self.disagreement or self.condition

    def steps(self, state: State) -> tuple[Step, ...]:
        """The ledger, the registration, and for a small table the change of its rows.

        Raises:
            OperationRefusedError: where its rows could not be told apart from those that are done.
        """
        self._must_be_sound()
        if state.known:
            self._must_be_possible(state.relation(self.table_name))
        at_once = self._at_once() if self.function is None and self.is_small(state) else ()
        return (*ledger_steps(), *self._registration(), *at_once)

    def reverse(self) -> Operation:
        """Forget it; what was changed stays changed."""
        return DropBackfill(self.name)

    def is_small(self, state: State) -> bool:
        """Tell whether all rows may be changed at once; of a script nobody knows."""
        size = sum(leaf.bytes for leaf in state.leaves(self.table_name))
        return state.known and state.rows(self.table_name) <= self.small and size <= self.small * BYTES_A_ROW

    def _registration(self) -> tuple[Step, ...]:
        sql = _REGISTER.format(
            name=quote_literal(self.name),
            table=quote_literal(self.table_name.sql),
            assignments=quote_literal(json.dumps(self.assignments)),
            condition=_literal(self.condition),
            function=_literal(self.function),
            disagreement=_literal(self.disagreement),
            revision=_literal(self.revision),
            version=quote_literal(__version__),
            is_told="false" if self.condition is None else "true",
        )
        clear = _CLEAR.format(name=quote_literal(self.name))
        return (
            Step(says=f"register the backfill {self.name}", sql=sql, done=lambda _: False, work=Work.ROWS),
            Step(says=f"forget its earlier ranges: {self.name}", sql=clear, done=lambda _: False, work=Work.ROWS),
        )

    def _at_once(self) -> tuple[Step, ...]:
        table, name = self.table_name, quote_literal(self.name)
        wrong = in_brackets(self.wrong, "false")
        change = _CHANGE.format(
            name=name,
            table=table.sql,
            assignments=assigned(self.assignments),
            condition=in_brackets(self.condition, "true"),
            wrong=wrong,
        )
        verify = _VERIFY.format(name=name, table=table.sql, wrong=wrong)
        lock = TableLock(table, LockMode.ROW_EXCLUSIVE)
        return (
            Step(f"change the rows of {table}", change, lambda _: False, Mode.APART, (lock,), Work.ROWS),
            Step(f"verify the rows of {table}", verify, lambda _: False, Mode.APART, (), Work.ROWS),
        )

    def _must_be_sound(self) -> None:
        if not 0 < len(self.name.encode()) <= LONGEST_NAME:
            raise OperationRefusedError(f"the name of a backfill has 1 to {LONGEST_NAME} bytes")
        if bool(self.assignments) == (self.function is not None):
            raise OperationRefusedError(
                f"the backfill {self.name}: what is to be done with a row is told by one of set, update and function"
            )

    def _must_be_possible(self, relation: Relation | None) -> None:
        if relation is None or relation.kind not in {"table", "partitioned table"}:
            raise OperationRefusedError(f"the backfill {self.name}: {self.table} is no table")
        if self.condition is None and not _has_key(relation):
            raise OperationRefusedError(
                f"the backfill {self.name}: {self.table} has no key that could tell which rows are done",
                hint='give it a condition (where="total_cents IS NULL") that is false for a row that was changed',
            )


@dataclass(frozen=True, slots=True)
class DropBackfill(Operation):
    """A backfill is forgotten, with its ranges and failures; what it has changed stays."""

    name: str

    @property
    def asks(self) -> Asked:
        """Whether there is a ledger."""
        return Asked(relations=(LAST_TABLE,))

    def steps(self, state: State) -> tuple[Step, ...]:
        """DELETE; a worker that is at it notices."""
        if state.known and state.relation(LAST_TABLE) is None:
            return ()
        sql = f"DELETE FROM midflight.backfill WHERE name = {quote_literal(self.name)}"  # noqa: S608 - a quoted literal
        return (Step(says=f"forget the backfill {self.name}", sql=sql, done=lambda _: False, work=Work.ROWS),)


def is_done_at_once(sql: str) -> bool:
    """Tell whether a statement changes, or verifies, the rows of a small table at once: a large one has workers."""
    return sql.startswith((_CHANGE.partition("{")[0], _VERIFY.partition("{")[0]))


def assigned(assignments: tuple[tuple[str, str], ...]) -> str:
    """Write what stands behind SET."""
    return ", ".join(f"{quote_identifier(column)} = {in_brackets(value, '')}" for column, value in assignments)


def in_brackets(expression: str | None, otherwise: str) -> str:
    """Write an expression of the user's so that nothing in it reaches beyond it, a comment at its end neither."""
    return otherwise if expression is None else f"({expression}\n)"


def _has_key(relation: Relation) -> bool:
    return any(
        index.unique and index.columns and not index.partial and _is_never_null(relation, index.columns)
        for index in relation.indexes.values()
    )


def _is_never_null(relation: Relation, columns: tuple[str, ...]) -> bool:
    return all(column in relation.columns and relation.columns[column].not_null for column in columns)


def _literal(text: str | None) -> str:
    return "NULL" if text is None else quote_literal(text)
