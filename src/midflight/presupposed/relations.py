"""Tables and views that were there before, and those that the files make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from midflight.presupposed.columns import Column

if TYPE_CHECKING:
    from midflight.sql.names import Name

_AFFIXES = re.compile(
    r"^(?:idx|index|ix|uq|uk|uniq|unique|fk|pk|ck|chk)_|_(?:idx|index|key|uniq|unique|fkey|fk|check|uindex)$"
)

LIKELY_KEYS = frozenset({"id", "uuid", "guid", "pk"})


@dataclass(frozen=True, slots=True)
class Key:
    """A unique index that must have been there."""

    columns: tuple[str, ...]
    name: str | None = None
    kind: Literal["primary key", "unique", "index", "plain index"] = "unique"
    """The last two are indexes without a constraint, the first of them unique."""


@dataclass(frozen=True, slots=True)
class Part:
    """Anything else that hangs on a table."""

    name: str
    definition: str
    """SQL that makes it, complete."""


@dataclass(frozen=True, slots=True)
class Partitioning:
    """How a table is partitioned, as far as a bound of one of its partitions tells."""

    strategy: Literal["RANGE", "LIST", "HASH"]
    types: tuple[str, ...]
    """Of the columns of its key."""
    is_loose: bool = False
    """Whether only the existence of a partition is told, and no bound."""


@dataclass(eq=False, slots=True)
class Relation:
    """A table or view while the statements are read."""

    name: Name
    """As it was called before the first statement, with its schema."""
    presumed: bool
    file: int = 0
    """Which file is the first to name it."""
    kind: Literal["table", "view", "materialized view"] = "table"
    columns: dict[str, Column] = field(default_factory=dict)
    """By what they are called at this point; those that were there from the start are in ``before`` too."""
    before: list[Column] = field(default_factory=list)
    likes: list[Relation] = field(default_factory=list)
    """Relations whose columns are also its own (LIKE, INHERITS, PARTITION OF)."""
    keys: list[Key] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    partitioning: Partitioning | None = None
    partition_of: Relation | None = None
    unlogged: bool = False
    gets_primary_key: bool = False
    """Whether a statement gives it a primary key, so that it had none."""
    required: set[str] = field(default_factory=set)
    """Columns that a statement makes NOT NULL, so that they were not."""
    gone: set[str] = field(default_factory=set)
    """Columns that a statement dropped or gave another name."""
    missed: set[str] = field(default_factory=set)
    """Those of them that the statement at hand names all the same."""
    constraints: set[str] = field(default_factory=set)
    """Names of the constraints that statements gave it."""

    def column(self, name: str) -> Column | None:
        """Find a column, presumed where nothing tells of it; None where the files define the table without it."""
        if name in self.columns:
            return self.columns[name]
        for like in self.likes:
            if found := like.column(name):
                return found
        if name in self.gone:
            self.missed.add(name)
        if not self.presumed or name in self.gone:
            return None
        column = Column(name, likely_key=self.is_likely_key(name))
        self.columns[name] = column
        self.before.append(column)
        return column

    def make_column(self, column: Column) -> None:
        """Take note of a column that a statement adds."""
        self.columns[column.name] = column
        self.gone.discard(column.name)

    def drop_column(self, name: str) -> Column | None:
        """Take note that a column goes, and return it."""
        column = self.column(name)
        self.columns.pop(name, None)
        self.gone.add(name)
        return column

    def has(self, name: str) -> bool:
        """Tell whether it is known to have a column."""
        return name in self.columns or any(like.has(name) for like in self.likes)

    def is_likely_key(self, column: str) -> bool:
        """Tell whether a column is called as the primary key of such a table mostly is."""
        table = self.name.name
        return column in LIKELY_KEYS or column in {f"{table}_id", f"{table.removesuffix('s')}_id"}

    def add_key(self, key: Key) -> None:
        """Take note of a unique key, once for the same columns."""
        named = [known for known in self.keys if known.columns == key.columns and None in {known.name, key.name}]
        if key.kind == "primary key" and any(known.kind == "primary key" for known in self.keys):
            return
        if not named:
            self.keys.append(key)

    def add_part(self, part: Part) -> None:
        """Take note of something that hangs on it, once."""
        if all(known.name != part.name for known in self.parts):
            self.parts.append(part)


def column_in(name: str, relation: Relation) -> str:
    """Presume the column of an index or constraint from its name: one that is known, else what is left of it."""
    known_columns = [column for column in relation.columns if column in name]
    if known_columns:
        return max(known_columns, key=len)
    rest = name
    for _ in range(2):
        rest = _AFFIXES.sub("", rest)
    rest = rest.replace(relation.name.name, "", 1).strip("_")
    return rest or "id"
