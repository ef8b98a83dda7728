"""A call of one function of ``midflight.op``, as a directive that autogenerate renders."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import render
from alembic.operations.ops import MigrateOperation
from sqlalchemy.schema import FetchedValue
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_WIDTH = 100
"""Columns of a comment."""
_LONGEST_CALL = 110
"""Columns of a call; a longer one gets a line for each argument."""


@dataclass(eq=False)
class Call(MigrateOperation):
    """``op.<function>(*arguments, **keywords)``; keywords that are None are left out."""

    function: str
    arguments: tuple[Any, ...]
    """Texts, lists of them, types and server defaults; mappings and pairs of those."""
    keywords: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What is to be said above it."""

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return what ``alembic check`` prints of it."""
        return (self.function, *self.arguments)


@dataclass(eq=False)
class Comment(MigrateOperation):
    """A line of comment above what follows, or in place of it."""

    text: str
    instead: Call | None = None
    """The operation that has no way back, where this stands in the way back."""

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return what ``alembic check`` prints of it."""
        return ("comment", self.text)


class Nothing(MigrateOperation):
    """``pass``, since a function's body must not be comments alone."""

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return what ``alembic check`` prints of it."""
        return ("nothing",)


@render.renderers.dispatch_for(Call)
def _render_call(context: AutogenContext, call: Call) -> str:
    shown = [_value(value, context) for value in call.arguments]
    shown += [f"{name}={_value(value, context)}" for name, value in call.keywords.items() if value is not None]
    # Alembic has no public function for its prefix and its way of writing types
    name = f"{render._alembic_autogenerate_prefix(context)}{call.function}"  # noqa: SLF001
    line = f"{name}({', '.join(shown)})"
    if len(line) <= _LONGEST_CALL:
        return line
    return "\n".join([f"{name}(", *(f"    {one}," for one in shown), ")"])


@render.renderers.dispatch_for(Comment)
def _render_comment(_context: AutogenContext, comment: Comment) -> list[str]:
    return textwrap.wrap(comment.text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


@render.renderers.dispatch_for(Nothing)
def _render_nothing(_context: AutogenContext, _nothing: Nothing) -> str:
    return "pass"


def _value(value: object, context: AutogenContext) -> str:
    if isinstance(value, TypeEngine):
        return render._repr_type(value, context)  # noqa: SLF001 - as above
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_value(key, context)}: {_value(one, context)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(_value(one, context) for one in value) + ")"
    if isinstance(value, FetchedValue):
        return str(render._render_server_default(value, context))  # noqa: SLF001 - as above
    return repr(str(value)) if isinstance(value, str) else repr(value)  # a quoted_name's repr is no literal
