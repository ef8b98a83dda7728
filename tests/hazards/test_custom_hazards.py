"""Hazards of installed packages: a wheel's metadata in a folder of sys.path is all that an installation is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks.projects import run_check
from midflight.errors import HazardError
from midflight.hazards.custom import custom_hazards
from midflight.registry import BUILT_IN

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "custom-hazard.md").read_text()
MODULE, TEST = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
[TOML] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
ENTRY_POINTS = tomllib.loads(TOML)["project"]["entry-points"]["midflight.hazards"]
TABLE = 'CREATE TABLE "Orders" (id int PRIMARY KEY);\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def install(site: Path, code: str, entry_points: dict[str, str], *, package: str = "acme-hazards") -> None:
    metadata = site / f"{package.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in entry_points.items()]
    (metadata / "entry_points.txt").write_text("\n".join(["[midflight.hazards]", *lines, ""]))
    (site / f"{package.replace('-', '_')}.py").write_text(code)


def path(site: Path) -> dict[str, str]:
    """Put the folder before what the tests themselves were given."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))}


def midflight(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "midflight", *arguments]
    return subprocess.run(command, env=os.environ | path(site), capture_output=True, text=True, check=False)


def test_the_documented_package_is_found_explained_weighed_and_allowed(
    tmp_path: Path, site: Path, server: Address
) -> None:
    install(site, MODULE, ENTRY_POINTS)
    explained = midflight(site, "explain", "acme-mixed-case-table")
    assert explained.stdout.startswith("warning acme-mixed-case-table\n"), explained.stderr
    assert "acme-mixed-case-table" in midflight(site, "explain").stdout

    shadow = ("--sql", "-", "--shadow", server.url())
    checked = run_check(tmp_path, *shadow, env=path(site), stdin=TABLE.encode())
    [finding] = checked.revision("<stdin>")["findings"]
    assert (checked.code, finding["hazard"], finding["severity"]) == (0, "acme-mixed-case-table", "warning")

    (tmp_path / "pyproject.toml").write_text('[tool.midflight.severity]\nacme-mixed-case-table = "error"\n')
    assert run_check(tmp_path, *shadow, env=path(site), stdin=TABLE.encode()).code == 1
    allowed = f"-- midflight: allow(acme-mixed-case-table): as the other vendor has it\n{TABLE}"
    checked = run_check(tmp_path, *shadow, env=path(site), stdin=allowed.encode())
    assert (checked.code, checked.revision("<stdin>")["findings"]) == (0, [])
    assert run_check(tmp_path, *shadow, stdin=TABLE.encode()).code == 2  # without the package there is no such hazard


def test_the_documented_test_passes(tmp_path: Path, site: Path) -> None:
    install(site, MODULE, ENTRY_POINTS)
    (tmp_path / "test_acme.py").write_text(TEST)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        "test_acme.py",
    ]
    ran = subprocess.run(
        command, cwd=tmp_path, env=os.environ | path(site), capture_output=True, text=True, check=False
    )
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("import nowhere_at_all", "acme_hazards", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("raise SystemExit(0)", "acme_hazards", "SystemExit: 0"),
        ("1 / 0", "acme_hazards", "ZeroDivisionError: division by zero"),
        ("", "acme_hazards:GONE", "AttributeError: module 'acme_hazards' has no attribute 'GONE'"),
        ("", "acme_hazards", "it holds no midflight.hazards.hazard.Hazard"),
        ("HAZARDS = ()", "acme_hazards", "it holds no midflight.hazards.hazard.Hazard"),
        ("HAZARD = 'drop-table'", "acme_hazards", "it holds no midflight.hazards.hazard.Hazard"),
        (MODULE.replace("acme-mixed-case-table", "drop-table"), "acme_hazards", "there is another hazard 'drop-table'"),
        (MODULE.replace("acme-mixed-case-table", "Acme_1"), "acme_hazards", "id 'Acme_1' is not in kebab case"),
        (f"{MODULE}\nHAZARDS = (HAZARD, HAZARD)", "acme_hazards", "another hazard 'acme-mixed-case-table'"),
    ],
    ids=["import", "exit", "raise", "attribute", "nothing", "empty", "a string", "taken", "odd id", "twice"],
)
def test_a_package_that_cannot_be_used_is_named(site: Path, code: str, value: str, said: str) -> None:
    install(site, code, {"acme": value})
    for command in (["explain"], ["check", "--sql", "-"]):
        ran = midflight(site, *command)
        assert (ran.returncode, ran.stdout) == (2, "")
        [line] = ran.stderr.splitlines()
        assert line.startswith(f"error: hazards of acme-hazards, entry point acme = {value}: ")
        assert said in line


@pytest.mark.parametrize(
    ("body", "said"),
    [("raise KeyError('x')", "failed: KeyError: 'x'"), ("yield 'harm'", "did not yield a"), ("return", "'NoneType'")],
)
def test_a_check_that_fails_names_its_package(
    tmp_path: Path, site: Path, server: Address, body: str, said: str
) -> None:
    code = MODULE.replace("    for create in", f"    {body}\n    for create in", 1)
    code = code.replace("yield Harm", "print") if body == "return" else code
    install(site, code, ENTRY_POINTS)
    checked = run_check(tmp_path, "--sql", "-", "--shadow", server.url(), env=path(site), stdin=TABLE.encode())
    assert (checked.code, checked.out) == (2, "")
    assert "error: hazards of acme-hazards, entry point acme = acme_hazards: acme-mixed-case-table" in checked.err
    assert said in checked.err


def test_several_packages_add_theirs_in_the_order_of_their_names(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = f"{MODULE}\nfrom dataclasses import replace\nBOTH = (HAZARD, replace(HAZARD, id='acme-two'))\n"
    install(site, two, {})
    install(site, MODULE.replace("acme-mixed", "other-mixed"), {}, package="other-hazards")
    monkeypatch.syspath_prepend(str(site))
    points = [
        EntryPoint(name, value, "midflight.hazards")
        for name, value in (("z", "acme_hazards:BOTH"), ("a", "other_hazards:HAZARD"))
    ]
    ids = [hazard.id for hazard in custom_hazards(points, BUILT_IN.ids)]
    assert ids == ["other-mixed-case-table", "acme-mixed-case-table", "acme-two"]
    with pytest.raises(
        HazardError, match=r"of an unnamed package, entry point z = .*another hazard 'acme-mixed-case-table'"
    ):
        custom_hazards(points, BUILT_IN.ids | {"acme-mixed-case-table"})
