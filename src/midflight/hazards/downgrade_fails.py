"""A downgrade that fails."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="downgrade-fails",
    title="A downgrade that fails",
    severity=Severity.ERROR,
    effect=(
        "downgrade() fails, or the upgrade after it does: there is no way back from a bad release, and it "
        "is found out at the worst moment."
    ),
    safe_form=(
        "Mend downgrade() so that upgrade, downgrade, upgrade works. Where there can be no way back, say "
        "so: raise NotImplementedError with the reason."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",
)
