"""Which tables are filled, when, and what happens where something is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.pg.identifiers import QualifiedName
from midflight.rows import RowKeeper

if TYPE_CHECKING:
    from midflight.pg.addresses import Address
    from rows.conftest import Stage

REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not on my watch'; END $$;
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO audit VALUES (new.id); RETURN new; END $$;
CREATE TABLE audit (id int);
"""


@pytest.mark.parametrize(
    "partitions",
    [
        "PARTITION BY RANGE (at); CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')",
        "PARTITION BY RANGE (at); CREATE TABLE p PARTITION OF t FOR VALUES FROM (MINVALUE) TO ('1990-01-01')",
        "PARTITION BY RANGE (at); CREATE TABLE p PARTITION OF t DEFAULT",
        "PARTITION BY LIST (region); CREATE TABLE p PARTITION OF t FOR VALUES IN ('eu', 'us')",
        "PARTITION BY LIST (region); CREATE TABLE p PARTITION OF t FOR VALUES IN (NULL)",
        "PARTITION BY HASH (id); CREATE TABLE p PARTITION OF t FOR VALUES WITH (modulus 5, remainder 3)",
        """PARTITION BY LIST (region); CREATE TABLE m PARTITION OF t FOR VALUES IN ('eu') PARTITION BY RANGE (id);
        CREATE TABLE p PARTITION OF m FOR VALUES FROM (10) TO (1000)""",
    ],
)
async def test_partitioned_tables_are_filled_through_their_root(stage: Stage, partitions: str) -> None:
    assert await stage.fill(f"CREATE TABLE t (id int NOT NULL, at date, region text) {partitions}") == {}
    assert await stage.count("t") == 3
    assert await stage.fill("CREATE TABLE other ()") == {}
    assert await stage.count("t") == 3


async def test_a_partitioned_table_without_partitions(stage: Stage) -> None:
    ddl = "CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE TABLE o (id int)"
    assert await stage.fill(ddl) == {"t": "it has no partition"}
    assert await stage.fill("CREATE TABLE p PARTITION OF t FOR VALUES IN (1)") == {}
    assert await stage.count("t") == 3


async def test_inheriting_foreign_and_extensions_tables_and_the_version_table_are_left_out(stage: Stage) -> None:
    ddl = """
    CREATE TABLE parent (id int); CREATE TABLE child () INHERITS (parent);
    CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
    CREATE EXTENSION IF NOT EXISTS file_fdw SCHEMA public; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
    CREATE FOREIGN TABLE remote (id int) SERVER files OPTIONS (filename '/nowhere');
    CREATE EXTENSION citext SCHEMA public; CREATE TABLE settings (id int); ALTER EXTENSION citext ADD TABLE settings;
    CREATE VIEW v AS SELECT * FROM parent; CREATE MATERIALIZED VIEW m AS SELECT * FROM parent;
    """
    assert await stage.fill(ddl) == {}
    assert await stage.count("ONLY parent") == 3
    for table in ("child", "alembic_version", "settings", "m"):
        assert await stage.count(table) == 0


async def test_triggers_that_are_in_the_way_are_passed_by(stage: Stage) -> None:
    ddl = f"""{REFUSE}
    CREATE TABLE refused (id int NOT NULL); CREATE TABLE swallowed (id int NOT NULL);
    CREATE TABLE passed (id int NOT NULL); CREATE TABLE plain (id serial);
    CREATE TRIGGER t BEFORE INSERT ON refused FOR EACH ROW EXECUTE FUNCTION refuse();
    CREATE TRIGGER t BEFORE INSERT ON swallowed FOR EACH ROW EXECUTE FUNCTION swallow();
    CREATE TRIGGER t AFTER INSERT ON passed FOR EACH ROW EXECUTE FUNCTION pass();
    """
    assert await stage.fill(ddl) == {}
    for table in ("refused", "swallowed", "passed", "plain"):
        assert await stage.count(table) == 3
    assert await stage.count("audit") >= 3


async def test_triggers_that_cannot_be_passed_by(stage: Stage) -> None:
    ddl = f"""{REFUSE}
    CREATE TABLE refused (id int NOT NULL); CREATE TABLE swallowed (id int NOT NULL);
    CREATE TRIGGER t BEFORE INSERT ON refused FOR EACH ROW EXECUTE FUNCTION refuse();
    CREATE TRIGGER t BEFORE INSERT ON swallowed FOR EACH ROW EXECUTE FUNCTION swallow();
    ALTER TABLE refused ENABLE ALWAYS TRIGGER t; ALTER TABLE swallowed ENABLE ALWAYS TRIGGER t;
    """
    assert await stage.fill(ddl) == {"refused": "not on my watch", "swallowed": "its triggers or rules let no row in"}


async def test_rules_are_passed_by_too(stage: Stage) -> None:
    ddl = """
    CREATE TABLE t (id int PRIMARY KEY); CREATE RULE nothing AS ON INSERT TO t DO INSTEAD NOTHING;
    CREATE TABLE u (id int PRIMARY KEY); CREATE RULE told AS ON INSERT TO u DO ALSO NOTIFY changed;
    """
    assert await stage.fill(ddl) == {}
    assert [await stage.count("t"), await stage.count("u")] == [3, 3]


