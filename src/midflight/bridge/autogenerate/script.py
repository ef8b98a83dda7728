"""A script of autogenerate's becomes one or several, with safe operations in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic.operations.ops import DowngradeOps, MigrationScript, UpgradeOps
from alembic.util import rev_id

from midflight.bridge.autogenerate.enums import EnumChanges, with_existing_enums
from midflight.bridge.autogenerate.new_table import with_indexes_in_tables
from midflight.bridge.autogenerate.phased import phased_changes
from midflight.bridge.autogenerate.phases import PhaseLine, phase_line, phases_of, titled
from midflight.bridge.autogenerate.rewriting import flattened, safe_directives, with_notes
from midflight.bridge.autogenerate.stages import Stage, divided, stages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import MetaData

    from midflight.bridge.autogenerate.phased import PhasedChange
    from midflight.operations.phase import Phase


@dataclass(frozen=True, slots=True)
class _Part:
    """One revision to be."""

    up: list[MigrateOperation]
    down: list[MigrateOperation]
    stage: Stage = Stage.TOGETHER
    phase: Phase | None = None
    title: str = ""
    """Of a phase: what its message says."""


def rewritten(
    script: MigrationScript,
    models: Sequence[MetaData],
    changes_of_enums: Callable[[list[MigrateOperation]], EnumChanges],
) -> list[MigrationScript]:
    """Return the scripts that take the place of one; it is the first of them.

    A script for several databases stays one, since its revisions are shared by all of them.
    """
    databases = list(zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True))
    if len(databases) > 1:
        for up, down in databases:
            found = _stages(up.ops, down.ops, changes_of_enums)
            up.ops[:] = [directive for part in found for directive in part.up]
            down.ops[:] = [directive for part in reversed(found) for directive in part.down]
        return [script]
    [(up, down)] = databases
    return _written(script, _parts(up.ops, down.ops, models, changes_of_enums, script.message))


def _written(script: MigrationScript, parts: list[_Part]) -> list[MigrationScript]:
    if not parts:
        return [script]
    message, scripts = script.message, [script]
    script.upgrade_ops_list[0].ops[:], script.downgrade_ops_list[0].ops[:] = parts[0].up, parts[0].down
    for part in parts[1:]:
        scripts.append(_following(scripts[-1], part))
    for one, part in zip(scripts, parts, strict=True):
        if part.phase is None:
            one.message = _message(part.stage, message, alone=len(parts) == 1)
        else:
            one.message = part.title
            one.imports = {*one.imports, phase_line(part.phase)}  # Alembic's own set may be that of all scripts
    return scripts


def _parts(
    up: Iterable[MigrateOperation],
    down: Iterable[MigrateOperation],
    models: Sequence[MetaData],
    changes_of_enums: Callable[[list[MigrateOperation]], EnumChanges],
    message: str | None,
) -> list[_Part]:
    """Put what needs phases behind all else: the service lives with it for a while."""
    forward = list(flattened(up))
    changes = phased_changes(forward, models)

    def left(directives: Iterable[MigrateOperation]) -> list[MigrateOperation]:
        return [one for one in flattened(directives) if not any(change.covers(one) for change in changes)]

    calls = [change.call for change in changes]
    parts = _stages(left(forward), left(down), lambda found: changes_of_enums([*found, *calls]))
    for number, change in enumerate(changes, 1):
        title = message if message and len(changes) == 1 else change.title
        parts += _phases(change, title, number if len(changes) > 1 else None)
    return parts


def _phases(change: PhasedChange, title: str, number: int | None) -> Iterator[_Part]:
    for phase, forward, back in phases_of(change.call):
        yield _Part(with_notes([forward]), with_notes([back]), phase=phase, title=titled(phase, title, number))


def _stages(
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
        _Part(_finished(forward_parts[stage]), _finished(back_parts[stage]), stage)
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
        imports={one for one in before.imports if not isinstance(one, PhaseLine)},
        head=before.rev_id,
        version_path=before.version_path,
    )


def _message(stage: Stage, message: str | None, *, alone: bool) -> str | None:
    """Say in front which part it is: file names are cut at their ends."""
    if alone or not stage.value:
        return message
    return f"{stage.value} for {message}" if message else stage.value
