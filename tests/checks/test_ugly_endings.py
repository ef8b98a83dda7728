"""Revisions that hang, exit or cut their own connection, servers that die, full disks, Ctrl-C: each ends in order."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks.endings import SECRET, URL_WITH_SECRET, nothing_left, refusal
from checks.projects import Checked, Revision, env_py, line_of, run_check, write_project
from midflight.shadow.account import server_account
from midflight.shadow.installations import find_installations
from midflight.shadow.workspace import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.timeout(180)

SECONDS = 60.0
INTERRUPTED = 130
GOOD = Revision("a1", up="op.execute('CREATE TABLE t (id int)')", down="op.execute('DROP TABLE t')")


@pytest.fixture(scope="module", autouse=True)
def temporary(cache_folder: Path, left_behind: Callable[[Path], list[str]]) -> Iterator[Path]:
    with nothing_left(cache_folder, left_behind) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def clean(temporary: Path, cache_folder: Path, left_behind: Callable[[Path], list[str]]) -> Iterator[None]:
    """After each test nothing of it may be left: no process, no work folder, no temporary file."""
    before = set(left_behind(cache_folder))
    yield
    assert set(left_behind(cache_folder)) == before
    assert list(temporary.iterdir()) == []


# Each ends a revision in its own way: its code, where the last line is the guilty one, and what is said of it.
ENDINGS: dict[str, tuple[str, str]] = {
    "syntax": ("op.execute('SELEC 1')", "upgrade() fails: syntax error at or near \"SELEC\""),
    "raises": (f"raise RuntimeError({URL_WITH_SECRET!r})", "RuntimeError: postgresql+asyncpg://shop:***@db.invalid/shop"),
    "exits": ("import sys\nsys.exit(3)", "it called sys.exit(3)"),
    "tells": (f"raise SystemExit({URL_WITH_SECRET!r})", "it called sys.exit('postgresql+asyncpg://shop:***@db.invalid/shop')"),
    "interrupts": ("raise KeyboardInterrupt", "it raised KeyboardInterrupt"),
    "stops": ("raise StopIteration", "raised StopIteration"),
    "dies": ("op.execute('SELECT pg_terminate_backend(pg_backend_pid())')", "connection"),
    "hangs": ("op.execute('SELECT pg_sleep(600)')", "it did not end within 5 s"),
}  # fmt: skip
LINELESS: dict[str, tuple[str, str]] = {
    "closes": ("op.get_bind().connection.close()", "it closed the connection on which it runs"),
    "nothing": ("pass", "it has no upgrade()"),
}
"""Those that are noticed when the revision has ended."""
LOCKS_ITSELF_OUT = """
op.execute("LOCK TABLE t")
with sa.create_engine(op.get_bind().engine.url).connect() as another:
    another.execute(sa.text("SELECT count(*) FROM t"))
