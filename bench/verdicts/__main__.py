"""``make bench-verdicts``: scores the check and its rivals on the corpus.

Prints the scores, writes bench/out/verdicts.json and docs/reference/verdicts.md, and ends with 1 where the check misses
a danger or flags more than one in fifty of what is harmless. ``--machine`` takes the machine's own server, and leaves
the page as it is.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from bench.environments import OUT, ROOT, make
from bench.verdicts import ours, squawk, zdm
from bench.verdicts.case import read_corpus
from bench.verdicts.old_release import broken_by
from bench.verdicts.page import page
from bench.verdicts.project import rendered, write_project, write_sql
from bench.verdicts.said import without
from bench.verdicts.score import disagreements, is_right, score
from bench.verdicts.table import terminal

from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.verdicts.case import Case
    from bench.verdicts.ours import Seen
    from bench.verdicts.said import Said
    from bench.verdicts.score import Score

LARGEST_SHARE_OF_FALSE_ALARMS = 1 / 50
MOST_PROCESSES = 4
PAGE = ROOT / "docs" / "reference" / "verdicts.md"
ADVICE_ON_WHOLE_FILE = "lock-timeout"
"""That no limit is set for locks is true of nearly every case, by any tool; it counts where the label is about it."""


def main() -> int:
    """Run all tools on all cases; return the exit code."""
    is_machine = "--machine" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder, choice = Path(name), ShadowChoice("machine" if is_machine else "embedded")
        version, cases, tools, seen = _run(folder, choice)
        apart = disagreements(cases, tools)
        files = _sql_files([each.case for each in apart], folder / "settled")
        broken = asyncio.run(broken_by(choice, _texts(files)))
    scores = {tool: _scores(cases, said) for tool, said in tools.items()}
    wrong = [case for case in cases if not is_right(case, tools["midflight"][case.id])]
    print(f"{len(cases)} cases on PostgreSQL {version}; {len(apart)} disagreements\n\n{terminal(scores)}")
    for case in wrong:
        print(f"\nmidflight is wrong: {case.id}: {case.verdict}: {case.hazards[0]}: {case.why}")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "verdicts.json").write_text(json.dumps(_document(cases, tools, seen), indent=1) + "\n")
    if not is_machine:
        facts = {"cases": len(cases), "version": version, **_pins()}
        PAGE.write_text(page(scores, apart, seen, broken, facts))
    return _exit_code(scores["midflight"]["all"])


def _run(
    folder: Path, choice: ShadowChoice
) -> tuple[int, tuple[Case, ...], dict[str, dict[str, Said]], dict[str, Seen]]:
    """Run all tools; return the server's version, the cases that it knows, what each tool said, what was seen."""
    programs = make("rivals") / "bin"
    processes = min(MOST_PROCESSES, os.cpu_count() or 1)
    corpus = read_corpus()
    version, seen = ours.run_in_processes(corpus, folder / "midflight", choice, processes)
    cases = tuple(case for case in corpus if case.id in seen)
    tools = {
        "midflight": {case.id: seen[case.id].said for case in cases},
        "squawk": squawk.run(programs / "squawk", _sql_files(cases, folder / "squawk"), version),
        "zdm": zdm.run(programs / "zdm", cases, folder / "zdm"),
    }
    return version, cases, {tool: _counted(cases, said) for tool, said in tools.items()}, seen


def _sql_files(cases: Sequence[Case], folder: Path) -> dict[Path, str]:
    """Write each case as SQL, for linters of SQL; an Alembic one as ``alembic upgrade --sql`` prints it."""
    files = {}
    for number, case in enumerate(cases):
        place = folder / str(number)
        if case.form == "alembic":
            files.update(dict.fromkeys(_rendered(case, place), case.id))
        else:
            files.update(dict.fromkeys(write_sql(case, place), case.id))
    return files


def _texts(files: Mapping[Path, str]) -> dict[str, list[str]]:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for file, case in files.items():
        texts[case].append(file.read_text())
    return dict(texts)


def _rendered(case: Case, folder: Path) -> tuple[Path, ...]:
    text = rendered(write_project(case, folder))
    if text is None:
        return ()
    file = folder / "case.sql"
    file.write_text(text)
    return (file,)


def _counted(cases: Sequence[Case], said: Mapping[str, Said]) -> dict[str, Said]:
    return {
        case.id: said[case.id]
        if case.hazards[0].endswith(ADVICE_ON_WHOLE_FILE)
        else without(said[case.id], ADVICE_ON_WHOLE_FILE)
        for case in cases
        if case.id in said
    }


def _scores(cases: Sequence[Case], said: Mapping[str, Said]) -> dict[str, Score]:
    """Score the whole, each form, and each group."""
    groups = sorted({case.group for case in cases})
    return {
        "all": score(cases, said),
        "SQL": score([case for case in cases if case.form == "sql"], said),
        "Alembic": score([case for case in cases if case.form == "alembic"], said),
        **{group: score([case for case in cases if case.group == group], said) for group in groups},
    }


def _pins() -> dict[str, str]:
    lines = (ROOT / "requirements" / "rivals.txt").read_text().split()
    return {name.removesuffix("-cli"): version for name, _, version in (line.partition("==") for line in lines)}


def _document(
    cases: Sequence[Case], tools: Mapping[str, Mapping[str, Said]], seen: Mapping[str, Seen]
) -> list[dict[str, object]]:
    return [
        {
            "case": case.id,
            "verdict": case.verdict,
            "hazards": case.hazards,
            "why": case.why,
            "said": {tool: said[case.id].rules for tool, said in tools.items() if case.id in said},
            "server": seen[case.id].statements,
        }
        for case in cases
    ]


def _exit_code(all_: Score) -> int:
    return int(all_.named < all_.dangerous or all_.bothered > all_.harmless * LARGEST_SHARE_OF_FALSE_ALARMS)


if __name__ == "__main__":
    sys.exit(main())
