"""A downgrade after which columns stand in another order."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="downgrade-reorders-columns",
    title="A downgrade after which columns stand in another order",
    severity=Severity.WARNING,
    effect="A column that was dropped and is added again stands last. Code that names its columns does not notice; "
    "`SELECT *`, `INSERT` without a list of columns and `COPY` do. PostgreSQL cannot move a column.",
    safe_form="Name the columns wherever their order matters. There is nothing to mend in the revision.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html",
)
