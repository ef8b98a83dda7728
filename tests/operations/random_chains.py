"""Random chains of operations on a random table, as the code of a revision; and the same changes as stock SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = {
    "integer": ("sa.Integer()", "42"),
    "bigint": ("sa.BigInteger()", "7"),
    "text": ("sa.Text()", "'a''b'"),
    "varchar(30)": ("sa.String(30)", "'x'"),
    "timestamptz": ("sa.DateTime(timezone=True)", "now()"),
    "uuid": ("sa.Uuid()", "gen_random_uuid()"),
    "boolean": ("sa.Boolean()", "true"),
    "numeric(8,2)": ("sa.Numeric(8, 2)", "1.5"),
}
"""Each type's SQLAlchemy, and a default, volatile for one of them."""


@dataclass(slots=True)
class Column:
    """A column as the chain has made it so far."""

    type: str
    default: str | None = None
    not_null: bool = False


@dataclass(slots=True)
class Chain:
    """Operations, and what leads back."""

    setup: str
    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    stock: list[str] = field(default_factory=list)
    """The same changes as somebody writes them by hand."""
    columns: dict[str, Column] = field(default_factory=dict)
    made: int = 0

    def add(self, up: str, down: str, stock: str) -> None:
        """Append one operation."""
        self.up.append(up)
        self.down.insert(0, down)
        self.stock.append(stock)

    def new_name(self, kind: str) -> str:
        """A name of which none is there yet; some need quotes."""
        self.made += 1
        return f"{kind} {self.made}" if self.made % 3 == 0 else f"{kind}_{self.made}"


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Return a chain of one to six operations."""
    names = [f"c{place}" if place % 2 else f"C {place}" for place in range(draw(st.integers(1, 4)))]
    columns = {name: Column(*draw_column(draw)) for name in names}
    for column in columns.values():  # rows hold what the default gives
        column.default = column.default or TYPES[column.type][1]
    written = "".join(
        f', "{name}" {one.type} DEFAULT {one.default}{" NOT NULL" * one.not_null}' for name, one in columns.items()
    )
    chain = Chain(
        f"CREATE TABLE u (id int PRIMARY KEY); INSERT INTO u SELECT generate_series(1, 50);"
        f"CREATE TABLE t (id int PRIMARY KEY, ref int{written});"
        "INSERT INTO t (id, ref) SELECT i, i FROM generate_series(1, 50) AS i",
        columns=columns,
    )
    for _ in range(draw(st.integers(1, 6))):
        draw(st.sampled_from(OPERATIONS))(draw, chain)
    return chain


def draw_column(draw: st.DrawFn) -> tuple[str, str | None, bool]:
    """Return a type, a default or none, and whether it is NOT NULL."""
    type_ = draw(st.sampled_from(sorted(TYPES)))
    default = draw(st.sampled_from([None, TYPES[type_][1]]))
    return type_, default, draw(st.booleans())


def some_column(draw: st.DrawFn, chain: Chain) -> str:
    """Choose a column of those that there are."""
    return draw(st.sampled_from(sorted(chain.columns)))


def add_column(draw: st.DrawFn, chain: Chain) -> None:
    type_, default, not_null = draw_column(draw)
    default = TYPES[type_][1] if not_null else default
    name = chain.new_name("added")
    chain.columns[name] = Column(type_, default, not_null)
    given = f", server_default=sa.text({default!r})" if default else ""
    chain.add(
        f'op.add_column("t", sa.Column({name!r}, {TYPES[type_][0]}{given}, nullable={not not_null}))',
        f'op.drop_column("t", {name!r})',
        f'ALTER TABLE t ADD COLUMN "{name}" {type_}{f" DEFAULT {default}" if default else ""}{" NOT NULL" * not_null}',
    )


def change_default(draw: st.DrawFn, chain: Chain) -> None:
    name = some_column(draw, chain)
    column = chain.columns[name]
    if column.default is None:
        column.default = TYPES[column.type][1]
        chain.add(
            f'op.set_default("t", {name!r}, sa.text({column.default!r}))',
            f'op.drop_default("t", {name!r})',
            f'ALTER TABLE t ALTER COLUMN "{name}" SET DEFAULT {column.default}',
        )
    else:
        chain.add(
            f'op.drop_default("t", {name!r})',
            f'op.set_default("t", {name!r}, sa.text({column.default!r}))',
            f'ALTER TABLE t ALTER COLUMN "{name}" DROP DEFAULT',
        )
        column.default = None


def change_nullability(draw: st.DrawFn, chain: Chain) -> None:
    """A column that was added without a default has NULL in it: it stays as it is."""
    name = some_column(draw, chain)
    column = chain.columns[name]
    if column.not_null:
        chain.add(
            f'op.drop_not_null("t", {name!r})',
            f'op.set_not_null("t", {name!r})',
            f'ALTER TABLE t ALTER COLUMN "{name}" DROP NOT NULL',
        )
        column.not_null = False
    elif not name.startswith("added"):
        chain.add(
            f'op.set_not_null("t", {name!r})',
            f'op.drop_not_null("t", {name!r})',
            f'ALTER TABLE t ALTER COLUMN "{name}" SET NOT NULL',
        )
        column.not_null = True


def create_index(draw: st.DrawFn, chain: Chain) -> None:
    name, column, unique = chain.new_name("ix"), some_column(draw, chain), draw(st.booleans())
    where = draw(st.sampled_from(["", ', postgresql_where=sa.text("id > 10")']))
    chain.add(
        f'op.create_index({name!r}, "t", ["id", {column!r}], unique={unique}{where})',
        f'op.drop_index({name!r}, table_name="t")',
        f'CREATE {"UNIQUE " * unique}INDEX "{name}" ON t (id, "{column}"){" WHERE id > 10" * bool(where)}',
    )


def create_check(_: st.DrawFn, chain: Chain) -> None:
    name = chain.new_name("ck")
    chain.add(
        f'op.create_check_constraint({name!r}, "t", "id > 0")',
        f'op.drop_constraint({name!r}, "t")',
        f'ALTER TABLE t ADD CONSTRAINT "{name}" CHECK (id > 0)',
    )


def create_foreign_key(_: st.DrawFn, chain: Chain) -> None:
    name = chain.new_name("fk")
    chain.add(
        f'op.create_foreign_key({name!r}, "t", "u", ["ref"], ["id"])',
        f'op.drop_constraint({name!r}, "t", type_="foreignkey")',
        f'ALTER TABLE t ADD CONSTRAINT "{name}" FOREIGN KEY (ref) REFERENCES u (id)',
    )


def create_unique(_: st.DrawFn, chain: Chain) -> None:
    name = chain.new_name("uq")
    chain.add(
        f'op.create_unique_constraint({name!r}, "t", ["id", "ref"])',
        f'op.drop_constraint({name!r}, "t")',
        f'ALTER TABLE t ADD CONSTRAINT "{name}" UNIQUE (id, ref)',
    )


OPERATIONS: tuple[Callable[[st.DrawFn, Chain], None], ...] = (
    add_column,
    change_default,
    change_nullability,
    create_index,
    create_check,
    create_foreign_key,
    create_unique,
)
