"""The values that are tried in a column, in order of preference, as SQL expressions."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_literal
from midflight.rows.literals import LITERALS
from midflight.rows.near import integers, numeric_precision, texts
from midflight.sql.conditions import read_condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from midflight.rows.facts import TypeFacts, Types
    from midflight.sql.conditions import Condition

MOST = 48
"""How many values are tried in a column that stands alone."""

_NESTED = 6
_LONGEST_ARRAY = 20
_ROTATIONS = 3
_MODIFIER_OFFSET = 4  # PostgreSQL's VARHDRSZ, which the modifiers of text and numeric contain


def candidates(types: Types, type_: int, typmod: int, conditions: Sequence[Condition] = ()) -> tuple[str, ...]:
    """Return values of a type that may satisfy these conditions; none where the type is not known."""
    return tuple(dict.fromkeys(_of_type(types, type_, typmod, conditions)))[:MOST]


def _of_type(types: Types, oid: int, typmod: int, conditions: Sequence[Condition]) -> Iterable[str]:
    facts = types[oid]
    if facts.kind in _MADE_OF_OTHERS and facts.name.name not in LITERALS:
        return _MADE_OF_OTHERS[facts.kind](types, facts, typmod, conditions)
    found = facts.labels or texts(facts.name.name, typmod, conditions)
    return (_cast(text, _written(facts, typmod)) for text in found)


def _cast(text: str, type_: str) -> str:
    return f"{quote_literal(text).strip()}::{type_}"


def _written(facts: TypeFacts, typmod: int) -> str:
    """Write a type with its modifier; a cast to char or bit without one would mean a length of 1."""
    name = facts.name.name
    length = typmod - _MODIFIER_OFFSET
    match name:
        case "bpchar" | "varchar" if typmod > 0:
            return f"{name}({length})"
        case "bpchar" | "varchar":
            return name
        case "numeric" if typmod > 0:
            precision, scale = numeric_precision(typmod)
            return f"numeric({precision},{scale})"
        case "bit" | "varbit":
            return f"{name}({typmod})" if typmod > 0 else "varbit"
        case _:
            return facts.written


def domain_query(types: Types, type_: int, conditions: Sequence[Condition]) -> str | None:
    """Write the query of those values of its base type that a domain takes; None where it takes all, or none is known.

    That is asked before they become values of the domain: an unfit one would be an error there.
    """
    facts = types[type_]
    own = tuple(read_condition(text) for text in facts.checks)
    values = candidates(types, facts.made_of, facts.typmod, (*own, *conditions)) if own else ()
    if not values:
        return None
    listed = ", ".join(f"({value})" for value in values)
    checks = " AND ".join(f"({condition.text})" for condition in own)
    return f"SELECT value::{facts.written} FROM (VALUES {listed}) AS listed (value) WHERE {checks}"  # noqa: S608 -- quoted literals


def _of_domain(types: Types, facts: TypeFacts, _typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    oid = next(oid for oid, known in types.items() if known is facts)
    if query := domain_query(types, oid, conditions):
        yield from (f"({query} OFFSET {place} LIMIT 1)" for place in range(_NESTED))
    elif not facts.checks:
        yield from (
            f"({value})::{facts.written}" for value in candidates(types, facts.made_of, facts.typmod, conditions)
        )


def _of_array(types: Types, facts: TypeFacts, typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    elements = candidates(types, facts.made_of, typmod, conditions)
    lengths = [int(number) for number in integers(conditions) if 0 < number <= _LONGEST_ARRAY]
    if elements:
        for place, first in enumerate(elements):
            following = elements[(place + 1) % len(elements)]
            yield (
                f"ARRAY[{first}, {following}]::{facts.written}"
                if place % 2 == 0
                else f"ARRAY[{first}]::{facts.written}"
            )
        for length, rotation in product(lengths, range(_ROTATIONS)):
            repeated = (elements[(rotation + place) % len(elements)] for place in range(length))
            yield f"ARRAY[{', '.join(repeated)}]::{facts.written}"
    yield f"'{{}}'::{facts.written}"


def _of_composite(types: Types, facts: TypeFacts, _typmod: int, _conditions: Sequence[Condition]) -> Iterator[str]:
    attributes = [candidates(types, oid, typmod)[:_NESTED] or ("NULL",) for oid, typmod in facts.attributes]
    for place in range(_NESTED):
        fields = (values[min(place, len(values) - 1)] for values in attributes)
        yield f"ROW({', '.join(fields)})::{facts.written}"


def _of_range(types: Types, facts: TypeFacts, _typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    """Make ranges of one value each, since of a type that is not known here nobody knows what is more."""
    bounds = candidates(types, facts.made_of, -1, conditions)
    return (f"{facts.name.sql}({bound}, {bound}, '[]')" for bound in bounds)


def _of_multirange(types: Types, facts: TypeFacts, _typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    return (f"{facts.name.sql}({found})" for found in candidates(types, facts.made_of, -1, conditions))


_MADE_OF_OTHERS = {"a": _of_array, "c": _of_composite, "d": _of_domain, "m": _of_multirange, "r": _of_range}
