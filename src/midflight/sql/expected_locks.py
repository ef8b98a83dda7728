"""The table locks that a change takes, by PostgreSQL's manual: for statements that nobody watched.

The sources are "Explicit Locking" (https://www.postgresql.org/docs/current/explicit-locking.html) and the page of
ALTER TABLE (https://www.postgresql.org/docs/current/sql-altertable.html), which names each form that needs less than
ACCESS EXCLUSIVE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.pg.locks import LockMode
from midflight.sql.changes import (
    AddColumn,
    AddConstraint,
    AddIdentity,
    AlterColumnType,
    AlterTableOther,
    CreateIndex,
    CreateTable,
    CreateTrigger,
    DropColumn,
    DropConstraint,
    DropExpression,
    DropNotNull,
    DropTable,
    DropTrigger,
    LockTable,
    Reindex,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetExpression,
    SetNotNull,
    SetSchema,
    TableChange,
    Truncate,
    ValidateConstraint,
)
from midflight.sql.partitions import AttachPartition, DetachPartition
from midflight.sql.storage import Cluster, RefreshView, SetAccessMethod, SetLogged, SetTablespace, Vacuum

if TYPE_CHECKING:
    from midflight.sql.changes import Change, Constraint
    from midflight.sql.names import Name

_WEAKER_FORMS = {
    "AT_ClusterOn": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "AT_DisableTrig": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_DisableTrigAll": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_DisableTrigUser": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_DropCluster": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "AT_EnableAlwaysTrig": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_EnableReplicaTrig": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_EnableTrig": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_EnableTrigAll": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_EnableTrigUser": LockMode.SHARE_ROW_EXCLUSIVE,
    "AT_ResetOptions": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "AT_ResetRelOptions": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "AT_SetOptions": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "AT_SetRelOptions": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "AT_SetStatistics": LockMode.SHARE_UPDATE_EXCLUSIVE,
}


_MODES: dict[type[Change], LockMode] = {
    **dict.fromkeys(
        (
            AddColumn,
            AddConstraint,
            AddIdentity,
            AlterColumnType,
            Cluster,
            DropColumn,
            DropConstraint,
            DropExpression,
            DropNotNull,
            DropTable,
            DropTrigger,
            RenameColumn,
            RenameTable,
            SetAccessMethod,
            SetDefault,
            SetExpression,
            SetLogged,
            SetNotNull,
            SetSchema,
            SetTablespace,
            Truncate,
        ),
        LockMode.ACCESS_EXCLUSIVE,
    ),
    AttachPartition: LockMode.SHARE_UPDATE_EXCLUSIVE,
    CreateTrigger: LockMode.SHARE_ROW_EXCLUSIVE,
    ValidateConstraint: LockMode.SHARE_UPDATE_EXCLUSIVE,
}


def expected_locks(change: Change) -> tuple[tuple[Name, LockMode], ...]:
    """Return the tables that a change locks more strongly than a query does, with the mode."""
    mode = _mode(change)
    own = ((change.table, mode),) if isinstance(change, TableChange) and mode else ()
    return own + _of_relation(change) + _of_partitions(change) + _of_referenced(change)


def _mode(change: Change) -> LockMode | None:
    match change:
        case AddConstraint(constraint=constraint) if constraint.kind == "foreign key":
            return LockMode.SHARE_ROW_EXCLUSIVE
        case CreateIndex(concurrently=concurrently):
            return LockMode.SHARE_UPDATE_EXCLUSIVE if concurrently else LockMode.SHARE
        case DetachPartition(concurrently=concurrently):
            return LockMode.SHARE_UPDATE_EXCLUSIVE if concurrently else LockMode.ACCESS_EXCLUSIVE
        case LockTable(mode=mode):
            return mode
        case AlterTableOther(form=form):
            return _WEAKER_FORMS.get(form, LockMode.ACCESS_EXCLUSIVE)
        case _:
            return _MODES.get(type(change))


def _of_relation(change: Change) -> tuple[tuple[Name, LockMode], ...]:
    """Locks of what is no change of one table."""
    match change:
        case Reindex(target=target, of="table", concurrently=concurrently) if target:
            return ((target, LockMode.SHARE_UPDATE_EXCLUSIVE if concurrently else LockMode.SHARE),)
        case RefreshView(view=view, concurrently=concurrently):
            return ((view, LockMode.EXCLUSIVE if concurrently else LockMode.ACCESS_EXCLUSIVE),)
        case Vacuum(table=table, full=full) if table:
            return ((table, LockMode.ACCESS_EXCLUSIVE if full else LockMode.SHARE_UPDATE_EXCLUSIVE),)
        case _:
            return ()


def _of_partitions(change: Change) -> tuple[tuple[Name, LockMode], ...]:
    """A partition is locked with its parent, and the parent of a new one."""
    match change:
        case AttachPartition(partition=partition):
            return ((partition, LockMode.ACCESS_EXCLUSIVE),)
        case DetachPartition(partition=partition, concurrently=concurrently):
            return ((partition, LockMode.SHARE_UPDATE_EXCLUSIVE if concurrently else LockMode.ACCESS_EXCLUSIVE),)
        case CreateTable(partition_of=parent) if parent:
            return ((parent, LockMode.ACCESS_EXCLUSIVE),)
        case _:
            return ()


def _of_referenced(change: Change) -> tuple[tuple[Name, LockMode], ...]:
    """The other table of a foreign key is locked too."""
    references = (constraint.references for constraint in _constraints(change))
    return tuple((table, LockMode.SHARE_ROW_EXCLUSIVE) for table in references if table)


def _constraints(change: Change) -> tuple[Constraint, ...]:
    match change:
        case AddConstraint(constraint=constraint):
            return (constraint,)
        case AddColumn(column=column):
            return column.constraints
        case CreateTable(columns=columns, constraints=constraints):
            return constraints + tuple(constraint for column in columns for constraint in column.constraints)
        case _:
            return ()
