"""A new table with its indexes, as one call: nobody uses it yet, so they are built at once, in one transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import render
from alembic.operations import ops
from alembic.operations.ops import MigrateOperation

from midflight.bridge.autogenerate.subjects import subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.autogenerate.api import AutogenContext

_KEYWORD = re.compile(r"\w+=")


@dataclass(eq=False)
class NewTable(MigrateOperation):
    """``op.create_table`` with ``sa.Index`` among its arguments."""

    table: ops.CreateTableOp
    indexes: tuple[ops.CreateIndexOp, ...]

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return what ``alembic check`` prints of it."""
        return self.table.to_diff_tuple()


def with_indexes_in_tables(directives: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """Put the indexes of new tables into the calls that make them."""
    listed = list(directives)
    tables = {subject_of(one) for one in listed if isinstance(one, ops.CreateTableOp)}
    indexes: dict[object, list[ops.CreateIndexOp]] = {table: [] for table in tables}
    kept: list[MigrateOperation] = []
    for one in listed:
        subject = subject_of(one)
        if isinstance(one, ops.CreateIndexOp) and subject and subject.of_table in tables:
            indexes[subject.of_table].append(one)
        else:
            kept.append(one)
    return [_with_indexes(one, indexes) for one in kept]


def _with_indexes(one: MigrateOperation, indexes: dict[object, list[ops.CreateIndexOp]]) -> MigrateOperation:
    own = indexes[subject_of(one)] if isinstance(one, ops.CreateTableOp) else []
    return NewTable(one, tuple(own)) if isinstance(one, ops.CreateTableOp) and own else one


@render.renderers.dispatch_for(NewTable)
def _render(context: AutogenContext, new: NewTable) -> str:
    *lines, end = "\n".join(render.render_op(context, new.table)).split("\n")
    keywords = next((count for count, line in enumerate(reversed(lines)) if not _KEYWORD.match(line)), 0)
    place = len(lines) - keywords
    lines[place - 1] = lines[place - 1].removesuffix(",") + ","
    lines[place:place] = [f"{_index(context, index)}," for index in new.indexes]
    return "\n".join([*lines, end])


def _shown(context: AutogenContext, value: object) -> str:
    return render._render_potential_expr(value, context)  # noqa: SLF001 - Alembic has no public function for it


def _index(context: AutogenContext, directive: ops.CreateIndexOp) -> str:
    """Write an index as Alembic writes the arguments of ``op.create_index``; it has no public function for them."""
    index = directive.to_index()
    arguments = [
        repr(render._render_gen_name(context, index.name)),  # noqa: SLF001 - see above
        *render._get_index_rendered_expressions(index, context),  # noqa: SLF001 - likewise
        f"unique={bool(index.unique)!r}",
        *(f"{name}={_shown(context, value)}" for name, value in index.dialect_kwargs.items()),
    ]
    return f"{render._sqlalchemy_autogenerate_prefix(context)}Index({', '.join(arguments)})"  # noqa: SLF001 - likewise
