"""Values of types without parts, as the text that their input takes: the known ones, and those near to demands."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING

from midflight.rows.literals import BITS, DATES, DOCUMENTS, LITERALS, NUMBERS, TEXTS, VECTORS
from midflight.rows.matching import matching_like, matching_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from midflight.sql.conditions import Condition

_LONGEST_TEXT = 2000
_DEFAULT_DIMENSIONS = 3
_INTEGER_BITS = {"int2": 15, "int4": 31, "int8": 63}
_MODIFIER_OFFSET = 4  # PostgreSQL's VARHDRSZ, which the modifiers of text and numeric contain


def texts(name: str, typmod: int, conditions: Sequence[Condition]) -> tuple[str, ...]:
    """Return values of a type, by its name, that may satisfy these conditions; none where it is not known."""
    for names, near in _NEAR:
        if name in names:
            return tuple(near(name, typmod, conditions))
    return (*_verbatim(name, conditions), *LITERALS.get(name, ()))


def numeric_precision(typmod: int) -> tuple[int, int]:
    """Read the modifier of a numeric type: precision and scale."""
    packed = typmod - _MODIFIER_OFFSET
    scale = packed & 0x7FF
    return packed >> 16 & 0xFFFF, scale - 0x800 if scale & 0x400 else scale


def integers(conditions: Sequence[Condition]) -> Iterator[int]:
    """Yield the whole numbers that are mentioned, and those beside them."""
    for number in _decimals(conditions):
        if number == number.to_integral_value() and abs(number) < 2**31:
            yield from (int(number), int(number) + 1, int(number) - 1)


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


def _numbers_near(conditions: Sequence[Condition]) -> Iterator[Decimal]:
    """Yield the constants, what is a little more or less, and what is between two of them."""
    mentioned = sorted(set(_decimals(conditions)))
    for step in (1, 0, -1, 2, 3):
        yield from (number + step for number in mentioned)
    for low, high in pairwise(mentioned):
        yield from (low + (high - low) * part / 4 for part in (2, 1, 3))
    yield from (number + step for number in mentioned for step in (Decimal("0.25"), Decimal("-0.25")))


def _numbers(name: str, typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    numbers = [*_numbers_near(conditions), *map(Decimal, LITERALS[name])]
    if bits := _INTEGER_BITS.get(name):
        fitting = (number for number in numbers if number == number.to_integral_value() and abs(number) < 2**bits)
        yield from (str(int(number)) for number in fitting)
    elif name == "numeric" and typmod > 0:
        precision, scale = numeric_precision(typmod)
        limit, unit = Decimal(10) ** (precision - scale), Decimal(10) ** -scale
        yield from (f"{number:f}" for number in numbers if abs(number) < limit and number % unit == 0)
        yield from (f"{unit * count:f}" for count in (1, 2, 3, 0))
    else:
        yield from (f"{number:f}" for number in numbers)


def _letters(name: str, _typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    for condition in conditions:
        for pattern in condition.regular_expressions:
            yield from matching_regular(pattern)
        for pattern in condition.like_patterns:
            yield from matching_like(pattern)
    yield from _constants(conditions)
    for length in integers(conditions):
        if 0 < length <= _LONGEST_TEXT:
            yield from (letter + "x" * (length - 1) for letter in "abc")
    yield from LITERALS[name]


def _moments(name: str, _typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    for text in _constants(conditions):
        if found := re.match(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d.*)?$", text):
            try:
                day = date.fromisoformat(found[1])
                days = [text, *(str(day + timedelta(days=step)) for step in (1, 2, 3, -1))]
            except (ValueError, OverflowError):
                continue
            yield from days
    yield from LITERALS[name]


def _documents(name: str, _typmod: int, conditions: Sequence[Condition]) -> Iterator[str]:
    yield from LITERALS[name]
    for text in _constants(conditions):
        if re.fullmatch(r"\w+", text):
            yield from (f'{{"{text}": 1}}', f'{{"{text}": "alpha"}}', f'{{"{text}": {{}}}}', f'{{"{text}": []}}')


def _vectors(name: str, typmod: int, _conditions: Sequence[Condition]) -> Iterator[str]:
    dimensions = typmod if typmod > 0 else _DEFAULT_DIMENSIONS
    for number in (1, 2, 3):
        if name == "sparsevec":
            yield f"{{1:{number}}}/{dimensions}"
        else:
            yield f"[{number}{',1' * (dimensions - 1)}]"


def _bits(_name: str, typmod: int, _conditions: Sequence[Condition]) -> Iterator[str]:
    length = typmod if typmod > 0 else _DEFAULT_DIMENSIONS
    yield from (format(number % 2**length, "b").zfill(length)[-length:] for number in (1, 2, 3, 0))


_NEAR: tuple[tuple[frozenset[str], Callable[[str, int, Sequence[Condition]], Iterable[str]]], ...] = (
    (NUMBERS, _numbers),
    (TEXTS, _letters),
    (DATES, _moments),
    (DOCUMENTS, _documents),
    (VECTORS, _vectors),
    (BITS, _bits),
)