async def test_deferred_keys_are_looked_at_at_once(stage: Stage) -> None:
    ddl = """
    CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED, b bool UNIQUE DEFERRABLE INITIALLY DEFERRED NOT NULL);
    """
    assert await stage.fill(ddl) == {}
    assert await stage.count("t") == 1


async def test_only_what_is_empty_is_filled_again(stage: Stage) -> None:
    await stage.fill("CREATE TABLE kept (id serial); CREATE TABLE cut (id serial); CREATE TABLE deleted (id serial)")
    assert await stage.fill("TRUNCATE cut; DELETE FROM deleted") == {}
    assert await stage.values("SELECT id FROM kept ORDER BY id") == [1, 2, 3]
    assert await stage.values("SELECT id FROM cut ORDER BY id") == [4, 5, 6]
    assert await stage.values("SELECT id FROM deleted ORDER BY id") == [4, 5, 6]


async def test_deletions_are_looked_for_where_they_may_be(stage: Stage) -> None:
    await stage.fill("CREATE TABLE a (id serial); CREATE TABLE b (id serial)")
    await stage.fill("DELETE FROM a; DELETE FROM b", deleted_from={QualifiedName("public", "b")})
    assert [await stage.count("a"), await stage.count("b")] == [0, 3]


async def test_what_could_not_be_filled_is_told_again_and_tried_when_it_changed(stage: Stage) -> None:
    reasons = await stage.fill("CREATE TABLE t (n int NOT NULL CONSTRAINT never CHECK (n <> n))")
    assert reasons == {"t": "no value of n was found that satisfies never"}
    assert await stage.fill() == reasons
    assert await stage.fill("CREATE TABLE other (id int)") == reasons
    assert await stage.count("other") == 3
    assert await stage.fill("ALTER TABLE t DROP CONSTRAINT never") == {}
    assert await stage.count("t") == 3


async def test_a_changed_type_may_help(stage: Stage) -> None:
    assert (await stage.fill("CREATE TYPE e AS ENUM (); CREATE TABLE t (v e NOT NULL)")).keys() == {"t"}
    assert await stage.fill("ALTER TYPE e ADD VALUE 'one'") == {}
    assert await stage.count("t") == 3


async def test_rows_of_a_revision_may_help(stage: Stage) -> None:
    ddl = """
    CREATE TABLE p (id int PRIMARY KEY, never int NOT NULL CHECK (never <> never));
    CREATE TABLE c (p int NOT NULL REFERENCES p)
    """
    assert (await stage.fill(ddl)).keys() == {"p", "c"}
    fill_parent = "ALTER TABLE p DISABLE TRIGGER ALL; ALTER TABLE p ALTER never DROP NOT NULL; INSERT INTO p VALUES (1)"
    assert await stage.fill(fill_parent) == {}
    assert await stage.values("SELECT p FROM c") == [1] * 3


async def test_emptying_takes_what_was_filled_and_what_refers_to_it(stage: Stage) -> None:
    ddl = """
    CREATE TABLE seeds (id int PRIMARY KEY); INSERT INTO seeds VALUES (1);
    CREATE TABLE a (id int PRIMARY KEY, seed int REFERENCES seeds); CREATE TABLE b (a int REFERENCES a);
    CREATE TABLE renamed (id int); CREATE TABLE dropped (id int);
    """
    await stage.fill(ddl)
    await stage.actor.execute("ALTER TABLE renamed RENAME TO another; DROP TABLE dropped")
    await stage.keeper.empty()
    assert [await stage.count(table) for table in ("seeds", "a", "b", "another")] == [1, 0, 0, 0]
    assert await stage.fill() == {}
    assert [await stage.count(table) for table in ("seeds", "a", "b", "another")] == [1, 3, 3, 3]


async def test_nothing_to_empty(stage: Stage) -> None:
    await stage.fill("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    await stage.keeper.empty()
    assert await stage.count("t") == 1


@pytest.mark.timeout(60)
async def test_a_lock_in_the_way_is_no_wait_for_ever(stage: Stage) -> None:
    await stage.actor.execute("CREATE TABLE t (id int)")
    snapshot = await stage.look()
    transaction = stage.actor.transaction()
    await transaction.start()
    await stage.actor.execute("LOCK TABLE t")
    try:
        with pytest.raises(asyncpg.LockNotAvailableError):
            await stage.keeper.fill(snapshot)
    finally:
        await transaction.rollback()
    assert await stage.fill() == {}
    assert await stage.count("t") == 3


async def test_a_lost_connection_is_raised(stage: Stage, stage_database: Address) -> None:
    lost = await asyncpg.connect(**stage_database.asyncpg_arguments())
    ddl = """
    CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END $$;
    CREATE TABLE t (id int); CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION cut_off();
    """
    await stage.actor.execute(ddl)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await RowKeeper(lost).fill(await stage.look())
    lost.terminate()


async def test_a_full_disk_is_raised(stage: Stage) -> None:
    ddl = """
    CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE 'no space' USING ERRCODE = '53100'; END $$;
    CREATE TABLE t (id int); CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fill_disk();
    """
    with pytest.raises(asyncpg.DiskFullError):
        await stage.fill(ddl)
