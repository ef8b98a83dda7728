"""Contracts with their gates, backfills and live instances, for machines."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midflight.checks.status import Status
    from midflight.phases.facts import Backfill, LiveInstance
    from midflight.phases.gates import Gate


def phases_json(status: Status) -> dict[str, Any]:
    """Write the fields of a status that are about phases; null is what the role may not see."""
    facts, unknown = status.facts, status.unknown_instances
    return {
        "contracts": _contracts(status),
        "backfills": None if facts is None else [_backfill(one) for one in facts.backfills],
        "instances": None if facts is None else [_instance(one, is_unknown=one in unknown) for one in facts.instances],
    }


def gate_json(gate: Gate) -> dict[str, Any]:
    """Write a gate that is shut."""
    return dataclasses.asdict(gate)


def _contracts(status: Status) -> list[dict[str, Any]]:
    contracts = status.standing.contracts if status.standing else ()
    is_known = status.facts is not None
    return [
        {
            "id": one.id,
            "title": one.title,
            "gates": [gate_json(gate) for gate in status.gates(one)] if is_known else None,
        }
        for one in contracts
    ]


def _backfill(backfill: Backfill) -> dict[str, Any]:
    return {**dataclasses.asdict(backfill), "table": str(backfill.table)}


def _instance(instance: LiveInstance, *, is_unknown: bool) -> dict[str, Any]:
    fields = dataclasses.asdict(instance)
    seconds = fields.pop("seconds")
    return {**fields, "seen_seconds_ago": round(seconds, 3), "unknown": is_unknown}
