"""A contract revision for which nothing prepares."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="contract-without-expand",
    title="A contract revision for which no revision prepares",
    severity=Severity.WARNING,
    effect=(
        'It says phase = "contract" and takes away what older code uses, but no revision before it that says "expand" '
        'or "migrate" touches the same table: nothing gives newer code another place to read and write, so no order of '
        "deploying serves both. Its other findings stay."
    ),
    safe_form=(
        "Write the revision that prepares, with its phase in the module, and deploy code that no longer needs the old "
        "shape in between; `midflight revision --expand-contract` writes all of them. Where nothing has to be "
        "prepared, since the code merely stops using something, allow the finding with that reason."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html",
)
