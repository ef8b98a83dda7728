"""What autogenerate writes for a change of the models: lines, then applied, taken back and applied again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import command

from bridge.migrations import Migrations, body

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from midflight.pg.addresses import Address

COLOUR = "postgresql.ENUM('red', 'blue', name='colour', create_type=False)"
COLOURS = sa.Enum("red", "blue", name="colour")
MORE_COLOUR = "postgresql.ENUM('red', 'blue', name='colour', create_type=False)"
COLOURS = sa.Enum("black", "red", "green", "blue", name="colour")


def orders(*parts: Callable[[], sa.Column[Any]], **options: Any) -> Callable[[], sa.MetaData]:  # noqa: ANN401 - as sa.Table has them
    """Models with orders, which have an id and what is given, and customers; all is made anew each time."""

    def build() -> sa.MetaData:
        metadata = sa.MetaData()
        sa.Table("customers", metadata, sa.Column("id", sa.Integer, primary_key=True))
        made = [part() for part in parts]
        sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True), *made, **options)
        return metadata

    return build


def column(*arguments: Any, **keywords: Any) -> Callable[[], sa.Column[Any]]:  # noqa: ANN401 - as sa.Column has them
    return lambda: sa.Column(*arguments, **keywords)


def reference(column_name: str, **keywords: Any) -> Callable[[], sa.Column[Any]]:  # noqa: ANN401 - as sa.ForeignKey
    return lambda: sa.Column(column_name, sa.ForeignKey("customers.id", **keywords))


@dataclass(frozen=True)
class Case:
    id: str
    before: Callable[[], sa.MetaData]
    after: Callable[[], sa.MetaData]
    up: list[list[str]]
    """For each revision, in their order."""
    down: list[list[str]]
    stays: bool = False
    """Whether the way back leaves something, which PostgreSQL cannot take back."""


CASES = [
    Case(
        "index",
        orders(column("note", sa.Text)),
        orders(column("note", sa.Text, index=True)),
        [["op.create_index(op.f('ix_orders_note'), 'orders', ['note'], unique=False)"]],
        [["op.drop_index(op.f('ix_orders_note'), table_name='orders')"]],
    ),
    Case(
        "column with an index: the index in a revision of its own",
        orders(),
        orders(column("note", sa.Text, index=True)),
        [
            ["op.add_column('orders', sa.Column('note', sa.Text(), nullable=True))"],
            ["op.create_index(op.f('ix_orders_note'), 'orders', ['note'], unique=False)"],
        ],
        [
            ["# lossy: the values of orders.note are gone for good", "op.drop_column('orders', 'note')"],
            ["op.drop_index(op.f('ix_orders_note'), table_name='orders')"],
        ],
    ),
    Case(
        "not null, default and comment",
        orders(column("note", sa.Text)),
        orders(column("note", sa.Text, nullable=False, server_default="none", comment="it's free")),
        [
            ["op.set_default('orders', 'note', 'none')", "op.comment_column('orders', 'note', \"it's free\")"],
            ["op.set_not_null('orders', 'note')"],
        ],
        [
            ["op.drop_default('orders', 'note')", "op.comment_column('orders', 'note', None)"],
            ["op.drop_not_null('orders', 'note')"],
        ],
    ),
    Case(
        "default of SQL",
        orders(column("at", sa.DateTime(timezone=True))),
        orders(column("at", sa.DateTime(timezone=True), server_default=sa.func.now())),
        [["op.set_default('orders', 'at', sa.text('now()'))"]],
        [["op.drop_default('orders', 'at')"]],
    ),
    Case(
        "longer text, which keeps the rows; back is lossy",
        orders(column("note", sa.String(20))),
        orders(column("note", sa.String(40))),
        [["op.alter_column_type('orders', 'note', sa.String(length=40))"]],
        [
            [
                "# lossy: orders.note goes from character varying(40) to character varying(20): a value that is",
                "# longer is refused, or cut where USING casts it",
                "# character varying(40) to character varying(20) writes orders anew: refused on a large table; add a",
                "# column of the new type, fill it in batches, and then change over",
                "op.alter_column_type('orders', 'note', sa.VARCHAR(length=20))",
            ]
        ],
    ),
    Case(
        "unnamed constraints get PostgreSQL's names",
        orders(column("customer_id", sa.Integer), column("note", sa.Text)),
        orders(reference("customer_id"), column("note", sa.Text, unique=True)),
        [
            [
                "op.create_unique_constraint('orders_note_key', 'orders', ['note'])",
                "op.create_foreign_key('orders_customer_id_fkey', 'orders', 'customers', ['customer_id'], ['id'])",
            ]
        ],
        [
            [
                "op.drop_constraint('orders_customer_id_fkey', 'orders', type_='foreignkey')",
                "op.drop_constraint('orders_note_key', 'orders', type_='unique')",
            ]
        ],
    ),
    Case(
        "a foreign key changed: dropped and made in one revision",
        orders(reference("customer_id", name="fk")),
        orders(reference("customer_id", name="fk", ondelete="CASCADE")),
        [
            [
                "op.drop_constraint(op.f('fk'), 'orders', type_='foreignkey')",
                "op.create_foreign_key('fk', 'orders', 'customers', ['customer_id'], ['id'], ondelete='CASCADE')",
            ]
        ],
        [
            [
                "op.drop_constraint('fk', 'orders', type_='foreignkey')",
                "op.create_foreign_key(op.f('fk'), 'orders', 'customers', ['customer_id'], ['id'])",
            ]
        ],
    ),
    Case(
        "a column goes, with its index: the index first, the loss last",
        orders(column("note", sa.Text, index=True)),
        orders(),
        [
            ["op.drop_index(op.f('ix_orders_note'), table_name='orders')"],
            ["# lossy: the values of orders.note are gone for good", "op.drop_column('orders', 'note')"],
        ],
        [
            ["op.create_index(op.f('ix_orders_note'), 'orders', ['note'], unique=False)"],
            [
                "op.add_column('orders', sa.Column('note', sa.TEXT(), autoincrement=False, nullable=True))",
            ],
        ],
    ),
    Case(
        "a comment on a table",
        orders(),
        orders(comment="what was ordered"),
        [["op.comment_table('orders', 'what was ordered')"]],
        [["op.comment_table('orders', None)"]],
    ),
    Case(
        "an enum is made before its first column",
        orders(),
        orders(column("colour", COLOURS)),
        [
            [
                "op.create_enum('colour', ['red', 'blue'])",
                f"op.add_column('orders', sa.Column('colour', {COLOUR}, nullable=True))",
            ]
        ],
        [
            [
                "# lossy: the values of orders.colour are gone for good",
                "op.drop_column('orders', 'colour')",
                "op.drop_enum('colour')",
            ]
        ],
    ),
    Case(
        "values of an enum before their use",
        orders(column("colour", COLOURS)),
        orders(column("colour", MORE_COLOURS, server_default="green")),
        [
            [
                "op.add_enum_value('colour', 'black', before='red')",
                "op.add_enum_value('colour', 'green', after='red')",
            ],
            ["op.set_default('orders', 'colour', 'green')"],
        ],
        [
            [
                "# PostgreSQL cannot take a value from an enum: 'black' stays in colour",
                "# PostgreSQL cannot take a value from an enum: 'green' stays in colour",
                "pass",
            ],
            ["op.drop_default('orders', 'colour')"],
        ],
        stays=True,
    ),
    Case(
        "an enum goes with its last column",
        orders(column("colour", COLOURS)),
        orders(),
        [
            [
                "# lossy: the values of orders.colour are gone for good",
                "op.drop_column('orders', 'colour')",
                "op.drop_enum('colour')",
            ]
        ],
        [
            [
                "op.create_enum('colour', ['red', 'blue'])",
                f"op.add_column('orders', sa.Column('colour', {COLOUR}, autoincrement=False, nullable=True))",
            ]
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_change_is_written_applied_and_taken_back(case: Case, tmp_path: Path, database: Address) -> None:
    project = Migrations(tmp_path, database)
    project.reach(case.before())
    revisions = project.autogenerate(case.after())
    assert [body(text, "upgrade") for text in revisions] == case.up
    assert [body(text, "downgrade") for text in revisions] == case.down
    project.upgrade()
    assert project.differences(case.after()) == []
    project.downgrade(f"-{len(revisions)}")
    if not case.stays:
        assert project.differences(case.before()) == []
        project.upgrade()
        assert project.differences(case.after()) == []


def test_table_goes_with_all_that_is_on_it_and_comes_back(tmp_path: Path, database: Address) -> None:
    project = Migrations(tmp_path, database)
    full = orders(column("note", sa.Text, index=True, unique=True), column("colour", COLOURS))()
    [text] = project.autogenerate(full)
    assert body(text, "upgrade")[0] == "op.create_enum('colour', ['red', 'blue'])"
    assert "op.create_index" in text  # on a new table, where there is no traffic: in the same revision
    project.upgrade()
    [text] = project.autogenerate(sa.MetaData())
    tables = sorted(line for line in body(text, "upgrade") if line.startswith("op."))
    assert tables == ["op.drop_enum('colour')", "op.drop_table('customers')", "op.drop_table('orders')"]
    assert text.count("# lossy: the rows of") == 2
    project.upgrade()
    assert project.run("SELECT count(*) FROM pg_type WHERE typname = 'colour'") == [(0,)]
    project.downgrade("-1")
    assert project.differences(full) == []
    project.downgrade("base")
    assert project.run("SELECT count(*) FROM pg_type WHERE typname = 'colour'") == [(0,)]


def test_second_table_with_an_enum_that_is_there(tmp_path: Path, database: Address) -> None:
    project = Migrations(tmp_path, database)
    metadata = orders(column("colour", COLOURS))()
    project.reach(metadata)
    sa.Table("bags", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("colours", sa.ARRAY(COLOURS)))
    [text] = project.autogenerate(metadata)
    assert "create_enum" not in text
    project.upgrade()
    assert project.differences(metadata) == []
    [text] = project.autogenerate(orders(column("colour", COLOURS))())
    assert "drop_enum" not in text  # another table has it still


def test_our_own_schema_is_never_touched(tmp_path: Path, database: Address) -> None:
    asked: list[str | None] = []

    def include_name(name: str | None, type_: str, _parents: dict[str, str | None]) -> bool:
        asked.append(name)
        return type_ != "table" or name != "others"

    def include_object(_thing: object, name: str | None, *_: object) -> bool:
        asked.append(name)
        return True

    project = Migrations(
        tmp_path,
        database,
        {"include_schemas": True, "include_name": include_name, "include_object": include_object},
    )
    project.run("CREATE SCHEMA midflight")
    project.run("CREATE TABLE midflight.journal (id int PRIMARY KEY); CREATE TABLE others (id int)")
    project.run("CREATE SCHEMA apart; CREATE TABLE apart.mine (id int)")
    [text] = project.autogenerate(sa.MetaData())
    assert [line for line in body(text, "upgrade") if "op." in line] == ["op.drop_table('mine', schema='apart')"]
    assert "apart" in asked
    assert not {"midflight", "journal"} & set(asked)


def test_own_hook_comes_first_and_sees_stock_directives(tmp_path: Path, database: Address) -> None:
    seen: list[str] = []

    def hook(_context: object, _revision: object, directives: list[Any]) -> None:
        seen.extend(type(found).__name__ for found in directives[0].upgrade_ops.ops[0].ops)
        directives[0].message = "by the hook"

    project = Migrations(tmp_path, database)
    project.reach(orders(column("note", sa.Text))())
    project.options["process_revision_directives"] = hook
    [text] = project.autogenerate(orders(column("note", sa.Text, nullable=False))())
    assert seen == ["AlterColumnOp"]
    assert text.startswith('"""by the hook')
    assert body(text, "upgrade") == ["op.set_not_null('orders', 'note')"]


