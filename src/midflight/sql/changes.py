"""What one statement changes, as plain data: hazards read this and never a parse tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from midflight.sql.objects import CreateSchema, DropDatabase, DropOther, DropSchema, SetLockTimeout, SetTimeZone
from midflight.sql.partitions import AttachPartition, DetachPartition
from midflight.sql.storage import (
    Cluster,
    RefreshView,
    SetAccessMethod,
    SetIndexTablespace,
    SetLogged,
    SetTablespace,
    Vacuum,
)
from midflight.sql.types import AddEnumValue, ConstrainDomain, CreateType, DropType, RenameEnumValue, RenameType

if TYPE_CHECKING:
    from midflight.pg.locks import LockMode
    from midflight.sql.expressions import Expression
    from midflight.sql.names import Name
    from midflight.sql.where import Where

_TYPES_OF_SERIALS = {
    "bigserial": "bigint",
    "serial": "integer",
    "serial2": "smallint",
    "serial4": "integer",
    "serial8": "bigint",
    "smallserial": "smallint",
}

ConstraintKind = Literal["foreign key", "check", "unique", "primary key", "exclusion", "not null"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of a table. One that stands with a column is told as if it stood with the table."""

    kind: ConstraintKind
    name: str | None = None
    columns: tuple[str, ...] = ()
    """Its columns; empty for a CHECK and with USING INDEX, which do not name them."""
    not_valid: bool = False
    using_index: str | None = None
    references: Name | None = None
    check: Expression | None = None
    definition: str = ""
    """Its SQL without its name, such as ``CHECK (total > 0)``."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as CREATE TABLE or ADD COLUMN defines it."""

    name: str
    type: str
    """As ``format_type`` writes it, such as ``character varying(20)``; ``serial`` stays ``serial``."""
    not_null: bool = False
    default: Expression | None = None
    generated: Literal["stored", "virtual"] | None = None
    identity: bool = False
    constraints: tuple[Constraint, ...] = ()
    """Without NOT NULL, which ``not_null`` tells."""

    @property
    def is_serial(self) -> bool:
        """Whether its type is a serial one, that is: a default that calls ``nextval``."""
        return self.type in _TYPES_OF_SERIALS

    @property
    def plain_type(self) -> str:
        """Its type, which for a serial one is the integer behind it."""
        return _TYPES_OF_SERIALS.get(self.type, self.type)


@dataclass(frozen=True, slots=True)
class CreateTable:
    """CREATE TABLE, also as a partition."""

    table: Name
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    """The table's own; a column's stand with the column."""
    like: tuple[Name, ...] = ()
    inherits: tuple[Name, ...] = ()
    partition_of: Name | None = None
    bound: str | None = None
    """As a partition: its bound as SQL, ``FOR VALUES ...`` or ``DEFAULT``."""
    partitioned: bool = False
    """Whether it has partitions itself (PARTITION BY)."""
    if_not_exists: bool = False
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class CreateTableAs:
    """CREATE TABLE AS, SELECT INTO or CREATE MATERIALIZED VIEW."""

    table: Name
    materialized_view: bool = False
    if_not_exists: bool = False
    reads: tuple[Name, ...] = ()
    """The tables and views of its query; none WITH NO DATA."""


@dataclass(frozen=True, slots=True)
class DropTable:
    """DROP TABLE, one for each table that it names."""

    table: Name
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameTable:
    """ALTER TABLE ... RENAME TO."""

    table: Name
    new_name: str


@dataclass(frozen=True, slots=True)
class SetSchema:
    """ALTER TABLE ... SET SCHEMA."""

    table: Name
    schema: str


@dataclass(frozen=True, slots=True)
class RenameColumn:
    """ALTER TABLE ... RENAME COLUMN."""

    table: Name
    column: str
    new_name: str


@dataclass(frozen=True, slots=True)
class AddColumn:
    """ALTER TABLE ... ADD COLUMN."""

    table: Name
    column: Column
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropColumn:
    """ALTER TABLE ... DROP COLUMN."""

    table: Name
    column: str
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class AlterColumnType:
    """ALTER TABLE ... ALTER COLUMN ... TYPE."""

    table: Name
    column: str
    type: str
    """As ``format_type`` writes it."""
    using: Expression | None = None
    collation: str | None = None
    """The collation that it names."""


@dataclass(frozen=True, slots=True)
class SetExpression:
    """ALTER TABLE ... ALTER COLUMN ... SET EXPRESSION, of a generated column; from PostgreSQL 17 on."""

    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class AddIdentity:
    """ALTER TABLE ... ALTER COLUMN ... ADD GENERATED AS IDENTITY."""

    table: Name
    column: str
    always: bool
    """ALWAYS, which refuses values that are given; else BY DEFAULT."""


@dataclass(frozen=True, slots=True)
class DropExpression:
    """ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION: a generated column becomes a plain one."""

    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class SetNotNull:
    """ALTER TABLE ... ALTER COLUMN ... SET NOT NULL."""

    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class DropNotNull:
    """ALTER TABLE ... ALTER COLUMN ... DROP NOT NULL."""

    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class SetDefault:
    """ALTER TABLE ... ALTER COLUMN ... SET DEFAULT; ``default`` is None for DROP DEFAULT."""

    table: Name
    column: str
    default: Expression | None


