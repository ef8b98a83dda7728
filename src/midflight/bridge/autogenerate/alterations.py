"""One stock ``alter_column`` becomes one safe operation for each thing that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Computed, Identity

from midflight.bridge.autogenerate.call import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import AlterColumnOp, MigrateOperation


def safe_alterations(directive: AlterColumnOp) -> list[MigrateOperation]:
    """Return the operations, in an order in which each finds what it needs; a stock one where there is no other.

    What relaxes a column comes first and what binds it last, so that a default is there before NULL is refused.
    """
    if not is_plain(directive):
        return [directive]
    return [*_relaxing(directive), *_binding(directive), *_comment(directive)]


def is_plain(directive: AlterColumnOp) -> bool:
    """Tell whether nothing is changed but type, default, NOT NULL and comment: no name, no identity, no generation."""
    defaults = (directive.modify_server_default, directive.existing_server_default)
    is_special = directive.modify_server_default is not False and any(
        isinstance(default, Computed | Identity) for default in defaults
    )
    return directive.modify_name is None and not is_special


def _relaxing(directive: AlterColumnOp) -> Iterator[MigrateOperation]:
    default = directive.modify_server_default
    if directive.modify_nullable is True:
        yield _call("drop_not_null", directive)
    if default is None or (default is not False and directive.modify_type is not None):
        yield _call("drop_default", directive)


def _binding(directive: AlterColumnOp) -> Iterator[MigrateOperation]:
    default: Any = directive.modify_server_default
    if directive.modify_type is not None:
        using = directive.kw.get("postgresql_using")
        yield _call("alter_column_type", directive, directive.modify_type, using=using)
    if default is not None and default is not False:
        yield _call("set_default", directive, default)
    if directive.modify_nullable is False:
        yield _call("set_not_null", directive)


def _comment(directive: AlterColumnOp) -> Iterator[MigrateOperation]:
    if directive.modify_comment is not False:
        yield _call("comment_column", directive, directive.modify_comment)


def _call(function: str, directive: AlterColumnOp, *further: object, **keywords: object) -> Call:
    arguments = (directive.table_name, directive.column_name, *further)
    return Call(function, arguments, {"schema": directive.schema, **keywords})