"""
DRIVERS = ("psycopg2", "asyncpg")


def write_endings(folder: Path, driver: str) -> Path:
    """Write a history in which each bad revision stands on a branch of its own, with another one upon it."""
    endings = ENDINGS | LINELESS
    if driver == "psycopg2":
        endings["waits"] = (LOCKS_ITSELF_OUT, "")
    revisions = [Revision(name, after="a1", up=code) for name, (code, _) in endings.items()]
    upon = [Revision(f"upon_{name}", after=name) for name in endings]
    write_project(folder, GOOD, *revisions, *upon, env=env_py(driver))
    nothing = folder / "migrations" / "versions" / "nothing.py"
    nothing.write_text(nothing.read_text().replace("def upgrade()", "def up_grade()"))
    return folder


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Checked]]:
    """The check of such a history, by driver; both run at once."""
    folders = [write_endings(tmp_path_factory.mktemp(driver), driver) for driver in DRIVERS]
    with ThreadPoolExecutor() as pool:
        checked = pool.map(lambda folder: run_check(folder, "--time-limit", "5"), folders)
        return dict(zip(DRIVERS, zip(folders, checked, strict=True), strict=True))


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("ending", ENDINGS | LINELESS)
def test_a_revision_ends_badly(ended: dict[str, tuple[Path, Checked]], driver: str, ending: str) -> None:
    folder, checked = ended[driver]
    code, said = (ENDINGS | LINELESS)[ending]
    revision = checked.revision(ending)
    assert revision["outcome"] == "failed"
    [finding] = [finding for finding in revision["findings"] if finding["hazard"] == "revision-fails"]
    assert said in finding["message"]
    if ending in ENDINGS:
        file = folder / "migrations" / "versions" / f"{ending}.py"
        assert finding["line"] == line_of(file, f"    {code.splitlines()[-1]}")
    assert checked.revision(f"upon_{ending}")["outcome"] == "not run"


def test_a_revision_waits_for_itself(ended: dict[str, tuple[Path, Checked]]) -> None:
    folder, checked = ended["psycopg2"]
    fails, locks = checked.revision("waits")["findings"]
    assert (fails["hazard"], locks["hazard"]) == ("revision-fails", "lock-table")
    assert fails["message"] == "upgrade() fails: it did not end within 5 s"
    assert fails["line"] == line_of(folder / "migrations/versions/waits.py", "SELECT count(*)")


@pytest.mark.parametrize("driver", DRIVERS)
def test_what_ends_badly_is_told_in_order(ended: dict[str, tuple[Path, Checked]], driver: str) -> None:
    _, checked = ended[driver]
    assert checked.code == 1
    assert checked.err == ""
    assert SECRET not in checked.out
    assert checked.revision("a1")["outcome"] == "passed"


STUCK = {
    "sleeps": ("while True:\n    time.sleep(0.1)", "    time.sleep(0.1)"),
    "swallows": (
        "while True:\n  try: op.execute('SELECT pg_sleep(600)')\n  except Exception: time.sleep(0.1)",
        "op.execute(",
    ),
    "asyncio": ("asyncio.run(asyncio.sleep(600))", "asyncio.run("),
}
"""Code that cutting its connection does not end, and the line at which it stands."""


def test_code_that_never_ends(tmp_path: Path) -> None:
    """Each is left behind, and what comes after it is not run: several checks at once, on servers of their own."""
    folders = {}
    for name, (code, _) in STUCK.items():
        bad = Revision("b2", after="a1", before="import asyncio, time", up=code)
        folders[name] = write_project(tmp_path / name, GOOD, bad, Revision("c3", after="a1"))
    back = Revision("b2", after="a1", before="import time", down=STUCK["sleeps"][0])
    folders["back"] = write_project(tmp_path / "back", GOOD, back, Revision("c3", after="a1"))
    with ThreadPoolExecutor() as pool:
        every = pool.map(lambda folder: run_check(folder, "--time-limit", "5"), folders.values())
        ended = dict(zip(folders, every, strict=True))
    for name, checked in ended.items():
        assert checked.code == 1, checked
        assert checked.err == ""
        bad_file = folders[name] / "migrations/versions/b2.py"
        [finding] = checked.revision("b2")["findings"]
        assert "it did not end within 5 s" in finding["message"]
        assert finding["line"] == line_of(bad_file, STUCK["sleeps" if name == "back" else name][1])
        if checked.outcomes()["c3"] == "not run":
            assert "would not end" in checked.revision("c3")["reason"]
    assert [finding["hazard"] for finding in ended["back"].revision("b2")["findings"]] == ["downgrade-fails"]


@dataclass(frozen=True, slots=True)
class Running:
    """A check that is under way."""

    process: subprocess.Popen[str]

    def wait_for(self, word: str) -> None:
        """Wait until a revision prints a word."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith(word):
                return
        pytest.fail(f"it never said {word!r}")

    def end(self) -> Checked:
        out, err = self.process.communicate(timeout=SECONDS)
        return Checked(self.process.returncode, out, err)


@contextmanager
def start_check(folder: Path, stdout: int = subprocess.PIPE) -> Iterator[Running]:
    command = [str(Path(sys.executable).with_name("midflight")), "check", "--shadow", "embedded"]
    with subprocess.Popen(command, cwd=folder, text=True, stdout=stdout, stderr=subprocess.PIPE) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


