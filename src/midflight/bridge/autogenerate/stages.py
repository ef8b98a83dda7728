"""Which revision a directive belongs in: transactional changes, then what runs outside of transactions, then losses.

PostgreSQL refuses a new enum value in the transaction that adds it; an index is built, and a constraint validated,
beside the traffic and not in the transaction of what came before; and what is dropped can be dropped only when no
running code needs it any more. https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from alembic.operations import ops

from midflight.bridge.autogenerate.call import Call
from midflight.bridge.autogenerate.subjects import Subject, subject_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alembic.operations.ops import MigrateOperation


class Stage(enum.Enum):
    """A revision of its own, in this order; the value is how its message begins."""

    VALUES = "enum values"
    TOGETHER = ""
    APART = "indexes and constraints"
    LOSSES = "drops"


_ORDER = tuple(Stage)
_BUILDS = (
    ops.CreateIndexOp,
    ops.DropIndexOp,
    ops.CreateForeignKeyOp,
    ops.CreateUniqueConstraintOp,
    ops.CreateCheckConstraintOp,
    ops.CreatePrimaryKeyOp,
)


def stages_of(directives: Sequence[MigrateOperation]) -> dict[Subject, Stage]:
    """Return the stage of each subject of an upgrade.

    What belongs to a table that is created or dropped by the same upgrade stays with that table, on which there is no
    traffic; all directives about one thing stay together, such as the drop and the new making of a constraint.
    """
    tables = {
        subject: _stage(directive)
        for directive in directives
        if (subject := subject_of(directive)) and isinstance(directive, ops.CreateTableOp | ops.DropTableOp)
    }
    stages: dict[Subject, Stage] = {}
    for directive in directives:
        if subject := subject_of(directive):
            stage = tables.get(subject.of_table) or _stage(directive)
            stages[subject] = max(stage, stages.get(subject, stage), key=_ORDER.index)
    return stages


def divided(
    directives: Sequence[MigrateOperation], stages: Mapping[Subject, Stage]
) -> dict[Stage, list[MigrateOperation]]:
    """Divide the directives of either direction by the stages of their subjects, keeping their order in each."""
    parts: dict[Stage, list[MigrateOperation]] = {stage: [] for stage in Stage}
    for directive in directives:
        subject = subject_of(directive)
        stage = (stages.get(subject) or stages.get(subject.of_table)) if subject else None
        parts[stage or Stage.TOGETHER].append(directive)
    return parts


def _stage(directive: MigrateOperation) -> Stage:
    match directive:
        case ops.DropTableOp() | ops.DropColumnOp():
            return Stage.LOSSES
        case Call(function="add_enum_value"):
            return Stage.VALUES
        case Call(function="set_not_null"):
            return Stage.APART
        case Call(function="drop_enum"):
            return Stage.LOSSES
        case _:
            return Stage.APART if isinstance(directive, _BUILDS) else Stage.TOGETHER
