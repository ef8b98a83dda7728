"""Copies of indexes, keys and constraints for columns that are to take the places of others.

They are built beside the traffic, and change places with the old ones in one transaction. The indexes can be built as
soon as the new columns are there. The constraints can not: a row whose new column is not filled yet could not be
updated any more, though NOT VALID lets it be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, altered
from midflight.operations.create_foreign_key import not_valid_then_validated
from midflight.operations.index_build import IndexBuild
from midflight.operations.operation import SMALL_TABLE_ROWS, OperationRefusedError
from midflight.operations.set_not_null import SetNotNull, is_not_null
from midflight.operations.step import Mode, Step, TableLock, Work, apart
from midflight.operations.twin import Columns, Twin, twins_of
from midflight.operations.validate_constraint import is_valid, validation
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import Index, State
    from midflight.sql.names import Name

_INDEXES = frozenset({"index", "primary key", "unique"})


def unbuildable(columns: Columns, state: State) -> tuple[str, ...]:
    """Tell, for people, what cannot be built beside the traffic.

    Raises:
        UnreadableDefinitionError: where a definition cannot be read.
    """
    reasons: list[str] = []
    for twin in twins_of(columns, state):
        if twin.deferring:
            reasons.append(
                f"the {twin.kind} {twin.old} of {twin.table} is deferrable: an index that is built beside the traffic "
                "is not, and would fail what only holds at the end of a transaction"
            )
        if twin.kind == "exclusion" and state.rows(twin.table) > SMALL_TABLE_ROWS:
            reasons.append(
                f"{twin.table} has about {state.rows(twin.table):,} rows, and the exclusion constraint {twin.old} "
                "builds its index under a lock that stops all reads and writes"
            )
    return tuple(reasons)


def build_steps(columns: Columns, state: State) -> tuple[Step, ...]:
    """Build all copies beside the traffic, NOT NULL among them; every row's new columns must be filled.

    Raises:
        OperationRefusedError: where something cannot be built beside the traffic.
        UnreadableDefinitionError: where a definition cannot be read.
    """
    reasons = unbuildable(columns, state)
    if reasons:
        raise OperationRefusedError(
            "; ".join(reasons), hint="drop the constraint before, and make it again where its stall can be borne"
        )
    built = (*not_null_steps(columns, state), *index_steps(columns, state), *constraint_steps(columns, state))
    return (*built, *map(_analyzed, columns))


def not_null_steps(columns: Columns, state: State) -> tuple[Step, ...]:
    """Forbid NULL in those columns whose old ones hold none."""
    return tuple(
        step
        for table, pairs in columns.items()
        for old, new in pairs.items()
        if is_not_null(state, table, old)
        for step in apart(SetNotNull(table.name, new, schema=table.schema).steps(state))
    )


def index_steps(columns: Columns, state: State) -> tuple[Step, ...]:
    """Build the copies of indexes and keys, as indexes that are no constraints yet.

    Raises:
        OperationRefusedError: where another index has the name of one.
        UnreadableDefinitionError: where a definition cannot be read.
    """
    return tuple(
        step
        for twin in twins_of(columns, state)
        if twin.kind in _INDEXES
        for step in _build(twin).on(twin.table, twin.built, state)
    )


def constraint_steps(columns: Columns, state: State) -> tuple[Step, ...]:
    """Make the copies of constraints and of statistics; those of keys must be there as indexes.

    Raises:
        UnreadableDefinitionError: where a definition cannot be read.
    """
    steps: list[Step] = []
    for twin in twins_of(columns, state):
        match twin.kind:
            case "check":
                steps += _check(twin, state)
            case "foreign key":
                steps += _foreign_key(twin)
            case "exclusion":
                steps.append(_exclusion(twin))
            case "statistics":
                steps.append(_statistics(twin))
    return tuple(steps)


def swap_locks(columns: Columns, state: State) -> tuple[TableLock, ...]:
    """Return the locks of the swap: on the tables, and on those at the other ends of their foreign keys."""
    keys = [twin for twin in twins_of(columns, state) if twin.target is not None]
    names = (*columns, *(twin.table for twin in keys), *(twin.target for twin in keys if twin.target))
    return tuple(TableLock(name) for name in sorted(set(names), key=lambda name: name.sql))


def _build(twin: Twin) -> IndexBuild:
    like = twin.like
    return IndexBuild(twin.unique, twin.definition, lambda found: like is not None and _may_be(found, like))


def _may_be(found: Index, like: Index) -> bool:
    """Expressions are not compared: for another type PostgreSQL writes other casts into them."""
    same = [
        (one.unique, one.method, one.partial, one.columns, one.include, one.nulls_not_distinct) for one in (found, like)
    ]
    return same[0] == same[1] and (like.constraint is not None or set(found.uses) == set(like.uses))


def _check(twin: Twin, state: State) -> tuple[Step, ...]:
    table, name = twin.table, twin.built
    clause = Clause(
        f"ADD CONSTRAINT {quote_identifier(name)} {twin.definition} NOT VALID",
        f"check {name}",
        lambda now: now.constraint(table, name) is not None,
    )
    read = validation(table, name, done=lambda now: is_valid(now, table, name))
    return (*apart(altered(table, (clause,), state)), *((read,) if twin.valid else ()))


def _foreign_key(twin: Twin) -> tuple[Step, ...]:
    add, read = apart(not_valid_then_validated(twin.table, twin.built, twin.definition, twin.target or twin.table))
    return (add, read) if twin.valid else (add,)


def _exclusion(twin: Twin) -> Step:
    """There is no way beside the traffic: on a small table alone."""
    table = twin.table
    return Step(
        says=f"exclusion constraint {twin.built} of {table}",
        sql=f"ALTER TABLE {table.sql} ADD CONSTRAINT {quote_identifier(twin.built)} {twin.definition}",
        done=lambda now: now.constraint(table, twin.built) is not None,
        mode=Mode.APART,
        locks=(TableLock(table),),
    )


def _analyzed(table: Name) -> Step:
    """Else the planner would know nothing of the new columns when the old ones go."""
    return Step(f"analyze {table}", f"ANALYZE {table.sql}", lambda _: False, Mode.APART, work=Work.LONG)


def _statistics(twin: Twin) -> Step:
    def is_there(now: State) -> bool:
        found = now.relation(twin.table)
        return found is not None and twin.built in found.statistics

    return Step(says=f"statistics {twin.built} of {twin.table}", sql=twin.definition, done=is_there, mode=Mode.APART)