HANGING = {
    "sql": "print('hanging', flush=True)\nop.execute('SELECT pg_sleep(600)')",
    "python": "import time\nprint('hanging', flush=True)\ntime.sleep(600)",
}


@pytest.mark.parametrize(
    ("driver", "where", "number"),
    [
        ("psycopg2", "sql", signal.SIGINT),
        ("psycopg2", "python", signal.SIGTERM),
        ("asyncpg", "sql", signal.SIGTERM),
        ("asyncpg", "python", signal.SIGINT),
    ],
)
def test_interrupted_in_a_revision(tmp_path: Path, driver: str, where: str, number: signal.Signals) -> None:
    folder = write_project(tmp_path, GOOD, Revision("b2", after="a1", up=HANGING[where]), env=env_py(driver))
    with start_check(folder) as check:
        check.wait_for("hanging")
        began = time.monotonic()
        check.process.send_signal(number)
        ended = check.end()
    assert (ended.code, ended.out, ended.err.strip()) == (INTERRUPTED, "", "interrupted")
    assert time.monotonic() - began < 8  # it does not wait for the revision, nor for its limit


@pytest.mark.parametrize("milliseconds", [0, 100, 400])
def test_interrupted_at_any_moment(tmp_path: Path, cache_folder: Path, milliseconds: int) -> None:
    folder = write_project(tmp_path, GOOD, Revision("b2", after="a1", up=HANGING["python"]))
    before = set(cache_folder.glob("run/*.lock"))
    with start_check(folder) as check:
        give_up = time.monotonic() + SECONDS
        while set(cache_folder.glob("run/*.lock")) == before:
            assert time.monotonic() < give_up
            time.sleep(0.01)
        time.sleep(milliseconds / 1000)
        check.process.send_signal(signal.SIGINT)
        ended = check.end()
    assert ended.code == INTERRUPTED
    assert ended.err.replace("hanging", "").strip() == "interrupted"


def test_interrupted_twice(tmp_path: Path) -> None:
    folder = write_project(tmp_path, GOOD, Revision("b2", after="a1", up=HANGING["sql"]))
    with start_check(folder) as check:
        check.wait_for("hanging")
        check.process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        check.process.send_signal(signal.SIGINT)
        ended = check.end()
    assert ended.code == INTERRUPTED
    assert ended.err.strip() == "interrupted"


def server_of(cache: Path, before: set[Path]) -> int:
    [file] = set(cache.glob("run/*/data/postmaster.pid")) - before
    return int(file.read_text().split()[0])


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_server_that_dies(tmp_path: Path, cache_folder: Path, driver: str) -> None:
    before = set(cache_folder.glob("run/*/data/postmaster.pid"))
    folder = write_project(tmp_path, GOOD, Revision("b2", after="a1", up=HANGING["sql"]), env=env_py(driver))
    with start_check(folder) as check:
        check.wait_for("hanging")
        os.kill(server_of(cache_folder, before), signal.SIGKILL)
        ended = check.end()
    assert " went away: " in refusal(ended, code=3)


def test_a_revision_that_ends_the_process(tmp_path: Path, cache_folder: Path, temporary: Path) -> None:
    """Nothing can be said any more; the next check clears up."""
    running = set(cache_folder.glob("run/*.lock"))
    folder = write_project(tmp_path, GOOD, Revision("b2", after="a1", before="import os", up="os._exit(7)"))
    assert run_check(folder).code == 7
    assert set(cache_folder.glob("run/*.lock")) != running
    assert run_check(write_project(tmp_path / "good", GOOD)).code == 0
    for orphan in temporary.iterdir():  # the folder of a socket in which nobody listens any more
        shutil.rmtree(orphan)


