"""Reads what an operation must know of the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from midflight.operations.state import (
    Column,
    Constraint,
    Index,
    KeyElement,
    PartitionKey,
    Relation,
    Sequence,
    State,
    Statistics,
)
from midflight.runner.sql_files import load_sql
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.operations.operation import Asked
    from midflight.runner.session import Session

_QUERY = load_sql("state")
_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "i": "index",
    "I": "index",
    "S": "sequence",
    "f": "foreign table",
    "c": "composite type",
}
_IDENTITIES = {"": "", "a": "always", "d": "by default"}
_STRATEGIES = {"r": "range", "l": "list", "h": "hash"}
_CONSTRAINTS = {
    "c": "check",
    "f": "foreign key",
    "p": "primary key",
    "u": "unique",
    "x": "exclusion",
    "n": "not null",
    "t": "trigger",
}


def read_state(session: Session, asked: Asked) -> State:
    """Read what an operation asks for.

    Raises:
        StatementError: where the catalog cannot be read.
    """
    [[text]] = session.fetch(
        _QUERY,
        relations=_pairs(asked.relations),
        enums=_pairs(asked.enums),
        extensions=json.dumps(asked.extensions),
        functions=json.dumps(asked.functions),
        types=json.dumps(asked.types),
    )
    return _state(json.loads(text), asked)


def _pairs(names: Iterable[Name]) -> str:
    return json.dumps([[name.schema, name.name] for name in names])


def _state(document: dict[str, Any], asked: Asked) -> State:
    relations = {relation.name: relation for relation in map(_relation, document["relations"])}
    as_asked = {
        name: relations[Name(*found)]
        for name, found in zip(asked.relations, document["asked"], strict=True)
        if found is not None
    }
    enums = {
        name: tuple(labels) for name, labels in zip(asked.enums, document["enums"], strict=True) if labels is not None
    }
    return State(
        document["major"],
        relations | as_asked,
        enums,
        document["extensions"],
        frozenset(document["volatile"]),
        frozenset(document["constrained"]),
        document["has_own_schema"],
        frozenset(document["own_functions"]),
    )


def _relation(facts: dict[str, Any]) -> Relation:
    name, parent = Name(facts["schema"], facts["name"]), facts["parent"]
    indexes = {index: _index(of) for index, of in facts["indexes"].items()}
    return Relation(
        name=name,
        kind=_KINDS[facts["kind"]],  # type: ignore[arg-type]  # a table of literals
        columns={column: _column(of) for column, of in facts["columns"].items()},
        constraints={constraint: _constraint(of) for constraint, of in facts["constraints"].items()},
        indexes=indexes,
        partitions=tuple(Name(*partition) for partition in facts["partitions"]),
        partition_of=Name(*parent[:2]) if parent else None,
        detach_pending=bool(parent and parent[2]),
        bound=facts["bound"],
        partition_key=_partition_key(facts["partition_key"]),
        oid=facts["oid"],
        table=_name(facts["table"]),
        rows=facts["rows"],
        bytes=facts["bytes"],
        comment=facts["comment"],
        row_security=facts["row_security"],
        is_empty=facts["is_empty"],
        triggers=facts["triggers"],
        statistics={statistics: Statistics(**of) for statistics, of in facts["statistics"].items()},
        is_inherited=facts["is_inherited"],
        referenced_by=tuple((Name(schema, table), tuple(columns)) for schema, table, columns in facts["referenced_by"]),
    )


def _column(facts: dict[str, Any]) -> Column:
    return Column(
        facts["type"],
        facts["not_null"],
        facts["default"],
        _IDENTITIES[facts["identity"]],  # type: ignore[arg-type]  # a table of literals
        facts["generated"],
        facts["comment"],
        tuple(facts["used_by"]),
        _sequence(facts["sequence"]),
        facts["granted"],
        tuple(facts["settings"] or ()),
        facts["statistics"],
        facts["collation"],
    )


def _sequence(facts: dict[str, Any] | None) -> Sequence | None:
    if facts is None:
        return None
    return Sequence(Name(facts.pop("schema"), facts.pop("name")), **facts)


def _constraint(facts: dict[str, Any]) -> Constraint:
    kind = _CONSTRAINTS[facts["kind"]]
    return Constraint(
        kind,  # type: ignore[arg-type]  # a table of literals
        facts["definition"],
        facts["valid"],
        tuple(facts["columns"]),
        _name(facts["target"]),
        facts["inherited"],
        facts["comment"],
        tuple(facts["target_columns"]),
    )


def _index(facts: dict[str, Any]) -> Index:
    return Index(
        facts["valid"],
        facts["ready"],
        facts["unique"],
        facts["method"],
        tuple(facts["columns"]) if facts["columns"] else None,
        facts["definition"],
        _name(facts["attached_to"]),
        facts["constraint"],
        facts["partial"],
        tuple(facts["include"]),
        facts["nulls_not_distinct"],
        facts["shape"],
        tuple(facts["uses"]),
        facts["comment"],
        facts["clusters"],
        facts["identifies"],
    )


def _partition_key(facts: dict[str, Any] | None) -> PartitionKey | None:
    if facts is None:
        return None
    elements = tuple(KeyElement(of["sql"], of["type"] or "", of["collatable"]) for of in facts["elements"])
    return PartitionKey(_STRATEGIES[facts["strategy"]], elements)  # type: ignore[arg-type]  # a table of literals


def _name(pair: list[str] | None) -> Name | None:
    return Name(*pair) if pair else None
