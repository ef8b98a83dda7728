"""Columns and constraints, as CREATE TABLE and ALTER TABLE define them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from postgast import deparse
from postgast import pg_query_pb2 as pb

from midflight.sql.changes import Column, Constraint
from midflight.sql.grammar.expressions import read_expression
from midflight.sql.grammar.nodes import relation_name, strings
from midflight.sql.grammar.types import type_text

if TYPE_CHECKING:
    from midflight.sql.changes import ConstraintKind

_KINDS: dict[int, ConstraintKind] = {
    pb.CONSTR_FOREIGN: "foreign key",
    pb.CONSTR_CHECK: "check",
    pb.CONSTR_UNIQUE: "unique",
    pb.CONSTR_PRIMARY: "primary key",
    pb.CONSTR_EXCLUSION: "exclusion",
    pb.CONSTR_NOTNULL: "not null",
}

_OF_COLUMNS = _KINDS.keys() - {pb.CONSTR_NOTNULL}

_VIRTUAL = "v"


def read_column(definition: pb.ColumnDef) -> Column:
    """Read a column with the constraints that stand in it."""
    parts = {node.constraint.contype: node.constraint for node in definition.constraints}
    default, generated = parts.get(pb.CONSTR_DEFAULT), parts.get(pb.CONSTR_GENERATED)
    expression = default or generated
    return Column(
        name=definition.colname,
        type=type_text(definition.type_name),
        not_null=not parts.keys().isdisjoint({pb.CONSTR_NOTNULL, pb.CONSTR_PRIMARY, pb.CONSTR_IDENTITY}),
        default=read_expression(expression.raw_expr) if expression else None,
        generated=_generated(generated) if generated else None,
        identity=pb.CONSTR_IDENTITY in parts,
        constraints=_column_constraints(definition),
    )


def read_constraint(constraint: pb.Constraint) -> Constraint:
    """Read a constraint of a table, of one of the six kinds."""
    return Constraint(
        kind=_KINDS[constraint.contype],
        name=constraint.conname or None,
        columns=strings(constraint.fk_attrs or constraint.keys),
        not_valid=constraint.skip_validation,
        using_index=constraint.indexname or None,
        references=relation_name(constraint.pktable) if constraint.HasField("pktable") else None,
        check=read_expression(constraint.raw_expr) if constraint.contype == pb.CONSTR_CHECK else None,
        definition=_definition(constraint),
    )


def _column_constraints(column: pb.ColumnDef) -> tuple[Constraint, ...]:
    """Read the constraints that stand with a column as if they stood with the table."""
    found = (node.constraint for node in column.constraints)
    return tuple(read_constraint(_of_table(each, column.colname)) for each in found if each.contype in _OF_COLUMNS)


def _of_table(constraint: pb.Constraint, column: str) -> pb.Constraint:
    moved = pb.Constraint()
    moved.CopyFrom(constraint)
    if constraint.contype != pb.CONSTR_CHECK:
        columns = moved.fk_attrs if constraint.contype == pb.CONSTR_FOREIGN else moved.keys
        columns.add().string.sval = column
    return moved


def _definition(constraint: pb.Constraint) -> str:
    """Write a constraint of a table as SQL, without its name."""
    create = pb.CreateStmt(relation=pb.RangeVar(relname="t", inh=True, relpersistence="p"), oncommit=pb.ONCOMMIT_NOOP)
    nameless = create.table_elts.add().constraint
    nameless.CopyFrom(constraint)
    nameless.ClearField("conname")
    tree = pb.ParseResult(stmts=[pb.RawStmt(stmt=pb.Node(create_stmt=create))])
    return str(deparse(tree)).removeprefix("CREATE TABLE t (").removesuffix(")").strip()


def _generated(constraint: pb.Constraint) -> Literal["stored", "virtual"]:
    return "virtual" if constraint.generated_kind == _VIRTUAL else "stored"
