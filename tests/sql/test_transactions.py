from __future__ import annotations

import pytest

from midflight.sql.parse import parse


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (CONCURRENTLY true) INDEX i",
        "REINDEX SCHEMA s",
        "REINDEX DATABASE d",
        "REINDEX SYSTEM d",
        "VACUUM",
        "VACUUM FULL t",
        "CLUSTER",
        "CREATE DATABASE d",
        "DROP DATABASE d",
        "ALTER DATABASE d SET TABLESPACE s",
        "CREATE TABLESPACE s LOCATION '/x'",
        "DROP TABLESPACE s",
        "ALTER SYSTEM SET x = 1",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        "DISCARD ALL",
        "COMMIT PREPARED 'x'",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
        "DROP SUBSCRIPTION s",
        "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
        "ALTER SUBSCRIPTION s SET PUBLICATION p",
    ],
)
def test_is_refused_in_a_transaction(sql: str) -> None:
    statement = parse(sql)
    assert statement.opaque is None
    assert not statement.can_run_in_transaction


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX i ON t (a)",
        "DROP INDEX i",
        "DROP TABLE t",
        "REINDEX TABLE t",
        "REINDEX (CONCURRENTLY false) TABLE t",
        "ANALYZE",
        "CLUSTER t USING i",
        "ALTER DATABASE d SET x = 1",
        "ALTER TABLE t DETACH PARTITION p",
        "ALTER TYPE t ADD VALUE 'x'",
        "DISCARD PLANS",
        "COMMIT",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = off)",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
        "ALTER SUBSCRIPTION s DISABLE",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
    ],
)
def test_can_run_in_a_transaction(sql: str) -> None:
    statement = parse(sql)
    assert statement.opaque is None
    assert statement.can_run_in_transaction


@pytest.mark.parametrize(
    ("body", "can"),
    [
        ("BEGIN LOOP UPDATE t SET a = 1; COMMIT; END LOOP; END", False),
        ("BEGIN\n  UPDATE t SET a = 1;\n  rollback and chain;\nEND", False),
        ("BEGIN UPDATE t SET a = 1; END", True),
        ("BEGIN INSERT INTO log VALUES ('before the commit of it'); END", True),
    ],
)
def test_a_do_block_that_commits(body: str, can: bool) -> None:  # noqa: FBT001 -- an expectation
    assert parse(f"DO $$ {body} $$").can_run_in_transaction is can
