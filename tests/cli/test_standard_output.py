from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BEGINNING = """
import os, sys, threading, time
from midflight.cli.failures import run_explained
from midflight.cli.standard_output import reserved_output, write_out
def command():
    with reserved_output() as out:
        noise()
        write_out(out, REPORT)
    return 1
"""
ENDING = "\nsys.exit(run_explained(command))\n"
QUIET = "REPORT = '{}'\ndef noise(): pass\n"


def program(middle: str) -> list[str]:
    return [sys.executable, "-c", BEGINNING + middle + ENDING]


def run(middle: str, redirection: str = "") -> subprocess.CompletedProcess[str]:
    """Run it under a shell, which redirects."""
    command = ["sh", "-c", f'exec "$0" "$@" {redirection}', *program(middle)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_only_the_report_reaches_standard_output() -> None:
    ran = run(
        """
REPORT = '{"report": true}'
def noise():
    print("by print")
    os.write(1, b"by write\\n")
    os.system("echo by a program")
"""
    )
    assert ran.returncode == 1
    assert json.loads(ran.stdout) == {"report": True}
    assert sorted(ran.stderr.splitlines()) == ["by a program", "by print", "by write"]


def test_what_was_printed_before_stays_where_it_was() -> None:
    ran = run("print('before')\nREPORT = 'report'\ndef noise(): pass\n")
    assert ran.stdout == "before\nreport"


def test_a_thread_that_never_ends_spoils_nothing_and_holds_up_nothing() -> None:
    ran = run(
        """
REPORT = '{}'
def forever():
    while True:
        print("still here")
        time.sleep(0.0001)
def noise():
    threading.Thread(target=forever, daemon=True).start()
    time.sleep(0.1)
"""
    )
    assert (ran.returncode, ran.stdout) == (1, "{}")
    assert set(ran.stderr.splitlines()) <= {"still here", ""}


def test_a_reader_who_goes_away_is_no_failure() -> None:
    """The report is larger than a pipe holds."""
    middle = "REPORT = 'line\\n' * 1_000_000\ndef noise(): pass\n"
    with subprocess.Popen(program(middle), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "line\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


def test_a_long_report_arrives_whole() -> None:
    assert run("REPORT = 'line\\n' * 1_000_000\ndef noise(): pass\n").stdout == "line\n" * 1_000_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_clear_line() -> None:
    ran = run(QUIET, ">/dev/full")
    assert (ran.returncode, ran.stderr) == (2, "error: standard output: No space left on device\n")


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_outputs_are_no_trouble(redirection: str) -> None:
    ran = run("REPORT = '{}'\ndef noise(): print('noise'); os.system('echo noise')\n", redirection)
    assert ran.returncode == 1
    assert ran.stdout == ("{}" if redirection == "2>&-" else "")


def test_characters_that_the_locale_lacks_are_written_out() -> None:
    ran = subprocess.run(
        program("REPORT = 'caf\\xe9 \\u8868 \\udcff'\ndef noise(): pass\n"),
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "latin-1"},
        timeout=60,
    )
    assert ran.stdout == b"caf\xe9 \\u8868 \\udcff"