@dataclass(frozen=True, slots=True)
class AddConstraint:
    """ALTER TABLE ... ADD CONSTRAINT."""

    table: Name
    constraint: Constraint
    only: bool = False
    """Not of its partitions: a key of a partitioned table then builds nothing."""


@dataclass(frozen=True, slots=True)
class ValidateConstraint:
    """ALTER TABLE ... VALIDATE CONSTRAINT."""

    table: Name
    name: str


@dataclass(frozen=True, slots=True)
class DropConstraint:
    """ALTER TABLE ... DROP CONSTRAINT."""

    table: Name
    name: str
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableOther:
    """A form of ALTER TABLE that has no class of its own yet."""

    table: Name
    form: str
    """As libpg_query calls it, such as ``AT_SetStatistics``."""


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """CREATE INDEX."""

    table: Name
    name: str | None
    columns: tuple[str, ...] | None
    """None where there is more to it than plain columns: an expression, an order, an operator class, a collation."""
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    """ON ONLY: of a partitioned table, none of its partitions."""
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: Expression | None = None
    has_options: bool = False
    """Whether it has storage parameters, a tablespace or NULLS NOT DISTINCT."""


@dataclass(frozen=True, slots=True)
class DropIndex:
    """DROP INDEX, one for each index that it names."""

    index: Name
    concurrently: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Reindex:
    """REINDEX; ``target`` is None for a schema, database or system."""

    target: Name | None
    of: Literal["index", "table", "schema", "database", "system"]
    concurrently: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """UPDATE."""

    table: Name
    columns: tuple[str, ...]
    where: Where | None
    """None where there is no WHERE."""
    joined: tuple[Name, ...] = ()
    """Tables of its FROM."""


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE."""

    table: Name
    where: Where | None
    joined: tuple[Name, ...] = ()
    """Tables of its USING."""


@dataclass(frozen=True, slots=True)
class Insert:
    """INSERT; ``from_query`` tells VALUES from a query whose size is not in the statement."""

    table: Name
    from_query: bool = False
    reads: tuple[Name, ...] = ()
    """The tables and views of that query."""
    updates: bool = False
    """Whether it changes the rows that are there already: ON CONFLICT DO UPDATE."""


@dataclass(frozen=True, slots=True)
class CopyFrom:
    """COPY ... FROM."""

    table: Name


@dataclass(frozen=True, slots=True)
class Merge:
    """MERGE."""

    table: Name
    updates: bool = False
    """Whether it changes or deletes rows that are there already."""
    from_query: bool = True
    """As with INSERT: whether the number of its source's rows is not in the statement."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """TRUNCATE, one for each table that it names."""

    table: Name
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class LockTable:
    """LOCK TABLE, one for each table that it names."""

    table: Name
    mode: LockMode
    nowait: bool = False


@dataclass(frozen=True, slots=True)
class CreateView:
    """CREATE VIEW."""

    view: Name
    replace: bool = False


@dataclass(frozen=True, slots=True)
class DropView:
    """DROP VIEW or DROP MATERIALIZED VIEW, one for each view that it names."""

    view: Name
    materialized: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameView:
    """ALTER VIEW ... RENAME, also of a materialized view and of a column of either."""

    view: Name
    new_name: str
    column: str | None = None
    """The column that gets the new name; None where the view itself does."""


@dataclass(frozen=True, slots=True)
class CreateTrigger:
    """CREATE TRIGGER."""

    table: Name
    name: str


@dataclass(frozen=True, slots=True)
class DropTrigger:
    """DROP TRIGGER."""

    table: Name
    name: str


TableChange = (
    CreateTable
    | CreateTableAs
    | DropTable
    | RenameTable
    | SetSchema
    | RenameColumn
    | AddColumn
    | DropColumn
    | AlterColumnType
    | SetExpression
    | AddIdentity
    | DropExpression
    | SetNotNull
    | DropNotNull
    | SetDefault
    | AddConstraint
    | ValidateConstraint
    | DropConstraint
    | AttachPartition
    | DetachPartition
    | SetLogged
    | SetTablespace
    | SetAccessMethod
    | AlterTableOther
    | CreateIndex
    | Cluster
    | Update
    | Delete
    | Insert
    | CopyFrom
    | Merge
    | Truncate
    | LockTable
    | CreateTrigger
    | DropTrigger
)
"""Every change of one table: each has a ``table``."""

TypeChange = CreateType | RenameType | AddEnumValue | RenameEnumValue | ConstrainDomain | DropType
"""Every change of one type: each has a ``type``."""

ViewChange = CreateView | DropView | RenameView | RefreshView
"""Every change of one view: each has a ``view``."""

Change = (
    TableChange
    | TypeChange
    | ViewChange
    | DropIndex
    | Reindex
    | SetIndexTablespace
    | Vacuum
    | CreateSchema
    | DropSchema
    | DropDatabase
    | DropOther
    | SetLockTimeout
    | SetTimeZone
)
