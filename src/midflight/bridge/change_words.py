"""A change as it is said on the command line: ``rename_column users name full_name``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midflight.bridge.autogenerate.call import Call
from midflight.bridge.type_words import read_type
from midflight.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

EXAMPLES = """\
a change that old and new code live through together, in three revisions:
  midflight revision --expand-contract rename_column users name full_name
  midflight revision --expand-contract change_type orders id bigint existing_type=integer
  midflight revision --expand-contract rename_table users accounts schema=shop
  midflight revision --expand-contract move_column users phone profiles on=user_id:id"""


@dataclass(frozen=True, slots=True)
class Form:
    """How one change is said."""

    arguments: tuple[str, ...]
    title: str
    """What the revisions are called where the user has no message; with the arguments in braces."""
    keywords: tuple[str, ...] = ()
    """Those that may follow as ``name=value``, besides ``schema``."""
    needed: tuple[str, ...] = ()
    """Those that must."""


FORMS = {
    "rename_column": Form(("table", "column", "new_name"), "rename {table}.{column} to {new_name}"),
    "rename_table": Form(("table", "new_name"), "rename {table} to {new_name}"),
    "change_type": Form(
        ("table", "column", "type"), "type of {table}.{column} to {type}", ("existing_type", "using", "back")
    ),
    "move_column": Form(
        ("table", "column", "to_table"),
        "move {table}.{column} to {to_table}",
        ("on", "to_column", "to_schema"),
        needed=("on",),
    ),
}


def read_change(words: Sequence[str]) -> tuple[Call, str]:
    """Return the change, and what it is called.

    Raises:
        UsageError: where it cannot be understood.
    """
    function, *rest = words
    form = FORMS.get(function)
    if form is None:
        raise UsageError(f"{function} is no change of several phases", hint=f"one of {', '.join(FORMS)}")
    given = [word for word in rest if not _is_keyword(word, form)]
    said = dict(word.split("=", 1) for word in rest if _is_keyword(word, form))
    if len(given) != len(form.arguments) or not set(form.needed) <= set(said):
        raise UsageError(f"{function} takes {_said(form)}", hint="midflight revision --help")
    arguments = tuple(_value(name, text) for name, text in zip(form.arguments, given, strict=True))
    keywords = {name: _value(name, text) for name, text in said.items()}
    return Call(function, arguments, keywords), form.title.format(**dict(zip(form.arguments, given, strict=True)))


def _is_keyword(word: str, form: Form) -> bool:
    name, separator, _ = word.partition("=")
    return bool(separator) and name in {*form.keywords, "schema"}


def _said(form: Form) -> str:
    optional = [name for name in (*form.keywords, "schema") if name not in form.needed]
    needed = [f"{name}=..." for name in form.needed]
    return " ".join([*map(str.upper, form.arguments), *needed, *(f"[{name}=...]" for name in optional)])


def _value(name: str, text: str) -> Any:  # noqa: ANN401 - a text, a type or a mapping
    return _READERS.get(name, str)(text)


def _pairs(text: str) -> Mapping[str, str]:
    """Read ``user_id:id,tenant:tenant``."""
    pairs = dict(pair.partition(":")[::2] for pair in text.split(","))
    if not all(pairs) or not all(pairs.values()):
        raise UsageError(
            f"on={text}: not understood",
            hint="on=COLUMN_OF_THE_NEW_TABLE:COLUMN_OF_THE_OLD_ONE, more of them with commas",
        )
    return pairs


_READERS: Mapping[str, Callable[[str], Any]] = {"type": read_type, "existing_type": read_type, "on": _pairs}
