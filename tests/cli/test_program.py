from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import click
import pytest

import midflight.cli
from midflight import __version__
from midflight.cli import main
from midflight.cli.program import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

HEAVY = {"alembic", "asyncpg", "postgast", "google", "pydantic", "pydantic_settings", "rich", "sqlalchemy"}
EXIT_CODES = [
    "0    fine",
    "1    findings",
    "2    wrong use",
    "3    database trouble",
    "70   an error",
    "130  interrupted",
]


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that are loaded after some code has run."""
    ending = "\nimport json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    ran = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, text=True, check=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_import_loads_nothing_heavy() -> None:
    loaded = loaded_by("import midflight, midflight.cli")
    assert "click" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *[[name, "--help"] for name in COMMANDS]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_by(f"import midflight.cli; assert midflight.cli.main({arguments!r}) == 0")
    assert loaded & HEAVY == set()


def test_help_of_the_program_imports_no_command() -> None:
    code = "import sys, midflight.cli; midflight.cli.main(['--help'])\n"
    code += f"assert not [name for name in {list(COMMANDS)!r} if 'midflight.cli.' + name in sys.modules]"
    loaded_by(code)


def test_help_lists_every_command_and_the_exit_codes(midflight: Run) -> None:
    for flag in ("--help", "-h"):
        ran = midflight(flag)
        assert ran.returncode == 0
        assert ran.stderr == ""
        assert [name for name in COMMANDS if f"\n  {name} " in ran.stdout] == list(COMMANDS)
        assert [code for code in EXIT_CODES if f"\n    {code}" in ran.stdout] == EXIT_CODES


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_that_begins_with_its_line_in_the_list(midflight: Run, name: str) -> None:
    ran = midflight(name, "-h")
    assert ran.returncode == 0
    assert ran.stdout.startswith(f"Usage: midflight {name} ")
    assert ran.stdout.split("\n\n")[1].replace("\n ", "").strip() == COMMANDS[name]


def test_every_command_that_has_a_file_is_listed() -> None:
    modules = [
        importlib.import_module(f"midflight.cli.{found.name}") for found in pkgutil.iter_modules(midflight.cli.__path__)
    ]
    commands = {
        module.__name__.rpartition(".")[2]
        for module in modules
        if isinstance(getattr(module, "command", None), click.Command)
    }
    assert commands == set(COMMANDS)


def test_version(midflight: Run) -> None:
    assert midflight("--version").stdout == f"midflight {__version__}\n"


def test_console_script_is_main() -> None:
    (script,) = entry_points(group="console_scripts", name="midflight")
    assert script.load() is main


def test_no_command_is_wrong_use(midflight: Run) -> None:
    ran = midflight()
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Usage: midflight ")


@pytest.mark.parametrize(
    ("arguments", "words", "hint"),
    [
        (["chekc"], ["no command 'chekc'", "did you mean check?"], "midflight --help"),
        (["frobnicate"], ["no command 'frobnicate'"], "midflight --help"),
        (["check", "--sinse", "x"], ["--sinse", "--since"], "midflight check --help"),
        (["check", "--postgres", "new"], ["'--postgres': 'new' is not a valid integer"], "midflight check --help"),
        (["check", "--format", "xml"], ["'--format': 'xml' is not one of"], "midflight check --help"),
        (["explain", "a", "b"], ["unexpected extra argument (b)"], "midflight explain --help"),
    ],
)
def test_wrong_use_is_one_clear_line(midflight: Run, arguments: list[str], words: list[str], hint: str) -> None:
    ran = midflight(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    first, second = ran.stderr.splitlines()
    assert first.startswith("error: ")
    assert [word for word in words if word in first] == words
    assert second == f"hint: {hint}"
