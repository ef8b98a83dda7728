"""DETACH PARTITION CONCURRENTLY."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.bound_check import bound_check_dropped, bound_checked, bound_condition
from midflight.operations.operation import Asked, IrreversibleError, Operation, named
from midflight.operations.step import Mode, Step, TableLock, Work

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class DetachPartition(Operation):
    """A partition becomes a table of its own."""

    table: str
    partition: str
    _: KW_ONLY
    schema: str | None = None
    partition_schema: str | None = None
    bound: str | None = None
    """What it had, as SQL, for the way back."""
    concurrently: bool = True
    """Beside the traffic; else at once, under strong locks that are polled for."""

    @property
    def asks(self) -> Asked:
        """Both tables."""
        return Asked(relations=(self._table, self._partition))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Detach it concurrently; one that was begun is finished. With a default partition that form does not exist.

        PostgreSQL leaves a CHECK that equals the bound, but where one is there already: ours, which is dropped again.

        https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION
        """
        table, partition = self._table, self._partition
        is_pending = _is_pending(state, partition)
        default = state.default_partition(table)
        if not is_pending and (default is not None or not self.concurrently):
            return (self._at_once(default.name if default else None),)
        begin = Step(
            says=f"detach {partition} from {table}",
            sql=f"ALTER TABLE {table.sql} DETACH PARTITION {partition.sql} CONCURRENTLY",
            done=lambda now: _is_detached(now, partition) or _is_pending(now, partition),
            mode=Mode.OUTSIDE,
            work=Work.LONG,
        )
        if not state.known:
            return (begin,)
        finish = Step(
            says=f"finish detaching {partition} from {table}",
            sql=f"ALTER TABLE {table.sql} DETACH PARTITION {partition.sql} FINALIZE",
            done=lambda now: _is_detached(now, partition),
            mode=Mode.OUTSIDE,
            work=Work.LONG,
        )
        return (*self._checked(state), begin, finish, *bound_check_dropped(partition, state))

    def reverse(self) -> Operation:
        """Attach it again, where its bound is told."""
        from midflight.operations.attach_partition import AttachPartition  # noqa: PLC0415 - each leads to the other

        if self.bound is None:
            raise IrreversibleError(
                f"detach_partition({self.table!r}, {self.partition!r}) does not tell its bound",
                hint="give it as bound=",
            )
        return AttachPartition(
            self.table, self.partition, self.bound, schema=self.schema, partition_schema=self.partition_schema
        )

    def _checked(self, state: State) -> tuple[Step, ...]:
        parent, child = state.relation(self._table), state.relation(self._partition)
        if parent is None or child is None or child.bound is None or child.detach_pending:
            return ()
        condition = bound_condition(parent, child.bound)
        if condition is None:
            return ()

        def is_begun(now: State) -> bool:
            return _is_detached(now, self._partition) or _is_pending(now, self._partition)

        return bound_checked(self._partition, condition, is_begun, state)

    def _at_once(self, default: Name | None) -> Step:
        """Quick, under ACCESS EXCLUSIVE on the table, the partition and the default one."""
        table, partition = self._table, self._partition
        others = (partition, default) if default is not None else (partition,)
        return Step(
            says=f"detach {partition} from {table}",
            sql=f"ALTER TABLE {table.sql} DETACH PARTITION {partition.sql}",
            done=lambda now: _is_detached(now, partition),
            locks=(TableLock(table, only=True), *map(TableLock, others)),
        )

    @property
    def _table(self) -> Name:
        return named(self.table, self.schema)

    @property
    def _partition(self) -> Name:
        return named(self.partition, self.partition_schema or self.schema)


def _is_detached(now: State, partition: Name) -> bool:
    found = now.relation(partition)
    return found is None or found.partition_of is None


def _is_pending(now: State, partition: Name) -> bool:
    found = now.relation(partition)
    return found is not None and found.detach_pending
