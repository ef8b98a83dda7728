"""``--sql``: a script with the transactions and the time limits in it, fit for review and for psql."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.runtime.environment import EnvironmentContext

from midflight import __version__
from midflight.bridge.environment import own_logging_kept
from midflight.bridge.explaining import explaining
from midflight.bridge.offline import LOCK_TIMEOUT_MS
from midflight.bridge.phases import history_of
from midflight.errors import ProjectError, RangeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.runtime.migration import MigrationContext, RevisionStep

    from midflight.bridge.project import Project
    from midflight.bridge.request import Direction, UpTo

HEADER = f"""\
-- Midflight {__version__}: {{direction}} to {{target}}
-- To run it: psql --set ON_ERROR_STOP=1 --file <this file> <the database>
-- A lock that is not to be had within {LOCK_TIMEOUT_MS} ms ends it; the version table then tells where it stopped.
"""


def print_script(project: Project, direction: Direction, target: str, phase: UpTo | None = None) -> None:
    """Print the script of an upgrade or a downgrade, as Alembic's ``--sql`` does, with limits to its waits.

    A script cannot look at gates; the guards of the operations themselves are in it.

    Raises:
        RangeError: where the target does not say from where to go down.
        ProjectError: where the project does not load, or a revision needs a database.
    """
    start, separator, end = target.rpartition(":")
    if direction == "downgrade" and not separator:
        raise RangeError(
            "a script of a downgrade has to know where it begins", hint="midflight downgrade --sql FROM:TO"
        )
    find: Any = project.script._upgrade_revs if direction == "upgrade" else project.script._downgrade_revs  # noqa: SLF001 - as Alembic's own commands do

    def steps(heads: Any, context: MigrationContext) -> Iterator[RevisionStep]:  # noqa: ANN401 - as Alembic has it
        context.impl.static_output(HEADER.format(direction=direction, target=end).rstrip())
        way = list(find(end, heads))
        left = history_of(project.history()).left_by_expand(map(_id, way)) if phase == "expand" else frozenset[str]()
        yield from (step for step in way if _id(step) not in left)

    environment = EnvironmentContext(
        project.config, project.script, fn=steps, as_sql=True, starting_rev=start or None, destination_rev=end
    )
    original = environment.configure

    def configure(**options: Any) -> None:  # noqa: ANN401 - as Alembic has it
        original(**{**options, "transaction_per_migration": True})
        _limit(environment.get_context())

    # In place, on the instance: the functions of ``alembic.context`` look the method up there.
    setattr(environment, "configure", configure)  # noqa: B010 - an assignment would not have the method's type
    with explaining(project.env_py), own_logging_kept(), environment:
        project.script.run_env()
    if not hasattr(environment, "_migration_context") or environment._migration_context is None:  # noqa: SLF001 - get_context() raises a bare Exception
        raise ProjectError(f"{project.env_py}: it never calls context.configure() in offline mode")


def _id(step: RevisionStep) -> str:
    return step.revision.revision


def _limit(context: MigrationContext) -> None:
    """Let each transaction of the script begin with a limit to its waits."""
    begin = context.impl.emit_begin

    def emit_begin() -> None:
        begin()
        context.impl.static_output(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS};")

    setattr(context.impl, "emit_begin", emit_begin)  # noqa: B010 - likewise
