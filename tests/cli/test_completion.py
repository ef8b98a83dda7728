from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from midflight.cli.program import ALEMBIC_COMMANDS, COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(midflight: Run, shell: str) -> None:
    ran = midflight("completion", shell)
    assert ran.returncode == 0
    assert f"_MIDFLIGHT_COMPLETE={shell}_complete" in ran.stdout


def test_the_users_own_shell_is_the_default(midflight: Run) -> None:
    assert midflight("completion", SHELL="/usr/bin/fish").stdout == midflight("completion", "fish").stdout


@pytest.mark.parametrize("shell", ["", "/bin/tcsh"])
def test_an_unknown_shell_is_asked_for(midflight: Run, shell: str) -> None:
    ran = midflight("completion", SHELL=shell)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: which shell? bash, zsh, fish\n")


@needs_bash
def test_bash_accepts_the_script(midflight: Run) -> None:
    script = midflight("completion", "bash").stdout
    ran = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    registered = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p midflight"], capture_output=True, text=True, check=True
    )
    assert registered.stdout.rstrip().endswith("midflight")


def test_commands_and_options_are_completed(midflight: Run) -> None:
    commands = midflight(COMP_WORDS="midflight ", COMP_CWORD="1", _MIDFLIGHT_COMPLETE="bash_complete")
    assert commands.stdout.splitlines() == [f"plain,{name}" for name in [*COMMANDS, *ALEMBIC_COMMANDS]]
    options = midflight(COMP_WORDS="midflight check --s", COMP_CWORD="2", _MIDFLIGHT_COMPLETE="bash_complete")
    assert {"plain,--since", "plain,--sql", "plain,--shadow"} == set(options.stdout.splitlines())
