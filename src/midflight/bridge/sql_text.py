"""SQLAlchemy's expressions as PostgreSQL's text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnClause
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ClauseElement

if TYPE_CHECKING:
    from sqlalchemy import Constraint
    from sqlalchemy.engine import Dialect

DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # SQLAlchemy's own; % stays as it is
COMPILER: Any = DIALECT.ddl_compiler(DIALECT, None)  # type: ignore[arg-type]  # as Alembic's own impl makes one


def sql_text(expression: Any) -> str:  # noqa: ANN401 - whatever SQLAlchemy takes in its place
    """Return an expression as SQL, with its values in it and columns without their table; text stays as it is."""
    if not isinstance(expression, ClauseElement):
        return str(expression)
    grouped = expression if isinstance(expression, ColumnClause) else expression.self_group()
    return str(COMPILER.sql_compiler.process(grouped, include_table=False, literal_binds=True))


def constraint_name(constraint: Constraint, dialect: Dialect) -> str | None:
    """Return a constraint's name after the naming convention of the project's metadata; None where it gets none."""
    if constraint.name is None:
        return None
    formatted = dialect.identifier_preparer.format_constraint(constraint)
    if formatted is None:
        return None
    quote = dialect.identifier_preparer.initial_quote
    if not formatted.startswith(quote):
        return formatted
    return formatted[1:-1].replace(quote * 2, quote)
