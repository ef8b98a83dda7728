"""The bound of a partition as SQL."""

from __future__ import annotations

from postgast import PgQueryError, deparse, parse
from postgast import pg_query_pb2 as pb

from midflight.sql.grammar.expressions import expression_text
from midflight.sql.partition_bounds import MAXVALUE, MINVALUE, Bound

_BEFORE = "CREATE TABLE t PARTITION OF p "


def bound_text(bound: pb.PartitionBoundSpec) -> str:
    """Write a bound: ``FOR VALUES ...`` or ``DEFAULT``."""
    create = pb.CreateStmt(
        relation=pb.RangeVar(relname="t", inh=True, relpersistence="p"),
        inh_relations=[pb.Node(range_var=pb.RangeVar(relname="p", inh=True, relpersistence="p"))],
        partbound=bound,
        oncommit=pb.ONCOMMIT_NOOP,
    )
    tree = pb.ParseResult(stmts=[pb.RawStmt(stmt=pb.Node(create_stmt=create))])
    return str(deparse(tree)).removeprefix(_BEFORE)


def parse_bound(text: str) -> Bound | None:
    """Read a bound; None where it is none, or more than that."""
    try:
        tree = parse(f"{_BEFORE}{text}")
    except PgQueryError:
        return None
    statement = tree.stmts[0].stmt.create_stmt
    if len(tree.stmts) != 1 or not statement.HasField("partbound"):
        return None
    bound = statement.partbound
    given = [one for one in bound.listdatums if not one.a_const.isnull]
    return Bound(
        bound.is_default,
        tuple(map(expression_text, given)),
        len(given) < len(bound.listdatums),
        tuple(map(_limit, bound.lowerdatums)),
        tuple(map(_limit, bound.upperdatums)),
        bound.modulus,
        bound.remainder,
    )


def _limit(datum: pb.Node) -> str:
    """MINVALUE and MAXVALUE are columns to the grammar."""
    fields = datum.column_ref.fields
    word = fields[0].string.sval.upper() if len(fields) == 1 else ""
    return word if word in {MINVALUE, MAXVALUE} else expression_text(datum)
