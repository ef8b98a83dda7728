"""The condition that a partition's bound amounts to, written so that PostgreSQL sees that a CHECK of it proves the bound.

The rows of a table need not be read while it is attached, where a valid CHECK proves its bound:
https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
The form is that of ``get_qual_for_list``, ``get_qual_for_range`` and ``get_qual_for_hash`` in PostgreSQL's
src/backend/partitioning/partbounds.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.partition_bounds import MAXVALUE, MINVALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.operations.state import KeyElement, PartitionKey
    from midflight.sql.partition_bounds import Bound


def partition_check(key: PartitionKey, oid: int, bound: Bound) -> str | None:
    """Return the condition as SQL; None where it cannot be written, as for DEFAULT or a key with an expression.

    Args:
        key: of the partitioned table.
        oid: the partitioned table's.
        bound: of the partition.
    """
    if bound.is_default or any(element.sql is None for element in key.elements):
        return None
    match key.strategy:
        case "list":
            return _list(key.elements[0], bound)
        case "range" if len(bound.lower) == len(bound.upper) == len(key.elements):
            return _range(key.elements, bound)
        case "hash" if bound.modulus and not any(element.collatable for element in key.elements):
            # With text in the key no CHECK proves it: the call that a user writes has a collation, PostgreSQL's none.
            columns = ", ".join(str(element.sql) for element in key.elements)
            return f"satisfies_hash_partition(CAST('{oid}' AS oid), {bound.modulus}, {bound.remainder}, {columns})"
    return None


def _list(element: KeyElement, bound: Bound) -> str | None:
    values = [_value(element, value) for value in bound.values]
    one_of = (
        f"{element.sql} = ANY (ARRAY[{', '.join(values)}])" if len(values) > 1 else f"{element.sql} = {''.join(values)}"
    )
    if bound.has_null:
        return f"{element.sql} IS NULL OR {one_of}" if values else f"{element.sql} IS NULL"
    return f"{element.sql} IS NOT NULL AND {one_of}" if values else None


def _range(elements: Sequence[KeyElement], bound: Bound) -> str:
    pairs = list(zip(bound.lower, bound.upper, strict=True))
    same = next((place for place, (low, high) in enumerate(pairs) if low != high), len(pairs) - 1)
    conditions = [f"{element.sql} IS NOT NULL" for element in elements]
    conditions += [
        f"{element.sql} = {_value(element, low)}" for element, (low, _) in zip(elements, pairs[:same], strict=False)
    ]
    rest = elements[same:]
    conditions += filter(None, (_beyond(rest, bound.lower[same:], ">"), _beyond(rest, bound.upper[same:], "<")))
    return " AND ".join(f"({condition})" for condition in conditions)


def _beyond(elements: Sequence[KeyElement], limits: Sequence[str], than: str) -> str:
    """Compare rows: by the first column, or where that is equal by the second, and so on; empty where all is beyond."""
    inclusive = MINVALUE if than == ">" else MAXVALUE
    arms: list[str] = []
    for place, limit in enumerate(limits):
        if limit in {MINVALUE, MAXVALUE}:
            break
        is_last = place == len(limits) - 1
        following = None if is_last else limits[place + 1]
        may_equal = (is_last and than == ">") or following == inclusive
        equal = [
            f"{element.sql} = {_value(element, one)}" for element, one in zip(elements, limits[:place], strict=False)
        ]
        mine = f"{elements[place].sql} {than}{'=' if may_equal else ''} {_value(elements[place], limit)}"
        arms.append(" AND ".join([*equal, mine]))
    return " OR ".join(f"({arm})" for arm in arms)


def _value(element: KeyElement, sql: str) -> str:
    return f"CAST({sql} AS {element.type})"
