"""Backfills under fire, in short; ``make soak`` is the long form."""

from __future__ import annotations

import random
from itertools import islice
from typing import TYPE_CHECKING

from backfill.killing import Round, Tally, rounds
from runner.outages import outages

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Server

KINDS, KILLS = 2, 4


def test_whatever_is_killed_each_row_is_changed_exactly_once(own_server: Server, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance, tally = random.Random(seed), Tally()
    with outages(own_server, tmp_path) as out:
        for kind in islice(rounds(chance), KINDS):
            Round(out, kind, chance, tally).run(KILLS)
    assert tally.is_clean, (seed, str(tally), tally.problems)
    assert tally.kills > KINDS, seed
