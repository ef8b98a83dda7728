from __future__ import annotations

from pathlib import Path

import pytest

from midflight.bridge.project import ProjectSource
from midflight.checks.request import HistoryRequest, SqlRequest
from midflight.cli.flags import CheckFlags
from midflight.cli.request import request_of
from midflight.errors import SettingsError
from midflight.pg.addresses import Address
from midflight.shadow.choice import ShadowChoice

SECRET = "s3cr:t@word"
URL = f"postgresql+asyncpg://shop:{SECRET}@localhost:5433/shop"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "SHADOW", "POSTGRES", "BASELINE", "ROLES", "TIME_LIMIT", "START_LIMIT"):
        monkeypatch.delenv(f"MIDFLIGHT_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def history(flags: CheckFlags) -> HistoryRequest:
    request = request_of(flags)
    assert isinstance(request, HistoryRequest)
    return request


def test_nothing_given_is_the_whole_history_of_the_project_here() -> None:
    request = history(CheckFlags())
    assert (request.range, request.since, request.pending, request.database) == (None, None, False, None)
    assert request.source == ProjectSource(None, "alembic", ())
    assert request.conditions.choice == ShadowChoice("auto", None)
    assert (request.conditions.baseline, request.conditions.time_limit) == (None, 60)


def test_every_flag_arrives() -> None:
    request = history(
        CheckFlags(
            places=("a:b",),
            config=Path("db/alembic.ini"),
            name="shop",
            x=("tenant=one", "dry"),
            shadow="machine",
            postgres=16,
            baseline="schema.sql",
            time_limit=2.5,
        )
    )
    assert request.range == "a:b"
    assert request.source == ProjectSource(Path("db/alembic.ini"), "shop", ("tenant=one", "dry"))
    assert request.conditions.choice == ShadowChoice("machine", 16)
    assert (request.conditions.baseline, request.conditions.time_limit) == ("schema.sql", 2.5)


def test_since_and_pending_arrive() -> None:
    assert history(CheckFlags(since="origin/main")).since == "origin/main"
    request = history(CheckFlags(pending=True, database=URL))
    assert request.pending
    assert request.database == Address("localhost", 5433, "shop", "shop", SECRET)


def test_a_url_is_a_shadow() -> None:
    assert history(CheckFlags(shadow=URL)).conditions.choice.where == Address.from_url(URL)


def test_sql_files_arrive_in_their_order() -> None:
    request = request_of(CheckFlags(sql=True, places=("b.sql", "-", "a.sql")))
    assert isinstance(request, SqlRequest)
    assert request.files == (Path("b.sql"), None, Path("a.sql"))


def test_flags_win_over_variables_and_those_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pyproject.toml").write_text("[tool.midflight]\npostgres = 14\ntime_limit = 5\nroles = ['app']\n")
    request = history(CheckFlags())
    assert (request.conditions.choice.major, request.conditions.time_limit) == (14, 5)
    assert request.conditions.roles == ("app",)
    monkeypatch.setenv("MIDFLIGHT_POSTGRES", "15")
    assert history(CheckFlags()).conditions.choice.major == 15
    assert history(CheckFlags(postgres=16)).conditions.choice.major == 16


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (CheckFlags(shadow="elsewhere"), "shadow"),
        (CheckFlags(shadow=f"mysql://shop:{SECRET}@localhost/shop"), "shadow"),
        (CheckFlags(shadow=f"postgresql://shop:{SECRET}@localhost:port/shop"), "shadow"),
        (CheckFlags(pending=True, database=f"sqlite://shop:{SECRET}@/shop"), "database"),
        (CheckFlags(postgres=9), "postgres"),
        (CheckFlags(time_limit=0.0), "time_limit"),
        (CheckFlags(time_limit=float("nan")), "time_limit"),
    ],
)
def test_what_is_not_valid_is_named_and_its_value_is_not(flags: CheckFlags, named: str) -> None:
    with pytest.raises(SettingsError) as raised:
        request_of(flags)
    assert named in str(raised.value)
    assert SECRET not in str(raised.value)
