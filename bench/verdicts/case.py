"""The labelled corpus as plain data: how a case is written, and what its label says."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[1] / "corpus"
PRODUCTION = CORPUS / "production.sql"
"""The schema that is there before each case."""

Verdict = Literal["dangerous", "safe", "look-alike"]
Form = Literal["sql", "alembic"]

_OLDEST = 15
_BETWEEN_CASES = re.compile(r"^-- case: (.*)$", re.MULTILINE)
_NEXT_FILE = re.compile(r"^-- next file$", re.MULTILINE)
_LABEL = re.compile(r"^-- (dangerous|safe|look-alike|why|from): (.*)\n", re.MULTILINE)


class CorpusError(Exception):
    """A case is not written as corpus/README.md says."""


@dataclass(frozen=True, slots=True)
class Case:
    """One small migration with its label."""

    group: str
    """The file's name without its ending."""
    name: str
    form: Form
    verdict: Verdict
    hazards: tuple[str, ...]
    """Dangerous: each of these ids names the danger rightly, the first best. Safe or look-alike: what it is not."""
    why: str
    parts: tuple[str, ...]
    """SQL: the files, in their order. Alembic: the body of ``upgrade()``."""
    since: int = _OLDEST
    """The first major version of PostgreSQL that knows the statement."""
    preamble: str = ""
    """Alembic: the imports of its file."""

    @property
    def id(self) -> str:
        """Name it in one line, such as ``indexes.sql: drop index``."""
        ending = "sql" if self.form == "sql" else "py"
        return f"{self.group}.{ending}: {self.name}"

    @property
    def is_dangerous(self) -> bool:
        """Whether something is to be found in it."""
        return self.verdict == "dangerous"


def read_corpus(folder: Path = CORPUS) -> tuple[Case, ...]:
    """Read every case, file by file.

    Raises:
        CorpusError: naming the case and what it lacks.
    """
    sql = (case for file in sorted(folder.glob("*.sql")) if file.name != PRODUCTION.name for case in _of_sql(file))
    revisions = (case for file in sorted(folder.glob("*.py")) for case in _of_revisions(file))
    return (*sql, *revisions)


def _of_sql(file: Path) -> Iterator[Case]:
    _, *pieces = _BETWEEN_CASES.split(file.read_text())
    for name, text in zip(pieces[::2], pieces[1::2], strict=True):
        place = f"{file.name}: {name}"
        head, body = _head_and_body(text)
        verdict, hazards = _label(head, place)
        yield Case(
            group=file.stem,
            name=name,
            form="sql",
            verdict=verdict,
            hazards=hazards,
            why=_required(head, "why", place),
            parts=tuple(f"{part.strip()}\n" for part in _NEXT_FILE.split(body)),
            since=int(head.get("from", _OLDEST)),
        )


def _head_and_body(text: str) -> tuple[dict[str, str], str]:
    head, at = {}, 1  # behind the line's end after the name
    while found := _LABEL.match(text, at):
        head[found[1]], at = found[2], found.end()
    return head, text[at:]


def _of_revisions(file: Path) -> Iterator[Case]:
    text = file.read_text()
    tree = ast.parse(text)
    imports = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield _of_function(file, node, text, "\n".join(imports))


def _of_function(file: Path, function: ast.FunctionDef, text: str, imports: str) -> Case:
    name = function.name.replace("_", " ")
    place = f"{file.name}: {name}"
    label, _, why = (ast.get_docstring(function) or "").partition("\n")
    verdict, hazards = _label(dict([label.split(": ", 1)]) if ": " in label else {}, place)
    first, last = function.body[1].lineno, function.body[-1].end_lineno
    body = "\n".join(text.splitlines()[first - 1 : last])
    return Case(
        group=file.stem,
        name=name,
        form="alembic",
        verdict=verdict,
        hazards=hazards,
        why=_required({"why": " ".join(why.split())}, "why", place),
        parts=(textwrap.dedent(body),),
        preamble=imports,
    )


def _label(head: dict[str, str], place: str) -> tuple[Verdict, tuple[str, ...]]:
    given = [key for key in get_args(Verdict) if key in head]
    if len(given) != 1:
        raise CorpusError(f"{place}: label it as one of {', '.join(get_args(Verdict))}")
    return cast("Verdict", given[0]), tuple(head[given[0]].split(" | "))


def _required(head: dict[str, str], key: str, place: str) -> str:
    if not head.get(key):
        raise CorpusError(f"{place}: it does not say {key}")
    return head[key]
