"""A change as it is said on the command line: ``rename_column users name full_name``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midflight.bridge.autogenerate.call import Call
from midflight.bridge.type_words import read_type
from midflight.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

EXAMPLES = """\
a change that old and new code live through together, in three revisions:
  midflight revision --expand-contract rename_column users name full_name
  midflight revision --expand-contract change_type orders id bigint existing_type=integer
  midflight revision --expand-contract rename_table users accounts schema=shop
  midflight revision --expand-contract move_column users phone profiles on=user_id:id
  midflight revision --expand-contract split_column users name \\
      "first:text:split_part(name, ' ', 1)" "last:text:split_part(name, ' ', 2)" back="concat_ws(' ', first, last)"
  midflight revision --expand-contract merge_columns users name text \\
      "first:text:split_part(name, ' ', 1)" "last:text:split_part(name, ' ', 2)" value="concat_ws(' ', first, last)\""""


@dataclass(frozen=True, slots=True)
class Form:
    """How one change is said."""

    arguments: tuple[str, ...]
    title: str
    """What the revisions are called where the user has no message; with the arguments in braces."""
    needed: tuple[str, ...] = ()
    """What must follow as ``name=value``."""
    optional: tuple[str, ...] = ()
    """What may."""
    parts: str | None = None
    """What may follow as often as needed: words that belong together, with colons; the last may be any SQL."""

    def __str__(self) -> str:
        given = [*map(str.upper, self.arguments), *([f"{self.parts} ..."] if self.parts else [])]
        return " ".join(
            [*given, *(f"{name}=..." for name in self.needed), *(f"[{name}=...]" for name in self.optional)]
        )


FORMS = {
    "rename_column": Form(
        ("table", "column", "new_name"), "rename {table}.{column} to {new_name}", optional=("schema",)
    ),
    "rename_table": Form(("table", "new_name"), "rename {table} to {new_name}", optional=("schema",)),
    "change_type": Form(
        ("table", "column", "type"),
        "type of {table}.{column} to {type}",
        optional=("existing_type", "using", "back", "schema"),
    ),
    "move_column": Form(
        ("table", "column", "to_table"),
        "move {table}.{column} to {to_table}",
        needed=("on",),
        optional=("to_column", "schema", "to_schema"),
    ),
    "split_column": Form(
        ("table", "column"),
        "split {table}.{column}",
        needed=("back",),
        optional=("existing_type", "schema"),
        parts="COLUMN:TYPE:SQL",
    ),
    "merge_columns": Form(
        ("table", "into", "type"),
        "merge columns into {table}.{into}",
        needed=("value",),
        optional=("schema",),
        parts="COLUMN:TYPE:SQL",
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
        raise UsageError(f"{function} is no change in phases", hint=f"one of {', '.join(FORMS)}")
    said = dict(word.split("=", 1) for word in rest if _is_keyword(word, form))
    given = [word for word in rest if not _is_keyword(word, form)]
    plain, parts = given[: len(form.arguments)], given[len(form.arguments) :]
    if len(plain) < len(form.arguments) or bool(parts) != bool(form.parts) or not set(form.needed) <= set(said):
        raise UsageError(f"{function} takes {form}", hint="midflight revision --help")
    named = dict(zip(form.arguments, plain, strict=True))
    values = {name: _value(name, text) for name, text in (named | said).items()}
    return _call(function, form, values, list(_parts(parts, form))), form.title.format(**named)


def _call(function: str, form: Form, values: dict[str, Any], parts: list[tuple[str, ...]]) -> Call:
    keywords = {name: value for name, value in values.items() if name not in form.arguments}
    arguments: tuple[Any, ...] = tuple(values[name] for name in form.arguments)
    match function:
        case "split_column":
            arguments = (*arguments, {column: (type_, sql) for column, type_, sql in parts})
        case "merge_columns":
            table, into, type_ = arguments
            arguments = (table, {column: sql for column, _, sql in parts}, into, type_, keywords.pop("value"))
            keywords["existing_types"] = {column: of for column, of, _ in parts}
    return Call(function, arguments, keywords)


def _is_keyword(word: str, form: Form) -> bool:
    name, separator, _ = word.partition("=")
    return bool(separator) and name in {*form.needed, *form.optional}


def _parts(words: Sequence[str], form: Form) -> Iterator[tuple[Any, ...]]:
    """Divide words such as ``first:text:split_part(name, ' ', 1)``."""
    for word in words:
        wanted = (form.parts or "").split(":")
        found = word.split(":", len(wanted) - 1)
        if len(found) != len(wanted) or not all(found):
            raise UsageError(f"{word}: not understood", hint=f"it is written {form.parts}")
        yield tuple(read_type(text) if name == "TYPE" else text for name, text in zip(wanted, found, strict=True))


def _value(name: str, text: str) -> Any:  # noqa: ANN401 - a text, a type or a mapping
    return _READERS.get(name, str)(text)


def _pairs(text: str) -> Mapping[str, str]:
    """Read ``user_id:id,tenant:tenant``."""
    pairs = dict(pair.partition(":")[::2] for pair in text.split(","))
    if not all(pairs) or not all(pairs.values()):
        raise UsageError(
            f"on={text}: not understood", hint="on=ITS_COLUMN:COLUMN_OF_THE_OLD_TABLE, further ones behind commas"
        )
    return pairs


_READERS: Mapping[str, Callable[[str], Any]] = {"type": read_type, "existing_type": read_type, "on": _pairs}
