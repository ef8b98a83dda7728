"""Rows refer to rows that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rows.conftest import Stage


async def test_parents_come_first(stage: Stage) -> None:
    ddl = """
    CREATE TABLE z_parent (id serial PRIMARY KEY);
    CREATE TABLE m_child (id uuid PRIMARY KEY, parent int NOT NULL REFERENCES z_parent);
    CREATE TABLE a_grandchild (child uuid REFERENCES m_child, parent int REFERENCES z_parent);
    """
    assert await stage.fill(ddl) == {}
    assert await stage.values("SELECT parent FROM m_child ORDER BY 1") == [1, 1, 2]
    assert await stage.actor.fetchval("SELECT count(*) FROM a_grandchild WHERE child IS NULL AND parent IS NULL") == 1
    assert await stage.actor.fetchval("SELECT count(*) FROM a_grandchild JOIN m_child ON child = id") == 2


async def test_rows_of_a_revision_are_referred_to(stage: Stage) -> None:
    ddl = """
    CREATE TABLE currencies (code char(3) PRIMARY KEY); INSERT INTO currencies VALUES ('EUR');
    CREATE TABLE prices (currency char(3) NOT NULL REFERENCES currencies, amount numeric NOT NULL);
    CREATE TABLE one_each (currency char(3) PRIMARY KEY REFERENCES currencies);
    """
    assert await stage.fill(ddl) == {}
    assert await stage.values("SELECT currency FROM prices") == ["EUR"] * 3
    assert await stage.count("one_each") == 1


async def test_composite_keys_hold_together(stage: Stage) -> None:
    ddl = """
    CREATE TABLE tenants (id int PRIMARY KEY);
    CREATE TABLE users (tenant int REFERENCES tenants, id int, PRIMARY KEY (tenant, id));
    CREATE TABLE teams (tenant int REFERENCES tenants, id int, PRIMARY KEY (tenant, id));
    CREATE TABLE members (tenant int NOT NULL REFERENCES tenants, user_id int NOT NULL, team_id int,
        FOREIGN KEY (tenant, user_id) REFERENCES users, FOREIGN KEY (tenant, team_id) REFERENCES teams,
        PRIMARY KEY (tenant, user_id));
    CREATE TABLE fully (tenant int, user_id int, FOREIGN KEY (tenant, user_id) REFERENCES users MATCH FULL);
    """
    assert await stage.fill(ddl) == {}
    assert await stage.count("members") >= 2
    assert await stage.actor.fetchval("SELECT count(team_id) FROM members") >= 1
    assert await stage.actor.fetchval("SELECT count(*) FROM members WHERE team_id IS NULL") >= 1
    assert await stage.actor.fetchval("SELECT count(*) FROM fully WHERE tenant IS NULL AND user_id IS NULL") == 1


async def test_composite_keys_into_many_rows(stage: Stage) -> None:
    ddl = """
    CREATE TABLE places (country text, city int, PRIMARY KEY (country, city));
    INSERT INTO places SELECT 'country ' || 99 - n, n FROM generate_series(1, 90) AS n;
    CREATE TABLE shops (country text NOT NULL, city int NOT NULL, FOREIGN KEY (country, city) REFERENCES places);
    """
    assert await stage.fill(ddl) == {}
    assert await stage.count("shops") == 3


async def test_association_tables_have_pairs(stage: Stage) -> None:
    ddl = """
    CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (id serial PRIMARY KEY);
    CREATE TABLE a_b (a int REFERENCES a, b int REFERENCES b, PRIMARY KEY (a, b))
    """
    assert await stage.fill(ddl) == {}
    assert await stage.rows("SELECT * FROM a_b ORDER BY a, b") == [
        {"a": 1, "b": 1},
        {"a": 1, "b": 2},
        {"a": 2, "b": 1},
    ]


async def test_a_table_that_refers_to_itself(stage: Stage) -> None:
    ddl = """
    CREATE TABLE may (id serial PRIMARY KEY, parent int REFERENCES may);
    CREATE TABLE must (id serial PRIMARY KEY, parent int NOT NULL REFERENCES must);
    CREATE TABLE always (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent int NOT NULL REFERENCES always);
    CREATE TABLE typed (id uuid PRIMARY KEY, parent uuid NOT NULL REFERENCES typed);
    CREATE TABLE pairs (tenant int, id int, parent int, PRIMARY KEY (tenant, id),
        FOREIGN KEY (tenant, parent) REFERENCES pairs);
    """
    assert await stage.fill(ddl) == {}
    assert await stage.values("SELECT parent FROM may ORDER BY id") == [None, 1, None]
    for table in ("must", "always", "typed"):
        assert await stage.actor.fetchval(f"SELECT count(*) FROM {table} WHERE parent = id") == 3
    assert await stage.count("pairs") == 3
    assert await stage.actor.fetchval("INSERT INTO always (parent) VALUES (1) RETURNING id") == 4


async def test_tables_in_a_circle_that_has_a_way_in(stage: Stage) -> None:
    ddl = """
    CREATE TABLE departments (id serial PRIMARY KEY, head int);
    CREATE TABLE people (id serial PRIMARY KEY, department int NOT NULL REFERENCES departments);
    ALTER TABLE departments ADD FOREIGN KEY (head) REFERENCES people;
    """
    assert await stage.fill(ddl) == {}
    assert await stage.count("people") == 3
    assert sorted(await stage.values("SELECT head IS NULL FROM departments")) == [False, True, True]


async def test_a_circle_that_is_checked_at_the_end(stage: Stage) -> None:
    ddl = """
    CREATE TABLE a (id serial PRIMARY KEY, b int NOT NULL);
    CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, c int NOT NULL);
    CREATE TABLE c (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
    ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c; ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE;
    CREATE TABLE after (a int NOT NULL REFERENCES a);
    """
    assert await stage.fill(ddl) == {}
    assert [await stage.count(table) > 0 for table in ("a", "b", "c", "after")] == [True] * 4


async def test_a_circle_without_a_way_in(stage: Stage) -> None:
    ddl = """
    CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
    CREATE TABLE c (a int NOT NULL REFERENCES a); CREATE TABLE d (a int REFERENCES a); CREATE TABLE e (i int)
    """
    unfilled = await stage.fill(ddl)
    assert unfilled.keys() == {"a", "b", "c"}
    assert "violates foreign key constraint" in unfilled["a"]
    assert unfilled["c"] == "it refers to a, which holds no rows"
    assert await stage.values("SELECT a FROM d") == [None] * 3
    assert await stage.count("e") == 3


async def test_a_child_of_a_table_that_cannot_be_filled(stage: Stage) -> None:
    ddl = """
    CREATE TABLE p (id int PRIMARY KEY, never int NOT NULL CHECK (never < 0 AND never > 0));
    CREATE TABLE must (p int NOT NULL REFERENCES p); CREATE TABLE may (p int REFERENCES p)
    """
    assert (await stage.fill(ddl)).keys() == {"p", "must"}
    assert await stage.values("SELECT p FROM may") == [None] * 3


async def test_a_table_that_comes_later_refers_to_what_is_there(stage: Stage) -> None:
    await stage.fill("CREATE TABLE p (id serial PRIMARY KEY)")
    assert await stage.fill("CREATE TABLE c (id serial PRIMARY KEY, p int NOT NULL UNIQUE REFERENCES p)") == {}
    assert await stage.values("SELECT p FROM c ORDER BY id") == [1, 2, 3]