def test_empty_hook_leaves_nothing_to_write(tmp_path: Path, database: Address) -> None:
    project = Migrations(
        tmp_path, database, {"process_revision_directives": lambda _context, _revision, directives: directives.clear()}
    )
    assert project.autogenerate(orders()()) == []


def test_stock_template_gets_our_op_under_the_name_that_it_uses(tmp_path: Path, database: Address) -> None:
    project = Migrations(tmp_path, database, {"alembic_module_prefix": "alembic_op."})
    template = tmp_path / "migrations" / "script.py.mako"
    template.write_text(
        template.read_text().replace("from midflight import op", "from alembic import op as alembic_op")
    )
    [text] = project.autogenerate(orders()())
    assert "\nfrom midflight import op as alembic_op\n" in text
    project.upgrade()
    assert project.differences(orders()()) == []


def test_check_of_alembic_tells_differences_still(tmp_path: Path, database: Address) -> None:
    project = Migrations(tmp_path, database)
    project.reach(orders(column("note", sa.Text))())
    command.check(project.config(orders(column("note", sa.Text))()))
    with pytest.raises(command.util.AutogenerateDiffsDetected, match="set_not_null"):
        command.check(project.config(orders(column("note", sa.Text, nullable=False, index=True))()))


def test_revisions_of_one_change_follow_each_other(tmp_path: Path, database: Address) -> None:
    project = Migrations(tmp_path, database)
    project.reach(orders(column("colour", COLOURS), column("gone", sa.Text))())
    after = orders(column("colour", MORE_COLOURS, index=True), column("new", sa.Text))()
    texts = project.autogenerate(after)
    titles = [text.partition("\n")[0].strip('"') for text in texts]
    assert titles == [
        "enum values for change 2",
        "change 2",
        "indexes and constraints for change 2",
        "drops for change 2",
    ]
    ids = [text.partition("Revision ID: ")[2].split()[0] for text in texts]
    before = [text.partition("Revises: ")[2].split()[0] for text in texts]
    assert before[1:] == ids[:-1]
    project.upgrade()
    assert project.differences(after) == []


def test_dropped_table_that_another_refers_to(tmp_path: Path, database: Address) -> None:
    project = Migrations(tmp_path, database)
    full = orders(reference("customer_id"))()
    project.reach(full)
    alone = sa.MetaData()
    sa.Table("orders", alone, sa.Column("id", sa.Integer, primary_key=True))
    texts = project.autogenerate(alone)
    assert "drop_constraint" in texts[0]  # stock Alembic drops the table first, and fails
    project.upgrade()
    assert project.differences(alone) == []
    project.downgrade(f"-{len(texts)}")
    assert project.differences(full) == []
