from __future__ import annotations

import errno
from typing import NoReturn

import click
import pytest

from midflight.cli.failures import TRACEBACK, failure_of, run_explained
from midflight.errors import DatabaseError, MidflightError, ProjectError, ShadowError
from midflight.pg.passwords import without_passwords

SECRET = "s3cr:t@wo/rd"


def fail_with(error: BaseException) -> NoReturn:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            ProjectError("alembic.ini: no such file", hint="name it"),
            2,
            "error: alembic.ini: no such file\nhint: name it\n",
        ),
        (MidflightError(), 2, "error: Midflight could not do what it was asked.\n"),
        (DatabaseError("gone"), 3, "error: gone\n"),
        (ShadowError("none"), 3, "error: none\n"),
        (click.UsageError("so not"), 2, "error: so not\n"),
        (click.Abort(), 130, "interrupted\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), 2, "error: /tmp/x: No space left on device\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "error: No space left on device\n"),
    ],
)
def test_each_failure_has_its_code_and_its_words(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TRACEBACK, raising=False)
    assert run_explained(lambda: fail_with(error)) == code
    assert capsys.readouterr() == ("", said)


def test_success_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_explained(lambda: 1) == 1
    assert capsys.readouterr() == ("", "")


def test_internal_error_tells_its_type_and_place_and_not_its_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TRACEBACK, raising=False)
    assert run_explained(lambda: fail_with(RuntimeError(f"connect as {SECRET}"))) == 70
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == ""
    assert first.startswith("internal error: RuntimeError at test_failures.py:")
    assert second == "hint: MIDFLIGHT_TRACEBACK=1 shows the traceback"


def test_traceback_on_request_without_passwords(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TRACEBACK, "1")
    assert run_explained(lambda: fail_with(ValueError(f"postgresql://shop:{SECRET}@host/shop"))) == 70
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert "ValueError: postgresql://shop:***@host/shop" in err
    assert "internal error: ValueError" in err
    assert SECRET not in err


def test_an_exit_stays_an_exit() -> None:
    with pytest.raises(SystemExit):
        run_explained(lambda: fail_with(SystemExit(5)))


def test_an_os_error_that_is_no_full_disk_is_ours() -> None:
    assert failure_of(OSError(errno.EIO, "broken")).code == 70


def test_messages_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    run_explained(lambda: fail_with(ProjectError("\x1b[2Jgone")))
    assert r"error: \x1b[2Jgone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"postgresql+asyncpg://shop:{SECRET}@host/shop failed", "postgresql+asyncpg://shop:***@host/shop failed"),
        ("postgresql://shop@host:5432/shop", "postgresql://shop@host:5432/shop"),
        ("https://www.postgresql.org/docs: see there", "https://www.postgresql.org/docs: see there"),
        ("host=a password=secret user=b", "host=a password=*** user=b"),
        ("host=a password='with space' user=b", "host=a password=*** user=b"),
        ("{'password': 'secret', 'user': 'b'}", "{'password': ***, 'user': 'b'}"),
        ("connect(password=\"secret\", user='b')", "connect(password=***, user='b')"),
        ("the server does not accept the password of shop", "the server does not accept the password of shop"),
    ],
)
def test_passwords_are_starred(text: str, shown: str) -> None:
    assert without_passwords(text) == shown
