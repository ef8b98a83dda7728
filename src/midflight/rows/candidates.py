"""The values that are tried in a column, in order of preference, as SQL expressions."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_literal
from midflight.rows.literals import BITS, DATES, DOCUMENTS, LITERALS, NUMBERS, TEXTS, VECTORS
from midflight.rows.matching import matching_like, matching_regular
from midflight.sql.conditions import Condition, read_condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from midflight.rows.facts import TypeFacts, Types

MOST = 48
"""How many values are tried in a column that stands alone."""

_NESTED = 6
_LONGEST_TEXT = 2000
_LONGEST_ARRAY = 20
_DEFAULT_DIMENSIONS = 3
_INTEGER_BITS = {"int2": 15, "int4": 31, "int8": 63}
_MODIFIER_OFFSET = 4  # PostgreSQL's VARHDRSZ, which the modifiers of text and numeric contain


def candidates(types: Types, type_: int, typmod: int, conditions: Sequence[Condition] = ()) -> tuple[str, ...]:
    """Return values of a type that may satisfy these conditions; none where the type is not known."""
    return tuple(dict.fromkeys(_of_type(types, type_, typmod, conditions)))[:MOST]


def _of_type(types: Types, oid: int, typmod: int, conditions: Sequence[Condition]) -> Iterable[str]:
    facts = types[oid]
    match facts.kind:
        case "e":
            return (_cast(label, facts.written) for label in facts.labels)
        case "d":
            return _of_domain(types, facts, conditions)
        case "a":
            return _of_array(types, facts, typmod, conditions)
        case "c":
            return _of_composite(types, facts)
        case "r" if facts.name.name not in LITERALS:
            bounds = candidates(types, facts.made_of, -1, conditions)
            return (f"{facts.name.sql}({bound}, {bound}, '[]')" for bound in bounds)
        case "m":
            return (f"{facts.name.sql}({range_})" for range_ in candidates(types, facts.made_of, -1, conditions))
        case _:
            return (_cast(text, _written(facts, typmod)) for text in _texts(facts.name.name, typmod, conditions))


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
            precision, scale = _precision(typmod)
            return f"numeric({precision},{scale})"
        case "bit" | "varbit":
            return f"{name}({typmod})" if typmod > 0 else "varbit"
        case _:
            return facts.written


def _precision(typmod: int) -> tuple[int, int]:
    packed = typmod - _MODIFIER_OFFSET
    scale = packed & 0x7FF
    return packed >> 16 & 0xFFFF, scale - 0x800 if scale & 0x400 else scale


def _of_domain(types: Types, facts: TypeFacts, conditions: Sequence[Condition]) -> Iterator[str]:
    """Pick those values of the base type that the domain takes.

    That is asked before they become values of the domain: an unfit one would be an error there.
    """
    own = tuple(read_condition(text) for text in facts.checks)
    values = candidates(types, facts.made_of, facts.typmod, (*own, *conditions))
    if not own:
        yield from (f"({value})::{facts.written}" for value in values)
    elif values:
        listed = ", ".join(f"({value})" for value in values)
        checks = " AND ".join(f"({condition.text})" for condition in own)
        for place in range(min(len(values), _NESTED)):
            source = f"(VALUES {listed}) AS listed (value)"
            yield f"(SELECT value::{facts.written} FROM {source} WHERE {checks} OFFSET {place} LIMIT 1)"  # noqa: S608 -- quoted literals


def _of_array(types: Types, facts: TypeFacts, typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    elements = candidates(types, facts.made_of, typmod, conditions)
    lengths = [int(number) for number in _integers(conditions) if 0 < number <= _LONGEST_ARRAY]
    if elements:
        for place, first in enumerate(elements):
            following = elements[(place + 1) % len(elements)]
            yield (
                f"ARRAY[{first}, {following}]::{facts.written}"
                if place % 2 == 0
                else f"ARRAY[{first}]::{facts.written}"
            )
        for length in lengths:
            repeated = (elements[place % len(elements)] for place in range(length))
            yield f"ARRAY[{', '.join(repeated)}]::{facts.written}"
    yield f"'{{}}'::{facts.written}"


def _of_composite(types: Types, facts: TypeFacts) -> Iterator[str]:
    attributes = [candidates(types, oid, typmod)[:_NESTED] or ("NULL",) for oid, typmod in facts.attributes]
    for place in range(_NESTED):
        fields = (values[min(place, len(values) - 1)] for values in attributes)
        yield f"ROW({', '.join(fields)})::{facts.written}"


def _texts(name: str, typmod: int, conditions: Sequence[Condition]) -> Iterable[str]:
    known = LITERALS.get(name, ())
    if name in NUMBERS:
        return _numbers(name, typmod, [*_numbers_near(conditions), *map(Decimal, known)])
    if name in TEXTS:
        return (*_texts_for(conditions), *known)
    if name in DATES:
        return (*_moments(conditions), *known)
    if name in DOCUMENTS:
        return (*known, *_documents(conditions))
    if name in VECTORS:
        return _vectors(name, typmod if typmod > 0 else _DEFAULT_DIMENSIONS)
    if name in BITS:
        return _bits(typmod if typmod > 0 else _DEFAULT_DIMENSIONS)
    return (*_verbatim(name, conditions), *known)


_VERBATIM = {
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "interval": re.compile(r"\d+ \w+( \d+ \w+)*|\d\d:\d\d:\d\d"),
    "time": re.compile(r"\d\d:\d\d:\d\d"),
    "inet": re.compile(r"\d+(\.\d+){3}(/\d+)?"),
    "char": re.compile(r"[!-~]"),
    "ltree": re.compile(r"\w+(\.\w+)*"),
    "oid": re.compile(r"\d{1,9}"),
}
"""What a constant must look like to be tried as it stands: any other would be an error."""


def _verbatim(name: str, conditions: Sequence[Condition]) -> Iterator[str]:
    if pattern := _VERBATIM.get(name):
        yield from (text for text in _constants(conditions) if pattern.fullmatch(text))


def _constants(conditions: Sequence[Condition]) -> Iterator[str]:
    for condition in conditions:
        yield from condition.constants


def _decimals(conditions: Sequence[Condition]) -> Iterator[Decimal]:
    for text in _constants(conditions):
        try:
            number = Decimal(text)
        except InvalidOperation:
            continue
        if number.is_finite():
            yield number


def _integers(conditions: Sequence[Condition]) -> Iterator[int]:
    for number in _decimals(conditions):
        if number == number.to_integral_value() and abs(number) < 2**31:
            yield from (int(number), int(number) + 1, int(number) - 1)


def _numbers_near(conditions: Sequence[Condition]) -> Iterator[Decimal]:
    """Yield the constants, what is a little more or less, and what is between two of them."""
    mentioned = sorted(set(_decimals(conditions)))
    for step in (1, 0, -1, 2, 3):
        yield from (number + step for number in mentioned)
    for low, high in pairwise(mentioned):
        yield from (low + (high - low) * part / 4 for part in (2, 1, 3))
    yield from (number + step for number in mentioned for step in (Decimal("0.25"), Decimal("-0.25")))


def _numbers(name: str, typmod: int, numbers: Iterable[Decimal]) -> Iterator[str]:
    if bits := _INTEGER_BITS.get(name):
        fitting = (n for n in numbers if n == n.to_integral_value() and abs(n) < 2**bits)
        yield from (str(int(number)) for number in fitting)
    elif name == "numeric" and typmod > 0:
        precision, scale = _precision(typmod)
        limit = Decimal(10) ** (precision - scale)
        unit = Decimal(10) ** -scale
        yield from (f"{n:f}" for n in numbers if abs(n) < limit and n % unit == 0)
        yield from (f"{unit * count:f}" for count in (1, 2, 3, 0))
    else:
        yield from (f"{number:f}" for number in numbers)


def _texts_for(conditions: Sequence[Condition]) -> Iterator[str]:
    for condition in conditions:
        for pattern in condition.regular_expressions:
            yield from matching_regular(pattern)
        for pattern in condition.like_patterns:
            yield from matching_like(pattern)
    yield from _constants(conditions)
    for length in _integers(conditions):
        if 0 < length <= _LONGEST_TEXT:
            yield from (letter + "x" * (length - 1) for letter in "abc")


def _moments(conditions: Sequence[Condition]) -> Iterator[str]:
    for text in _constants(conditions):
        if found := re.match(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d.*)?$", text):
            try:
                day = date.fromisoformat(found[1])
                days = [text, *(str(day + timedelta(days=step)) for step in (1, 2, 3, -1))]
            except (ValueError, OverflowError):
                continue
            yield from days


def _documents(conditions: Sequence[Condition]) -> Iterator[str]:
    for text in _constants(conditions):
        if re.fullmatch(r"\w+", text):
            yield from (f'{{"{text}": 1}}', f'{{"{text}": "alpha"}}', f'{{"{text}": {{}}}}', f'{{"{text}": []}}')


def _vectors(name: str, dimensions: int) -> Iterator[str]:
    for number in (1, 2, 3):
        if name == "sparsevec":
            yield f"{{1:{number}}}/{dimensions}"
        else:
            yield f"[{number}{',1' * (dimensions - 1)}]"


def _bits(length: int) -> Iterator[str]:
    yield from (format(number % 2**length, "b").zfill(length)[-length:] for number in (1, 2, 3, 0))
