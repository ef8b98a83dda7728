"""A script of autogenerate's becomes one or several, with safe operations in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic.operations.ops import DowngradeOps, MigrationScript, UpgradeOps
from alembic.util import rev_id

from midflight.bridge.autogenerate.enums import EnumChanges, with_existing_enums
from midflight.bridge.autogenerate.new_table import with_indexes_in_tables
from midflight.bridge.autogenerate.rewriting import safe_directives, with_notes
from midflight.bridge.autogenerate.stages import Stage, divided, stages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alembic.operations.ops import MigrateOperation


@dataclass(frozen=True, slots=True)
class _Part:
    """One revision to be."""

    stage: Stage
    up: list[MigrateOperation]
    down: list[MigrateOperation]


def rewritten(
    script: MigrationScript, changes_of_enums: Callable[[list[MigrateOperation]], EnumChanges]
) -> list[MigrationScript]:
    """Return the scripts that take the place of one; it is the first of them.

    A script for several databases stays one, since its revisions are shared by all of them.
    """
    databases = list(zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True))
    parts = [_parts(up.ops, down.ops, changes_of_enums) for up, down in databases]
    if len(parts) > 1:
        for (up, down), found in zip(databases, parts, strict=True):
            up.ops[:] = [directive for part in found for directive in part.up]
            down.ops[:] = [directive for part in reversed(found) for directive in part.down]
        return [script]
    [(up, down)], [found] = databases, parts
    message = script.message
    if not found:
        return [script]
    up.ops[:], down.ops[:] = found[0].up, found[0].down
    scripts = [script]
    for part in found[1:]:
        scripts.append(_following(scripts[-1], part))
    for one, part in zip(scripts, found, strict=True):
        one.message = _message(part.stage, message, alone=len(found) == 1)
    return scripts


def _parts(
    up: Iterable[MigrateOperation],
    down: Iterable[MigrateOperation],
    changes_of_enums: Callable[[list[MigrateOperation]], EnumChanges],
) -> list[_Part]:
    forward, back = safe_directives(up), safe_directives(down)
    enums = changes_of_enums(forward)
    forward = [*enums.before, *forward, *enums.after]
    back = [*enums.before_back, *back, *enums.after_back]
    for directive in (*forward, *back):
        with_existing_enums(directive)
    stages = stages_of(forward)
    forward_parts, back_parts = divided(forward, stages), divided(back, stages)
    return [
        _Part(stage, _finished(forward_parts[stage]), _finished(back_parts[stage]))
        for stage in Stage
        if forward_parts[stage] or back_parts[stage]
    ]


def _finished(directives: list[MigrateOperation]) -> list[MigrateOperation]:
    return with_notes(with_indexes_in_tables(directives))


def _following(before: MigrationScript, part: _Part) -> MigrationScript:
    up, down = before.upgrade_ops_list[0], before.downgrade_ops_list[0]
    return MigrationScript(
        rev_id=rev_id(),
        upgrade_ops=UpgradeOps(part.up, upgrade_token=up.upgrade_token),
        downgrade_ops=DowngradeOps(part.down, downgrade_token=down.downgrade_token),
        message=before.message,
        imports=set(before.imports),
        head=before.rev_id,
        version_path=before.version_path,
    )


def _message(stage: Stage, message: str | None, *, alone: bool) -> str | None:
    """Say in front which part it is: file names are cut at their ends."""
    if alone or not stage.value:
        return message
    return f"{stage.value} for {message}" if message else stage.value
