"""What a presumed schema means for a verdict: failures that it explains, findings that rest on a type of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.presupposed.needs import Need, need_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from midflight.hazards.finding import Finding
    from midflight.presupposed.needs import Place
    from midflight.presupposed.presumption import PresumedType, Presumption
    from midflight.trace.record import TracedStatement

OF_TYPES = frozenset({"alter-collation", "change-type-rewrites", "enum-recreated", "lossy-type-change"})
"""Hazards that follow from the type that a column has before it changes."""

_EXPLAINED = frozenset(
    {
        "0A000",  # feature_not_supported, such as a cast in a view that only the true type has
        "22007",  # invalid_datetime_format
        "22P02",  # invalid_text_representation
        "23502",  # not_null_violation
        "23503",  # foreign_key_violation: the presumed tables are empty
        "23514",  # check_violation
        "2BP01",  # dependent_objects_still_exist
        "3D000",  # invalid_catalog_name
        "3F000",  # invalid_schema_name
        "428C9",  # generated_always
        "42702",  # ambiguous_column
        "42703",  # undefined_column
        "42704",  # undefined_object
        "42725",  # ambiguous_function
        "42804",  # datatype_mismatch
        "42809",  # wrong_object_type
        "42830",  # invalid_foreign_key
        "42846",  # cannot_coerce
        "42883",  # undefined_function
        "42P01",  # undefined_table
        "42P10",  # invalid_column_reference
        "42P16",  # invalid_table_definition
        "42P17",  # invalid_object_definition
        "42P18",  # indeterminate_datatype
        "55000",  # object_not_in_prerequisite_state
    }
)
"""Errors that a schema can bring about which is presumed wrongly.
https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def without_presumed_failures(
    statements: Sequence[TracedStatement], places: Sequence[Place | None], presumption: Presumption
) -> tuple[TracedStatement, ...]:
    """Tell the failures that the presumed schema explains as what they are: statements that could not be tried."""
    return tuple(
        _untried(statement) if statement.sqlstate in _EXPLAINED and place in presumption.resting else statement
        for statement, place in zip(statements, places, strict=True)
    )


def needs_of(
    statements: Sequence[TracedStatement], places: Sequence[Place | None], presumption: Presumption
) -> Iterator[Need]:
    """Read from the failures what else may have been there."""
    for statement, place in zip(statements, places, strict=True):
        if statement.error and statement.sqlstate in _EXPLAINED and place is not None:
            need = need_of(place, statement.error)
            if need and (place in presumption.resting or need.kind not in {"column", "wrong type"}):
                yield need


def with_presumed_types(
    findings: Iterable[Finding], places: Sequence[Place | None], presumption: Presumption
) -> tuple[Finding, ...]:
    """Say of each finding that rests on a presumed type that it does."""
    return tuple(_on_type(finding, places, presumption) for finding in findings)


def _on_type(finding: Finding, places: Sequence[Place | None], presumption: Presumption) -> Finding:
    index = finding.statement
    if finding.hazard not in OF_TYPES or finding.basis != "observed" or index is None or index >= len(places):
        return finding
    place = places[index]
    types = presumption.types.get(place, ()) if place else ()
    if not types:
        return finding
    return replace(finding, basis="presumed", message=f"{finding.message} {_presumes(types)}")


def _presumes(types: tuple[PresumedType, ...]) -> str:
    told = " and ".join(f"{one.table}.{one.column} was {one.type}" for one in types)
    return f"That presumes that {told} before: the file does not tell, and from another type it may be harmless."


def _untried(statement: TracedStatement) -> TracedStatement:
    reason = f"it does not run on the presumed schema ({statement.error})"
    return replace(statement, error=None, sqlstate=None, unobserved=reason)
