"""A CHECK of our own that proves a partition's bound, while the partition is attached or detached."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, altered
from midflight.operations.partition_check import partition_check
from midflight.operations.validate_constraint import validation
from midflight.pg.identifiers import quote_identifier
from midflight.sql.partition_bounds import read_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.operations.state import Relation, State
    from midflight.operations.step import Step
    from midflight.sql.names import Name


def bound_condition(parent: Relation, bound: str) -> str | None:
    """Return what a bound amounts to, as SQL; None where it cannot be written as a CHECK."""
    read = read_bound(bound)
    return partition_check(parent.partition_key, parent.oid, read) if parent.partition_key and read else None


def bound_checked(partition: Name, condition: str, needless: Callable[[State], bool], state: State) -> tuple[Step, ...]:
    """Add the CHECK and read the partition for it, beside the traffic.

    Args:
        partition: the table.
        condition: of its bound.
        needless: tells when it has served.
        state: what there is.
    """
    name = _name(partition)

    def is_there(now: State) -> bool:
        return needless(now) or now.constraint(partition, name) is not None

    def is_proven(now: State) -> bool:
        found, of = now.constraint(partition, name), now.relation(partition)
        if needless(now) or found is None or of is None:
            return needless(now)
        # The same one may be there from before, as DETACH CONCURRENTLY leaves it: then nothing needs to be read.
        words = found.definition.removesuffix(" NOT VALID")
        return any(one.valid and one.definition == words for one in of.constraints.values())

    add = Clause(f"ADD CONSTRAINT {quote_identifier(name)} CHECK ({condition}) NOT VALID", "check its bound", is_there)
    return (*altered(partition, (add,), state), validation(partition, name, done=is_proven))


def bound_check_dropped(partition: Name, state: State) -> tuple[Step, ...]:
    """Drop the CHECK, where it is there or will be."""
    name = _name(partition)
    drop = Clause(
        f"DROP CONSTRAINT {quote_identifier(name)}",
        "drop the check of its bound",
        lambda now: now.constraint(partition, name) is None,
    )
    return altered(partition, (drop,), state)


def _name(partition: Name) -> str:
    """A name of our own, short enough, that is the same at each try."""
    return f"midflight_bound_{hashlib.sha256(partition.sql.encode()).hexdigest()[:16]}"
