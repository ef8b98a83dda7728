"""The bound of a partition as SQL."""

from __future__ import annotations

from postgast import deparse
from postgast import pg_query_pb2 as pb

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
