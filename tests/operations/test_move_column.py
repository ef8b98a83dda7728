"""A column moves to another table while old and new code both write."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from backfill.working import Working
from checks.projects import Revision, env_py, write_project
from midflight.bridge.applying import apply
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.request import Request
from midflight.errors import MidflightError
from operations.applying import upgrade
from operations.cycle import URL, Case, run_operation_cycle, url_of

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address
    from operations.stage import Stage

TABLES = """
CREATE TABLE users (id int PRIMARY KEY, name text, phone varchar(40) DEFAULT 'none' NOT NULL);
COMMENT ON COLUMN users.phone IS 'with the country';
CREATE TABLE profiles (
    id int PRIMARY KEY, user_id int UNIQUE REFERENCES users ON UPDATE CASCADE ON DELETE CASCADE, bio text
);
INSERT INTO users SELECT i, 'n' || i, '+' || i FROM generate_series(1, 200) AS i;
INSERT INTO profiles SELECT i + 1000, i FROM generate_series(1, 200) AS i
"""
MOVE = 'op.move_column("users", "phone", "profiles", on={"user_id": "id"}, phase='
BACK = ', undo=True, existing_nullable=False, existing_server_default="none")'
IN_STEP = """
SELECT NOT EXISTS (
    SELECT FROM users JOIN profiles ON user_id = users.id WHERE users.phone IS DISTINCT FROM profiles.phone
)
"""
COLUMNS = """
SELECT string_agg(attrelid::regclass::text, ' ' ORDER BY attrelid) FROM pg_attribute
WHERE attname = 'phone' AND NOT attisdropped AND attrelid IN ('users'::regclass, 'profiles'::regclass)
"""
NEW_CODE = "UPDATE profiles SET phone = %s WHERE user_id = %s"
LEFT = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'midflight'::regnamespace"


def test_expand_goes_its_whole_cycle(stage: Stage, tmp_path: Path) -> None:
    case = Case(
        "expand",
        setup=TABLES,
        up=f'{MOVE}"expand")',
        down=f'{MOVE}"expand", undo=True)',
        effect="SELECT count(*) = 8 FROM pg_trigger WHERE tgname LIKE 'zzz_midflight%' AND tgrelid IN"
        " ('users'::regclass, 'profiles'::regclass)",
        offline=False,  # the column's type only the database knows
    )
    run_operation_cycle(stage, tmp_path, case)


def test_three_phases_lead_there_and_back(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(TABLES)
    project = Walk(tmp_path, database)
    before, shapes = stage.snapshot(database), {}
    for phase in ("expand", "migrate", "contract"):
        project.go("upgrade", "+1")
        shapes[phase] = (
            stage.value(database, COLUMNS),
            stage.value(database, "SELECT sum(length(phone)) FROM profiles"),
        )
    assert shapes == {
        "expand": ("users profiles", None),
        "migrate": ("users profiles", 692),
        "contract": ("profiles", 692),
    }
    assert stage.value(database, LEFT) == 0
    project.go("downgrade", "-1")
    assert stage.value(database, COLUMNS) == "users profiles"
    assert stage.value(database, IN_STEP) is True
    project.go("upgrade", "+1")
    stage.send(database, "UPDATE profiles SET phone = 'late' WHERE user_id = 7")
    project.go("downgrade", "-3")
    assert stage.value(database, "SELECT phone FROM users WHERE id = 7") == "late"
    assert stage.snapshot(database) == before
    stage.drop(database)


def test_what_either_side_writes_is_on_both(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(TABLES)
    Walk(tmp_path, database).go("upgrade", "+1")
    with psycopg.connect(database.url("postgresql"), autocommit=True) as connection:

        def both(user: int) -> object:
            query = (
                "SELECT users.phone, profiles.phone FROM users JOIN profiles ON user_id = users.id WHERE users.id = %s"
            )
            return connection.execute(query, [user]).fetchone()

        connection.execute("UPDATE users SET phone = 'old code' WHERE id = 1")
        assert both(1) == ("old code", "old code")
        connection.execute("UPDATE profiles SET phone = 'new code' WHERE user_id = 1")
        assert both(1) == ("new code", "new code")
        connection.execute("INSERT INTO users (id, phone) VALUES (301, 'old'); INSERT INTO profiles VALUES (2301, 301)")
        assert both(301) == ("old", "old")
        connection.execute("INSERT INTO users (id) VALUES (302); INSERT INTO profiles VALUES (2302, 302, NULL, 'new')")
        assert both(302) == ("new", "new")
        connection.execute("UPDATE users SET id = 402 WHERE id = 302")  # the foreign key cascades
        assert both(402) == ("new", "new")
        connection.execute("INSERT INTO profiles VALUES (9, NULL, NULL, 'alone'); INSERT INTO users (id) VALUES (500)")
        connection.execute("UPDATE profiles SET user_id = 500 WHERE id = 9")  # whose user has the default alone
        assert both(500) == ("alone", "alone")
        connection.execute(
            "UPDATE profiles SET user_id = NULL WHERE user_id = 2; UPDATE profiles SET user_id = 2 WHERE id = 9"
        )
        assert both(2) == ("+2", "+2")
        connection.execute("INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET phone = 'upsert'")
        assert both(1) == ("upsert", "upsert")
        connection.execute("UPDATE users SET name = 'x'")
        connection.execute("UPDATE users SET phone = phone || '!'")
        assert both(200) == ("+200!", "+200!")
        assert connection.execute(IN_STEP).fetchone() == (True,)
    stage.drop(database)


def test_a_row_is_found_where_the_old_table_refers_to_the_new_one(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(
        "CREATE TABLE profiles (id int PRIMARY KEY);"
        "CREATE TABLE users (id int PRIMARY KEY, profile_id int UNIQUE REFERENCES profiles, phone text DEFAULT 'none')"
    )
    upgrade(tmp_path, database, 'op.move_column("users", "phone", "profiles", on={"id": "profile_id"}, phase="expand")')
    stage.send(
        database,
        "INSERT INTO profiles VALUES (1, 'new'); INSERT INTO users VALUES (1, 1);"
        "INSERT INTO profiles VALUES (2); INSERT INTO users VALUES (2, 2, 'old')",
    )
    both = "SELECT string_agg(users.phone || ' ' || profiles.phone, ', ' ORDER BY users.id) FROM users JOIN profiles"
    assert stage.value(database, f"{both} ON profiles.id = profile_id") == "new new, old old"
    stage.drop(database)


def test_a_role_that_may_write_one_table_alone_can_still_write_it(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(TABLES)
    Walk(tmp_path, database).go("upgrade", "+1")
    role = f"{database.database}_app"
    stage.send(database, f"CREATE ROLE {role}; GRANT SELECT, UPDATE ON profiles TO {role}")
    try:
        with psycopg.connect(database.url("postgresql"), autocommit=True) as connection:
            connection.execute(f'SET ROLE "{role}"')
            connection.execute("UPDATE profiles SET phone = 'mine' WHERE user_id = 3")
        assert stage.value(database, "SELECT phone FROM users WHERE id = 3") == "mine"
    finally:
        stage.send(database, f"DROP OWNED BY {role}; DROP ROLE {role}")
        stage.drop(database)


PROFILES = "CREATE TABLE profiles (id int, user_id int UNIQUE)"
REFUSED = {
    "no unique key": (f"CREATE TABLE users (id int, phone text); {PROFILES}", "users has no unique key over id"),
    "several rows there": (
        "CREATE TABLE users (id int PRIMARY KEY, phone text); CREATE TABLE profiles (id int, user_id int)",
        "profiles has no unique key over user_id",
    ),
    "no column": (f"CREATE TABLE users (id int PRIMARY KEY); {PROFILES}", "no column phone in users"),
    "generated": (
        f"CREATE TABLE users (id int PRIMARY KEY, phone text GENERATED ALWAYS AS ('x') STORED); {PROFILES}",
        "a generated column",
    ),
    "taken": (
        "CREATE TABLE users (id int PRIMARY KEY, phone text); CREATE TABLE profiles (user_id int UNIQUE, phone text)",
        "has a column phone already",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_in_step_is_refused(stage: Stage, tmp_path: Path, name: str) -> None:
    setup, reason = REFUSED[name]
    database = stage.clone(setup)
    with pytest.raises(MidflightError, match=reason):
        upgrade(tmp_path, database, f'{MOVE}"expand")')
    stage.drop(database)


def test_the_contract_waits_for_the_backfill_and_loses_no_value(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(f"{TABLES}; DELETE FROM profiles WHERE user_id = 5")
    project = Walk(tmp_path, database)
    project.go("upgrade", "+2")
    stage.send(database, "UPDATE midflight.backfill SET state = 'running'")
    with pytest.raises(MidflightError, match="users_phone_profiles is running"):
        project.go("upgrade", "+1")
    stage.send(database, "UPDATE midflight.backfill SET state = 'finished'")
    with pytest.raises(MidflightError, match="no partner in the new table"):
        project.go("upgrade", "+1")
    stage.send(database, "INSERT INTO profiles VALUES (5, 5)")
    project.go("upgrade", "+1")
    assert stage.value(database, "SELECT phone FROM profiles WHERE id = 5") == "+5"
    stage.drop(database)


def test_clients_of_both_shapes_write_all_the_time(stage: Stage, tmp_path: Path) -> None:
    """Each row is written by clients of one shape at a time; what each wrote last is on both sides at the end."""
    database = stage.clone(TABLES.replace("200)", "20000)").replace("i + 1000", "i + 100000"))
    project = Walk(tmp_path, database)
    last: dict[int, str] = {}
    with _Writers(database, "UPDATE users SET phone = %s WHERE id = %s", range(1, 10000), last):
        project.go("upgrade", "+1")
        with _Writers(database, NEW_CODE, range(10000, 20001), last):
            project.go("upgrade", "+1")
            time.sleep(0.5)
            project.go("downgrade", "-1")
            time.sleep(0.2)
            project.go("upgrade", "+1")
            Working(database, None, {}).ends()
    assert stage.value(database, "SELECT state FROM midflight.backfill") == "finished"
    assert stage.value(database, IN_STEP) is True
    with _Writers(database, NEW_CODE, range(1, 20001), last):
        project.go("upgrade", "+1")
    with psycopg.connect(database.url("postgresql")) as connection:
        rows: dict[int, str] = dict(connection.execute("SELECT user_id, phone FROM profiles").fetchall())
    assert len(last) > 100
    assert rows == {key: last.get(key, f"+{key}") for key in range(1, 20001)}
    stage.drop(database)


class _Writers:
    """A thread that writes rows one after the other until it is told to stop; its errors are the test's."""

    def __init__(self, database: Address, query: str, keys: range, last: dict[int, str]) -> None:
        self._work = (database, query, keys, last)
        self._stop = threading.Event()
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        assert self._errors == []

    def _run(self) -> None:
        database, query, keys, last = self._work
        choose = random.Random(7)
        try:
            with psycopg.connect(database.url("postgresql"), autocommit=True) as connection:
                while not self._stop.is_set():
                    key, value = choose.choice(keys), f"{choose.random()}"
                    connection.execute(query, [value, key])
                    last[key] = value
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            self._errors.append(error)


class Walk:
    """A project of the three revisions, on a database."""

    def __init__(self, folder: Path, database: Address) -> None:
        self._folder, self._database = folder, database
        env = env_py("asyncpg", url=URL, before="import os").replace(repr(URL), f"os.environ[{URL!r}]")
        after = None
        for phase in ("expand", "migrate", "contract"):
            down = f'{MOVE}"{phase}"' + (BACK if phase == "contract" else ", undo=True)")
            before = f'from midflight import op\nphase = "{phase}"'
            write_project(
                folder, Revision(phase, up=f'{MOVE}"{phase}")', down=down, before=before, after=after), env=env
            )
            after = phase

    def go(self, direction: Any, target: str) -> None:  # noqa: ANN401 - one of two words
        with url_of(self._database, "asyncpg"):
            project = load_project(ProjectSource(self._folder / "alembic.ini"))
            apply(project, Request(direction=direction, target=target, database=self._database))
