"""``revision --expand-contract``: three revisions that follow each other, in the project's own form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.autogenerate import render_python_code
from alembic.operations.ops import DowngradeOps, UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.util import rev_id
from sqlalchemy.dialects import postgresql

from midflight.bridge.autogenerate.hook import IMPORT
from midflight.bridge.autogenerate.phases import phase_line, phases_of, titled
from midflight.bridge.change_words import read_change
from midflight.errors import ProjectError, UsageError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from midflight.bridge.autogenerate.call import Call
    from midflight.bridge.project import Project
    from midflight.operations.phase import Phase

_TEMPLATE = "script.py.mako"
_PLACE = re.compile(r"\bupgrades\b")


@dataclass(frozen=True, slots=True)
class _Text:
    """What is written into one revision."""

    message: str
    imports: str
    upgrades: str
    downgrades: str


def write_expand_contract(project: Project, options: Namespace) -> None:
    """Write the revisions of a change, each building on the one before.

    Raises:
        UsageError: where the change cannot be understood, or another option does not go with it.
        ProjectError: where a file is there already, or the template has no place for the calls.
    """
    if options.autogenerate or options.sql:
        raise UsageError("--expand-contract goes with neither --autogenerate nor --sql", hint="leave one of them out")
    change, title = read_change(options.expand_contract)
    template = _template(project)
    own_import = () if IMPORT in template.splitlines() else (IMPORT,)
    texts = [
        _text(titled(phase, options.message or title), own_import, phase, forward, back)
        for phase, forward, back in phases_of(change)
    ]
    must_be_free(project, options.rev_id, [text.message for text in texts])
    _write(project, options, texts)


def _template(project: Project) -> str:
    file = Path(project.script.dir) / _TEMPLATE
    text = file.read_text(encoding="utf-8")
    if not _PLACE.search(text):
        raise ProjectError(
            f"{file}: it has no place for what a revision does, which is ${{upgrades}}",
            hint="that of several databases has one for each: call the operations there by hand",
        )
    return text


def must_be_free(project: Project, first_id: str | None, messages: list[str | None]) -> None:
    """Refuse where a revision's file is there already: Alembic would write over it.

    Raises:
        ProjectError: naming the file.
    """
    script = project.script
    for message in messages:
        for folder in script._version_locations:  # noqa: SLF001 - with Alembic's default, which the public attribute lacks
            path = script._rev_path(folder, first_id or "", message, script._generate_create_date())  # noqa: SLF001 - Alembic has no public way to ask
            if path.exists():
                raise ProjectError(f"{path} is there already", hint="give another message, or wait for the next minute")


def _text(message: str, own_import: tuple[str, ...], phase: Phase, forward: Call, back: Call) -> _Text:
    return _Text(
        message,
        "\n".join([*own_import, *_imports_of(forward), phase_line(phase)]),
        _code(UpgradeOps([forward])),
        _code(DowngradeOps([back])),
    )


def _imports_of(call: Call) -> Iterator[str]:
    if "postgresql." in _code(UpgradeOps([call])):
        yield "from sqlalchemy.dialects import postgresql"


def _code(direction: UpgradeOps | DowngradeOps) -> str:
    """Return the body of a function, without the lines with which Alembic marks what it found by itself."""
    context = MigrationContext.configure(dialect=postgresql.dialect())  # type: ignore[no-untyped-call] # SQLAlchemy's
    lines = render_python_code(direction, migration_context=context).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("# ###"))


def _write(project: Project, options: Namespace, texts: list[_Text]) -> None:
    """By Alembic's own machinery: the project's template, its names of files, its hooks behind."""
    head, depends_on, labels = options.head, options.depends_on, options.branch_label
    revision = options.rev_id or rev_id()
    for text in texts:
        project.script.generate_revision(
            revision,
            text.message,
            head=head,
            splice=options.splice,
            branch_labels=labels,
            version_path=options.version_path,
            depends_on=depends_on,
            config=project.config,
            imports=text.imports,
            upgrades=text.upgrades.lstrip(),
            downgrades=text.downgrades.lstrip(),
        )
        head, revision, depends_on, labels = revision, rev_id(), None, None
