"""``midflight check``: prove revisions, or plain SQL, on a throw-away PostgreSQL."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from midflight.cli.failures import TRACEBACK
from midflight.cli.flags import CheckFlags
from midflight.cli.page import COLOURS, page_on
from midflight.cli.program import COMMANDS, EXIT_CODES
from midflight.cli.progress import shown_progress
from midflight.cli.standard_output import reserved_output, write_out
from midflight.errors import MidflightError

if TYPE_CHECKING:
    from midflight.checks.result import CheckResult

HELP = f"""{COMMANDS["check"]}

RANGE is FROM:TO as Alembic has it (FROM is left out, base and head are names too), or one revision. All revisions are
proven where nothing says which. With --sql the arguments are FILEs, - for standard input.

Each revision runs up, down and up again on the shadow, a PostgreSQL that is thrown away afterwards. Told is which
locks its statements took, which tables they rewrote or scanned, whether the way back leads back, and what of that would
hurt a live service.

\b
Examples:
  midflight check                              every revision of the project here
  midflight check 1975ea83b712:head            those after a revision
  midflight check --since origin/main          those that a branch adds or changes
  midflight check --pending                    those that the project's own database lacks
  midflight check --no-cache                   also what an earlier check has proven
  midflight check --format html --output report.html
  midflight check --sql a.sql b.sql            plain SQL, in this order
  pg_dump -s shop | midflight check --sql -
"""


@click.command(name="check", help=HELP, epilog=EXIT_CODES)
@click.argument("places", nargs=-1, metavar="[RANGE | FILE...]")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="alembic.ini or pyproject.toml.")
@click.option("-n", "--name", metavar="SECTION", help="The section of the ini file.  [default: alembic]")
@click.option("-x", multiple=True, metavar="KEY=VALUE", help="An argument for env.py; may be given again.")
@click.option("--since", metavar="GIT_REF", help="Only revisions whose files changed since this commit.")
@click.option("--pending", is_flag=True, help="Only revisions that a database has not got yet.")
@click.option("--database", metavar="URL", help="That database.  [default: the project's own]")
@click.option("--sql", is_flag=True, help="Check plain SQL: the arguments are files.")
@click.option("--shadow", metavar="WHERE", help="auto, machine, embedded, or the URL of a server.  [default: auto]")
@click.option("--postgres", type=int, metavar="MAJOR", help="PostgreSQL's major version, such as 16.")
@click.option("--baseline", metavar="WHAT", help="What is there before: a SQL file, or module:attribute.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="For each revision in each direction.  [default: 60]")
@click.option("--no-cache", is_flag=True, help="Prove all anew, also what an earlier check has proven.")
@click.option(
    "--format",
    type=click.Choice(["terminal", "json", "html"]),
    default="terminal",
    show_default=True,
    help="Of the report; html is one file that needs no network.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False, writable=True),
    metavar="FILE",
    help="Write the report there.  [default: standard output]",
)
@click.option("-v", "--verbose", is_flag=True, help="Every statement with its locks, not only those with findings.")
@click.option("-q", "--quiet", is_flag=True, help="Only the findings, and what failed.")
@click.option(
    "--color",
    "colour",
    type=click.Choice(COLOURS),
    default="auto",
    show_default=True,
    help="Colours; NO_COLOR and FORCE_COLOR are respected.",
)
@click.pass_context
def command(context: click.Context, /, **given: Any) -> int:  # noqa: ANN401 - click's values, of the types that CheckFlags names
    """Check, report, and return the exit code."""
    flags = CheckFlags(**given)
    if contradiction := flags.contradiction():
        context.fail(contradiction)
    here = Path.cwd()  # a project may go elsewhere
    with reserved_output() as out:
        result = asyncio.run(_check(flags))
        _deliver(_report(flags, result, here, out), flags.output, out)
    return result.exit_code


async def _check(flags: CheckFlags) -> CheckResult:
    from midflight.checks.history import check_history  # noqa: PLC0415 - Alembic is heavy, and --help needs none
    from midflight.checks.request import SqlRequest  # noqa: PLC0415 - likewise
    from midflight.checks.script import check_sql  # noqa: PLC0415 - likewise
    from midflight.cli.request import request_of  # noqa: PLC0415 - likewise

    request = request_of(flags)
    if not os.environ.get(TRACEBACK):  # else asyncio prints what befalls connections of a check that is over
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    with shown_progress(flags.colour) as progress:
        if isinstance(request, SqlRequest):
            return await check_sql(request, progress)
        return await check_history(request, progress)


def _report(flags: CheckFlags, result: CheckResult, here: Path, out: int) -> str:
    if flags.format == "json":
        from midflight.report.json import json_text  # noqa: PLC0415 - pydantic is heavy, and --help needs none

        return json_text(result, here)
    if flags.format == "html":
        from midflight.report.html.page import html_text  # noqa: PLC0415 - likewise

        return html_text(result, here)
    from midflight.report.detail import Detail  # noqa: PLC0415 - rich is heavy, and --help needs none
    from midflight.report.terminal import terminal_text  # noqa: PLC0415 - likewise

    detail = Detail.EVERYTHING if flags.verbose else Detail.FINDINGS if flags.quiet else Detail.USUAL
    return terminal_text(result, here, detail, page_on(None if flags.output else out, flags.colour))


def _deliver(text: str, file: Path | None, out: int) -> None:
    if file is None:
        write_out(out, text)
        return
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise MidflightError(f"{file}: {error.strerror}") from error