def test_nobody_reads_the_report(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with start_check(write_project(tmp_path, GOOD), stdout=writing) as check:
        os.close(writing)
        ended = check.end()
    assert (ended.code, ended.err) == (0, "")


def test_the_report_cannot_be_written(tmp_path: Path) -> None:
    folder = write_project(tmp_path, GOOD)
    full = os.open("/dev/full", os.O_WRONLY)
    with start_check(folder, stdout=full) as check:
        os.close(full)
        _, said = check.process.communicate(timeout=SECONDS)
    assert (check.process.returncode, said) == (2, "error: standard output: No space left on device\n")
    assert "/dev/full: No space left on device" in refusal(run_check(folder, "--output", "/dev/full"))


def test_sql_that_hangs_or_loses_its_connection(tmp_path: Path) -> None:
    (tmp_path / "hangs.sql").write_text("SELECT 1;\nSELECT pg_sleep(600);\nSELECT 2;\n")
    (tmp_path / "dies.sql").write_text("SELECT pg_terminate_backend(pg_backend_pid());\nSELECT 2;\n")
    checked = run_check(tmp_path, "--time-limit", "3", "--sql", "hangs.sql", "dies.sql")
    assert (checked.code, checked.err) == (1, "")
    hangs, dies = checked.revision("hangs.sql"), checked.revision("dies.sql")
    assert (hangs["outcome"], hangs["reason"], hangs["line"]) == ("failed", "it did not end within 3 s", 2)
    assert (dies["outcome"], dies["line"]) == ("failed", 1)
    assert "terminating connection due to administrator command" in dies["reason"]


def test_passwords_in_sql_are_not_shown(tmp_path: Path) -> None:
    secret = "s3cr3t"
    role = Revision("a1", up=f"op.execute(\"CREATE ROLE app PASSWORD '{secret}'\")", down="op.execute('DROP ROLE app')")
    folder = write_project(tmp_path, role)
    (folder / "role.sql").write_text(f"CREATE ROLE app PASSWORD '{secret}';\nCREATE ROLE app PASSWORD '{secret}';\n")
    terminal = run_check(folder, "--verbose", form="terminal")
    assert "CREATE ROLE app PASSWORD ***" in terminal.out
    for checked in (terminal, run_check(folder), run_check(folder, "--sql", "role.sql")):
        assert "CREATE ROLE app" in checked.out
        assert secret not in checked.out + checked.err


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk in memory, which root may mount."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="mf-", dir="/tmp"))
    options = f"size={megabytes}m,mode=755"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "midflight", folder], capture_output=True, check=False
    )
    try:
        if mounted.returncode:
            pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
        yield folder
    finally:
        subprocess.run(["umount", folder], capture_output=True, check=False)
        folder.rmdir()


@pytest.fixture
def machine() -> dict[str, str]:
    """A server of this machine: the embedded one would first be unpacked onto the small disk."""
    if not asyncio.run(find_installations(server_account())):
        pytest.skip("no PostgreSQL is on this machine")
    return {"MIDFLIGHT_SHADOW": "machine"}


def test_a_full_disk_at_the_start(tmp_path: Path, machine: dict[str, str]) -> None:
    with small_disk(4) as disk:
        said = refusal(run_check(write_project(tmp_path, GOOD), env={**machine, VARIABLE: str(disk)}), code=3)
        assert f"the disk that holds {disk}" in said
        assert "is full (No space left on device)" in said
        assert list(disk.glob("run/*")) == []


def test_a_full_disk_in_a_revision(tmp_path: Path, machine: dict[str, str]) -> None:
    fill = "op.execute(\"CREATE TABLE big AS SELECT repeat('x', 1900) FROM generate_series(1, 99000)\")"
    with small_disk(128) as disk:
        folder = write_project(tmp_path, GOOD, Revision("b2", after="a1", up=fill))
        said = refusal(run_check(folder, env={**machine, VARIABLE: str(disk)}), code=3)
        assert " cannot go on, its disk is full: could not extend file" in said
        assert list(disk.glob("run/*")) == []


def test_folders_that_cannot_be_written() -> None:
    """A project may be read-only, the cache may not."""
    with small_disk(4) as disk:
        write_project(disk / "project", GOOD)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        checked = run_check(disk / "project")
        assert (checked.code, checked.err) == (0, "")
        said = refusal(run_check(disk / "project", env={VARIABLE: str(disk / "cache")}), code=3)
        assert f"the cache folder {disk}/cache cannot be used: Read-only file system" in said
        assert f"hint: set {VARIABLE} to a folder that can be written" in said
