"""Which contract revisions of a run are applied: those that were asked for, and whose gates are open."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from midflight.errors import GateShutError
from midflight.phases.gates import Gate, shut_gates, strangers
from midflight.phases.making import make_ledger
from midflight.phases.reading import fetch_facts
from midflight.runner.events import GatesIgnored, InstanceUnknown, RevisionsLeft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.bridge.request import Request
    from midflight.phases.facts import Facts
    from midflight.phases.history import History
    from midflight.runner.watch import Watch

IGNORE = "--ignore-instances applies it all the same"


class Gatekeeper:
    """Looks at the gates of one run; on the way back there are none."""

    def __init__(self, history: History, watch: Watch, request: Request) -> None:
        self._history = history
        self._watch = watch
        self._request = request
        self._told: set[str] = set()

    def prepare(self) -> None:
        """Give the application's instances a table to tell of themselves, before the first contract revision comes.

        Raises:
            DatabaseError: where it may not be made.
        """
        if self._request.journal and self._request.direction == "upgrade" and self._history.has_contracts:
            make_ledger(self._watch)

    def admitted(self, way: Sequence[str]) -> tuple[str, ...]:
        """Return what is to be applied of a way: all, but where the expand phase was asked for.

        Raises:
            GateShutError: where the contract phase was asked for, and a gate on the way is shut.
            DatabaseError: where the ledger cannot be read.
        """
        left = self._left(way)
        if self._request.phase == "contract":
            self._ignored(way)
        return tuple(id_ for id_ in way if id_ not in left)

    def tell_left(self, way: Sequence[str]) -> None:
        """Say what was left of a way."""
        left = self._left(way)
        contracts = self._history.contracts(id_ for id_ in way if id_ in left)
        if contracts:
            others = tuple(id_ for id_ in way if id_ in left and id_ not in contracts)
            self._request.listener(RevisionsLeft(contracts, others))

    def pass_(self, revision: str) -> str | None:
        """Let a revision pass, and return what the journal is to say of that; None where there is nothing to say.

        Raises:
            GateShutError: where a gate of it is shut.
            DatabaseError: where the ledger cannot be read.
        """
        reasons = tuple(gate.reason for gate in self._ignored([revision]))
        if not reasons:
            return None
        self._request.listener(GatesIgnored(revision, reasons))
        return f"instances were ignored: {'; '.join(reasons)}"

    def _left(self, way: Sequence[str]) -> frozenset[str]:
        return self._history.left_by_expand(way) if self._request.phase == "expand" else frozenset()

    def _ignored(self, way: Sequence[str]) -> list[Gate]:
        """Return the shut gates that are ignored, as was asked for; refuse the others."""
        contracts = self._history.contracts(way) if self._request.direction == "upgrade" else ()
        if not contracts:
            return []
        facts = fetch_facts(self._watch)
        self._tell_strangers(facts)
        shut = [gate for contract in contracts for gate in shut_gates(contract, self._history, facts)]
        ignored = [gate for gate in shut if gate.kind == "instance" and self._request.ignore_instances]
        if held := [gate for gate in shut if gate not in ignored]:
            raise refusal(held, self._as_far(held, way))
        return ignored

    def _as_far(self, shut: Sequence[Gate], way: Sequence[str]) -> str | None:
        """Return how to apply the contracts that are open, where those come before the ones that are not."""
        before = way[: min(way.index(gate.contract) for gate in shut)]
        if not self._history.contracts(before):
            return None
        return f"midflight upgrade {shlex.quote(before[-1])} --phase contract applies what comes before"

    def _tell_strangers(self, facts: Facts) -> None:
        for one in strangers(self._history, facts):
            if str(one) not in self._told:
                self._told.add(str(one))
                self._request.listener(InstanceUnknown(str(one), one.revisions))


def refusal(shut: Sequence[Gate], as_far: str | None) -> GateShutError:
    """Say every reason, and everything that helps."""
    reasons = "; ".join(f"{gate.contract} is held back: {gate.reason}" for gate in shut)
    hints = [*dict.fromkeys(gate.hint for gate in shut)]
    if all(gate.kind == "instance" for gate in shut):
        hints.append(IGNORE)
    return GateShutError(reasons, hint="; ".join([*hints, *([as_far] if as_far else [])]))
