"""Where autogenerate is told to write safe operations: in our env, and in any other for the length of one command."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.runtime.environment import EnvironmentContext
from alembic.util import to_list

from midflight.bridge.autogenerate.enums import EnumChanges, enum_changes, enums_of_models, read_enums
from midflight.bridge.autogenerate.script import rewritten
from midflight.bridge.env.own_schema import without_own_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from alembic.operations.ops import MigrateOperation, MigrationScript
    from alembic.runtime.migration import MigrationContext

    Hook = Callable[[MigrationContext, Any, list[MigrationScript]], None]

OPTION = "process_revision_directives"
IMPORT = "from midflight import op"
_COMPARES_ENUMS = "alembic_postgresql_enum"
"""A package that compares enums itself, where it is in use."""


class WriteSafeOperations:
    """Alembic's hook: the project's own comes first and sees what is stock.

    https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure.params.process_revision_directives
    """

    def __init__(self, own: Hook | None) -> None:
        """Take the project's own hook, where it has one."""
        self._own = own

    def __call__(self, context: MigrationContext, revision: Any, directives: list[MigrationScript]) -> None:  # noqa: ANN401 - Alembic's
        """Put safe operations in place of unsafe ones, and further scripts where one is not enough."""
        if self._own is not None:
            self._own(context, revision, directives)
        if context.dialect.name == "postgresql":
            directives[:] = [new for script in directives for new in _rewritten(script, context)]


def with_safe_operations(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of ``configure`` with the hook, once."""
    own = options.get(OPTION)
    return {**options, OPTION: own if isinstance(own, WriteSafeOperations) else WriteSafeOperations(own)}


@contextlib.contextmanager
def safe_operations_written() -> Iterator[None]:
    """Add the hook to whatever env.py configures meanwhile, and keep our own tables out of it."""
    configure = EnvironmentContext.configure

    def with_hook(self: EnvironmentContext, connection: Any = None, **options: Any) -> None:  # noqa: ANN401 - Alembic's
        is_ours = isinstance(options.get(OPTION), WriteSafeOperations)
        configure(self, connection, **(options if is_ours else with_safe_operations(without_own_schema(options))))

    # In place: the functions of ``alembic.context`` look the method up there.
    EnvironmentContext.configure = with_hook  # type: ignore[method-assign,assignment] # the same by other names
    try:
        yield
    finally:
        EnvironmentContext.configure = configure  # type: ignore[method-assign] # as it was


def _rewritten(script: MigrationScript, context: MigrationContext) -> list[MigrationScript]:
    models = to_list(context.opts.get("target_metadata")) if _is_autogenerate(context) else []
    scripts = rewritten(script, models or [], lambda directives: _changes_of_enums(directives, context))
    if not _template_has_import(context):
        for one in scripts:
            if any(not up.is_empty() for up in one.upgrade_ops_list):
                one.imports = {*one.imports, f"{IMPORT}{_alias(context)}"}
    return scripts


def _changes_of_enums(directives: Sequence[MigrateOperation], context: MigrationContext) -> EnumChanges:
    metadata, connection = context.opts.get("target_metadata"), context.connection
    if not _is_autogenerate(context) or not metadata or connection is None or _COMPARES_ENUMS in sys.modules:
        return EnumChanges()
    return enum_changes(directives, enums_of_models(to_list(metadata)), read_enums(connection))


def _is_autogenerate(context: MigrationContext) -> bool:
    environment = context.environment_context
    revision = environment.context_opts.get("revision_context") if environment else None
    return revision is not None and bool(revision.command_args.get("autogenerate"))


def _template_has_import(context: MigrationContext) -> bool:
    environment = context.environment_context
    if environment is None:
        return False
    template = Path(environment.script.dir) / "script.py.mako"
    return template.is_file() and IMPORT in template.read_text(encoding="utf-8").splitlines()


def _alias(context: MigrationContext) -> str:
    """Return under which name the project's revisions have Alembic's ``op``."""
    name = str(context.opts.get("alembic_module_prefix") or "op.").rstrip(".")
    return "" if name == "op" else f" as {name}"
