"""Runs SQL files on a schema presumed from them; what the server then misses is presumed too, a few times over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from midflight import sql
from midflight.checks.absence import explain_absence
from midflight.checks.ground import LOSSES, drop_roles_of_revisions, prepare_ground
from midflight.checks.presumed import needs_of
from midflight.checks.result import Progress
from midflight.checks.running import Ran, run_script
from midflight.pg.identifiers import quote_identifier
from midflight.presupposed.presumption import NOTHING, Presumption, presume

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from midflight.checks.request import Conditions
    from midflight.checks.sql_text import SqlText
    from midflight.presupposed.needs import Need
    from midflight.shadow.shadow import Shadow

ROUNDS = 12
"""How often files are run at most. A round finds one thing for each transaction; the first mostly finds nothing."""

_OUTLIVE_DATABASE = frozenset({"CREATE DATABASE", "CREATE TABLESPACE", "DROP DATABASE", "DROP TABLESPACE"})
_OUTLIVE_ON_GIVEN = _OUTLIVE_DATABASE | {"CREATE ROLE", "DROP ROLE"}
"""What a new database does not take back, so that the files can be run only once."""


class Presuming:
    """One check of SQL files without a baseline."""

    def __init__(
        self, shadow: Shadow, conditions: Conditions, scripts: Sequence[SqlText], report: Callable[[Progress], None]
    ) -> None:
        self._shadow = shadow
        self._conditions = conditions
        self._scripts = scripts
        self._report = report
        self._texts = [[piece.text for piece in script.pieces] for script in scripts]
        self.presumption = NOTHING
        self.notes: tuple[str, ...] = ()
        """What of the presumed schema could not be made."""

    async def run(self) -> list[Ran]:
        """Run the files until nothing more is found that they presuppose; return what they did the last time."""
        self.presumption = presume(self._texts)
        needs: list[Need] = []
        for left in reversed(range(ROUNDS if self._can_repeat() else 1)):
            runs = await self._round()
            needs += self._needs(runs)
            better = presume(self._texts, needs)
            if left == 0 or _same(better, self.presumption) or any(ran.late for ran in runs):
                break
            self.presumption = better
            await self._start_anew()
        return runs

    def _needs(self, runs: list[Ran]) -> list[Need]:
        found: list[Need] = []
        for number, ran in enumerate(runs):
            places = [None if piece is None else (number, piece) for piece in ran.pieces]
            found += needs_of(ran.statements, places, self.presumption)
        return found

    async def _round(self) -> list[Ran]:
        await self._lay()
        async with prepare_ground(self._shadow, self._shadow.address, frozenset()) as ground:
            runs = []
            for done, script in enumerate(self._scripts):
                self._report(Progress(done, len(self._scripts), script.name))
                runs.append(await run_script(ground, script, self._conditions.time_limit))
            return runs

    async def _lay(self) -> None:
        """Make the presumed schema. What cannot be made is told; the statements that need it tell it once more."""
        roles = () if self._shadow.facts.origin == "given" else self.presumption.roles
        known = (role for role in roles if role not in self._conditions.roles)
        statements = (*(f"CREATE ROLE {quote_identifier(role)}" for role in known), *self.presumption.statements)
        notes = []
        connection: asyncpg.Connection = await asyncpg.connect(**self._shadow.address.asyncpg_arguments())
        try:
            for statement in statements:
                try:
                    await connection.execute(statement)
                except LOSSES:
                    raise
                except asyncpg.PostgresError as error:
                    hint = explain_absence(str(error), self._shadow.facts)
                    notes.append(f"of the presumed schema this could not be made: {statement} ({hint or error})")
        finally:
            await connection.close()
        self.notes = tuple(notes)

    async def _start_anew(self) -> None:
        await self._shadow.drop_database(self._shadow.address)
        await self._shadow.open_first()
        await drop_roles_of_revisions(self._conditions, self._shadow)

    def _can_repeat(self) -> bool:
        outlive = _OUTLIVE_ON_GIVEN if self._shadow.facts.origin == "given" else _OUTLIVE_DATABASE
        return not any(sql.parse(text).kind in outlive for texts in self._texts for text in texts)


def _same(one: Presumption, other: Presumption) -> bool:
    return (one.statements, one.roles) == (other.statements, other.roles)
