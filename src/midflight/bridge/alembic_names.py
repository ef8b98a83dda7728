"""Midflight's operations under their names on Alembic's own ``op``, where Alembic has none of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import MigrateOperation, Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAMES = (
    "add_enum_value",
    "alter_column_type",
    "alter_table",
    "attach_partition",
    "backfill",
    "change_type",
    "comment_column",
    "comment_table",
    "create_enum",
    "create_extension",
    "create_sequence",
    "detach_partition",
    "drop_backfill",
    "drop_default",
    "drop_enum",
    "drop_extension",
    "drop_not_null",
    "drop_sequence",
    "execute_file",
    "merge_columns",
    "move_column",
    "reindex",
    "rename_column",
    "rename_constraint",
    "rename_enum_value",
    "rename_index",
    "run_async",
    "set_default",
    "set_not_null",
    "split_column",
    "validate_constraint",
)
"""Alembic's ``op`` keeps its own meaning of every other name: old revisions do what they did."""


def give_to_alembic(functions: Mapping[str, Any]) -> None:
    """Register those functions of ours that ``NAMES`` names.

    Args:
        functions: by name; those of ``midflight.op``.
    """
    for name in NAMES:
        if not hasattr(Operations, name):
            Operations.register_operation(name)(_carrier(name, functions[name]))


def _carrier(name: str, function: Callable[..., Any]) -> type[MigrateOperation]:
    """A class such as ``register_operation`` takes: with the operation as a class method of the same name."""

    def run(cls: type, operations: Operations, *args: Any, **kw: Any) -> Any:  # noqa: ANN401, ARG001 - as Alembic has it
        return function(*args, **kw)

    run.__name__, run.__doc__ = name, function.__doc__
    run.__annotations__ = {}  # Alembic writes them into code of its own, where our names are not known
    return type(f"Midflight_{name}", (MigrateOperation,), {name: classmethod(run)})
