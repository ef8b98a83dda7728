"""Alembic's own commands, with its own flags, in a project as we find it."""

from __future__ import annotations

import contextlib
import sys
import warnings
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from alembic.config import CommandLine, Config
from alembic.runtime.environment import EnvironmentContext
from alembic.util import CommandError

from midflight.bridge.autogenerate.hook import safe_operations_written
from midflight.bridge.change_words import EXAMPLES
from midflight.bridge.database_errors import explaining_database
from midflight.bridge.expand_contract import must_be_free, write_expand_contract
from midflight.bridge.explaining import explaining, one_line
from midflight.bridge.project import Project, ProjectSource, load_project
from midflight.errors import MidflightError, NotAtHeadError, ProjectError, UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from alembic.runtime.migration import MigrationContext

_OUTSIDE_PROJECTS = frozenset({"list_templates"})
_SECTION = "alembic"
_CHECK_HEADS = "--check-heads"
"""Alembic has it from 1.17.1 on."""


def run_alembic_command(name: str, arguments: Sequence[str], default: Path | None, about: str, epilog: str) -> None:
    """Run one of Alembic's commands.

    Args:
        name: Alembic's name of it.
        arguments: what stands behind it on the command line.
        default: the project's configuration where ``--config`` does not name one.
        about: what it does, for ``--help``.
        epilog: what stands at the end of ``--help``.

    Raises:
        UsageError: where Alembic's own parser does not take the arguments.
        ProjectError: where the project, or what was asked of it, is at fault.
        NotAtHeadError: where ``current --check-heads`` finds that.
        DatabaseError: where the database is in the way.
    """
    parser = _parser(name, about, epilog)
    options = parser.parse_args(list(arguments))
    if name in _OUTSIDE_PROJECTS:
        _call(options, Config(cmd_opts=options))
        return
    project = load_project(ProjectSource(options.config or default, options.name, tuple(options.x or ())))
    project.config.cmd_opts = options
    project.config.stdout = sys.stdout  # Alembic keeps the one that was there when it was imported
    with _explained(project), _warnings_shown():
        if name == "revision" and options.expand_contract:
            write_expand_contract(project, options)
        elif name == "revision":
            _write_revision(project, options)
        elif name == "current" and options.check_heads:
            _show_current(project, options)
        else:
            _call(options, project.config)


def _parser(name: str, about: str, epilog: str) -> ArgumentParser:
    """Return Alembic's parser of one command, with the flags that Alembic itself wants before the command."""
    parser = CommandLine("midflight").subparsers.choices[name]
    parser.description, parser.epilog = about, epilog
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.add_argument("--config", type=Path, metavar="FILE", help="alembic.ini or pyproject.toml.")
    parser.add_argument("-n", "--name", default=_SECTION, metavar="SECTION", help="The section of the ini file.")
    parser.add_argument("-x", action="append", metavar="KEY=VALUE", help="An argument for env.py; may be given again.")
    parser.add_argument("-q", "--quiet", action="store_true", help="Do not log to standard output.")
    parser.set_defaults(raiseerr=True)
    if name == "revision":
        _add_expand_contract(parser)
    if name == "current" and _CHECK_HEADS not in parser.format_help():
        parser.add_argument(
            "-c", _CHECK_HEADS, action="store_true", help="Fail where the database is not at all heads."
        )

    def refuse(message: str) -> NoReturn:
        raise UsageError(message, hint=f"{parser.prog} --help")

    setattr(parser, "error", refuse)  # noqa: B010 - an assignment would not have the method's type
    return parser


def _add_expand_contract(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--expand-contract",
        nargs="+",
        metavar=("CHANGE", "WORD"),
        help="Write the three revisions of a change that old and new code live through together: expand, migrate, "
        "contract. See the examples.",
    )
    parser.epilog = f"{EXAMPLES}\n\n{parser.epilog}"


def _call(options: Namespace, config: Config) -> None:
    function, positional, keywords = options.cmd
    function(
        config,
        *[getattr(options, name, None) for name in positional],
        **{name: getattr(options, name, None) for name in keywords},
    )


def _write_revision(project: Project, options: Namespace) -> None:
    """Write a revision with safe operations; Alembic would write over one whose file has the same name."""
    must_be_free(project, options.rev_id, [options.message])
    with safe_operations_written():
        _call(options, project.config)


def _show_current(project: Project, options: Namespace) -> None:
    """``current --check-heads``, right for ``depends_on`` too: the version table has no revision that another needs."""
    script = project.script
    heads = set(script.revision_map._real_heads)  # noqa: SLF001 - get_heads(consider_depends_on=True), from 1.18.5 on

    def show(revision: Any, context: MigrationContext) -> list[Any]:  # noqa: ANN401 - Alembic's
        for one in script.get_all_current(revision):
            project.config.print_stdout(one.cmd_format(options.verbose))
        if set(context.get_current_heads()) != heads:
            raise NotAtHeadError("the database is not at all heads", hint="midflight upgrade")
        return []

    with EnvironmentContext(project.config, script, fn=show, dont_mutate=True):
        script.run_env()


@contextlib.contextmanager
def _explained(project: Project) -> Iterator[None]:
    try:
        with explaining_database():
            yield
    except MidflightError:
        raise
    except CommandError as error:
        told = error.__cause__  # of env.run, which tells Alembic's own command line in one line what we tell in two
        raise told if isinstance(told, MidflightError) else ProjectError(one_line(error)) from error
    except Exception:
        with explaining(project.env_py):
            raise


@contextlib.contextmanager
def _warnings_shown() -> Iterator[None]:
    """Say Alembic's warnings, such as of a constraint without a name, in one line each."""

    def show(message: object, *_: object, **__: object) -> None:
        print(f"warning: {one_line(message)}", file=sys.stderr)  # noqa: T201 - telling people is its purpose

    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = show
        yield
