"""REFRESH MATERIALIZED VIEW keeps readers out until its query is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.storage import RefreshView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a live materialized view that is filled anew under an ACCESS EXCLUSIVE lock."""
    for refresh in sight.changes(RefreshView):
        if not refresh.concurrently and sight.concerns_live_table(refresh.view):
            yield Harm(str(refresh.view), _message(refresh), _fix(refresh))


def _message(refresh: RefreshView) -> str:
    if not refresh.with_data:
        return (
            f"REFRESH ... WITH NO DATA empties {refresh.view} under an ACCESS EXCLUSIVE lock, and from then on every "
            "query on it fails, until it is refreshed with data."
        )
    return (
        f"REFRESH runs the whole query of {refresh.view} under an ACCESS EXCLUSIVE lock: until that is done and the "
        f"transaction ends, every SELECT on {refresh.view} waits. The wait grows with the rows that the query reads."
    )


def _fix(refresh: RefreshView) -> Fix:
    return lines(
        f"{refresh.view} needs a unique index on plain columns, without a WHERE, for this:",
        execute(f"REFRESH MATERIALIZED VIEW CONCURRENTLY {refresh.view.sql}"),
    )


_VIEW = (
    "CREATE TABLE orders (id int PRIMARY KEY, total int); CREATE MATERIALIZED VIEW sums AS SELECT id, total FROM "
    "orders;CREATE UNIQUE INDEX ON sums (id);"
)

HAZARD = Hazard(
    id="refresh-view-blocks",
    title="Refreshing a materialized view blocks its readers",
    severity=Severity.ERROR,
    effect="REFRESH runs the view's query under ACCESS EXCLUSIVE: every SELECT on the view waits until it is done.",
    safe_form="REFRESH ... CONCURRENTLY, which needs a unique index on the view and lets readers go on.",
    source_url="https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html",
    check=check,
    dangerous=(
        Example(setup=_VIEW, revision="REFRESH MATERIALIZED VIEW sums;"),
        Example(setup=_VIEW, revision="REFRESH MATERIALIZED VIEW sums WITH NO DATA;"),
    ),
    safe=(
        Example(setup=_VIEW, revision="REFRESH MATERIALIZED VIEW CONCURRENTLY sums;"),
        Example(
            setup="",
            revision="CREATE MATERIALIZED VIEW ones AS SELECT 1 AS one; REFRESH MATERIALIZED VIEW ones;",
        ),
    ),
)
