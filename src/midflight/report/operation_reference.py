"""The page of the reference on all operations: ``python -m midflight.report.operation_reference`` prints it."""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from typing import TYPE_CHECKING

from midflight import op

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = """\
# Operations

What `from midflight import op` gives a revision. Those that Alembic has under the same name take what Alembic's take
and do the same change, without stalling traffic; all others of Alembic's (`op.get_bind`, `op.bulk_insert`,
`op.batch_alter_table` and so on) are there as they are. Those of which Alembic has no namesake are on Alembic's own
`op`, too.

Each knows from the catalog what of its work is done: a revision that was interrupted is finished by running it again.
Each works under `midflight upgrade`, plain `alembic upgrade` and `--sql`;
[how they are applied](../explanation/applying.md) is told elsewhere. On SQLite they do what Alembic's batch mode can,
and nothing where that has no meaning.

This page is generated from the code (`make reference`)."""

WIDTH = 110
_MARKUP = re.compile(r"``([^`]+)``")


def reference_text() -> str:
    """Write the page as it is committed."""
    names = sorted(name for name in op.__all__ if name != "run" and inspect.isfunction(getattr(op, name)))
    contents = "\n".join(f"- [{name}](#{name})" for name in names)
    return "\n\n".join([HEAD, contents, *(block for name in names for block in _section(name))]) + "\n"


def _section(name: str) -> Iterator[str]:
    function = getattr(op, name)
    yield f"## {name}"
    # Not as Python: the bare star is none in a call, and a formatter would want some calls otherwise.
    call = textwrap.fill(_call(name, function), WIDTH, subsequent_indent="    ", break_long_words=False)
    yield f"```text\n{call}\n```"
    text, _, arguments = inspect.cleandoc(function.__doc__ or "").partition("\nArgs:\n")
    yield _MARKUP.sub(r"`\1`", text.strip())
    if arguments:
        yield "\n".join(_arguments(arguments.partition("\nRaises:\n")[0]))


def _call(name: str, function: Callable[..., object]) -> str:
    parameters = []
    for parameter in inspect.signature(function).parameters.values():
        shown = parameter.replace(annotation=inspect.Parameter.empty)
        parameters.append(str(shown))
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parameters and not _has_rest(parameters):
            parameters.insert(-1, "*")
    return f"op.{name}({', '.join(parameters)})"


def _has_rest(parameters: list[str]) -> bool:
    return any(one.startswith("*") and not one.startswith("**") for one in parameters)


def _arguments(text: str) -> Iterator[str]:
    """Write each argument as a line of a list; what is indented further belongs to the line before."""
    for line in re.sub(r"\n\s{6,}", " ", text.rstrip()).splitlines():
        name, separator, meaning = line.strip().partition(": ")
        if separator:
            yield f"- `{name}`: " + _MARKUP.sub(r"`\1`", meaning)


if __name__ == "__main__":
    sys.stdout.write(reference_text())
