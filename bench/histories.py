"""``make histories``: checks the histories of real applications from base to head, and writes the results down.

They go to bench/out/histories.json, each whole report to bench/out/histories/NAME.json, and, where all were checked,
the tables to docs/explanation/real-histories.md. ``make histories ONLY=prefect,optuna`` checks some.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.applications import APPLICATIONS
from bench.environments import OUT, ROOT, Application, config_of, install
from bench.results import Result, read_report, tables

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = OUT / "histories"
PAGE = ROOT / "docs" / "explanation" / "real-histories.md"
BEGIN, END = "<!-- results: written by make histories -->", "<!-- end of results -->"
LIMIT = 300.0
"""Seconds that one check may take; what takes longer is a failure, and told."""


def main() -> int:
    """Check the applications that are named, or all; return 1 where one could not be checked."""
    chosen = _chosen(sys.argv[1:])
    REPORTS.mkdir(parents=True, exist_ok=True)
    results = [_told(_check(application)) for application in chosen]
    text = tables(results)
    print(f"\n{text}")
    (OUT / "histories.json").write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
    if len(chosen) == len(APPLICATIONS):
        _write(text)
    return int(any(result.trouble for result in results))


def _chosen(names: list[str]) -> list[Application]:
    wanted = [name for argument in names for name in argument.split(",") if name]
    known = {application.name: application for application in APPLICATIONS}
    strangers = [name for name in wanted if name not in known]
    if strangers:
        raise SystemExit(f"no such application: {strangers[0]}; there are {', '.join(known)}")
    return [known[name] for name in wanted] or list(APPLICATIONS)


def _check(application: Application) -> Result:
    """Check one history; whatever goes wrong becomes a result."""
    try:
        folder = install(application)
    except subprocess.CalledProcessError as error:
        return Result(application.name, application.version, trouble=f"not installed: {error}")
    report = REPORTS / f"{application.name}.json"
    report.unlink(missing_ok=True)
    began = time.perf_counter()
    try:
        ran = subprocess.run(
            _command(application, folder, report),
            cwd=folder,
            env={**os.environ, **application.environment},
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(application.name, application.version, trouble=f"not done within {LIMIT:g} s")
    seconds = time.perf_counter() - began
    if ran.returncode > 1:
        said = ran.stderr.decode(errors="replace").strip().splitlines()
        trouble = next((line for line in said if "error:" in line), said[-1] if said else "")
        return Result(application.name, application.version, trouble=f"exit code {ran.returncode}: {trouble}")
    document: dict[str, Any] = json.loads(report.read_text())
    return read_report(application, document, seconds)


def _command(application: Application, folder: Path, report: Path) -> list[Path | str]:
    config = config_of(application, folder)
    command: list[Path | str] = [folder / "bin" / "midflight", "check", "--config", config, "--shadow", "embedded"]
    return [*command, "--format", "json", "--output", report, *application.arguments]


def _told(result: Result) -> Result:
    said = result.trouble or f"{result.revisions} revisions, {sum(result.hazards.values())} findings"
    print(f"{result.name:<16}{result.seconds:>7.1f} s   {said}", flush=True)
    return result


def _write(text: str) -> None:
    """Put the tables between their marks."""
    page = PAGE.read_text()
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{tail}")


if __name__ == "__main__":
    sys.exit(main())
