"""A revision that uses the application's models as they are today."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="models-imported-in-revision",
    title="A revision that uses the application's models",
    severity=Severity.WARNING,
    effect=(
        "A revision is run years after it was written, on the schema of that day; a model that it imports is always "
        "today's. As soon as a column is added to the model, or the model is renamed, the old revision fails on every "
        "new database: in CI, for a new developer, in a new region."
    ),
    safe_form=(
        "Write down in the revision what it needs of its tables, as sa.table(...) with sa.column(...), or send SQL."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.bulk_insert",
)
