"""What statements about partitions need: a partitioned table, and the type of its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from midflight.presupposed.columns import Weight
from midflight.presupposed.relations import Partitioning
from midflight.presupposed.scopes import Scope
from midflight.sql.grammar.nodes import relation_name

if TYPE_CHECKING:
    from midflight.presupposed.expressions import Expressions
    from midflight.presupposed.relations import Relation
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree

_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")
_STRATEGIES: dict[str, Literal["RANGE", "LIST", "HASH"]] = {"r": "RANGE", "l": "LIST", "h": "HASH"}


def partition_by_bound(parent: Relation, bound: Tree, expressions: Expressions) -> None:
    """Take note of how a table must be partitioned, by the bound of one of its partitions."""
    if not parent.presumed:
        return
    values = list(bound.lowerdatums or bound.upperdatums or bound.listdatums[:1])
    if bound.is_default and parent.partitioning:
        return
    types = tuple(_type(value, expressions) for value in values) or ("integer",)
    strategy = _STRATEGIES.get(bound.strategy, "LIST")
    if parent.partitioning is None or parent.partitioning.is_loose:
        parent.partitioning = Partitioning(strategy, types, is_loose=bound.is_default)


def attach(world: World, parent: Relation, command: Tree, expressions: Expressions) -> None:
    """Read ATTACH PARTITION."""
    partition = world.relation(relation_name(command.name))
    partition_by_bound(parent, command.bound, expressions)
    if partition is None or not parent.presumed:
        return
    for name, column in list(partition.columns.items()):
        above = parent.column(name)
        if above is not None and column.made is not None:
            above.hint(column.made, Weight.TOLD)
        elif above is not None:
            above.join(column)
    if partition.presumed and not partition.likes:
        partition.likes.append(parent)
        partition.columns.clear()
        partition.before.clear()


def detach(world: World, parent: Relation, command: Tree) -> None:
    """Read DETACH PARTITION."""
    partition = world.relation(relation_name(command.name))
    if partition is None or not partition.presumed or not parent.presumed:
        return
    if parent.partitioning is None:
        parent.partitioning = Partitioning("RANGE", ("integer",), is_loose=True)
    partition.partition_of = parent
    partition.likes = [parent]


def _type(value: Tree, expressions: Expressions) -> str:
    text = value.a_const.sval.sval
    if text:
        return "timestamp with time zone" if _DATE.match(text) else "text"
    operand = expressions.read(value, Scope())
    return operand if isinstance(operand, str) else "integer"
