"""Operations on columns."""

from __future__ import annotations

from bench.stall.operation import Operation

_COLUMN = "SELECT {} FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = '{}' AND NOT attisdropped"


def _column(name: str, fact: str = "true") -> str:
    return _COLUMN.format(fact, name)


COLUMNS = (
    Operation(
        name="add-column-with-default",
        stock="""op.add_column("orders", sa.Column("flag", sa.Text(), server_default="x", nullable=False))""",
        midflight="""op.add_column("orders", sa.Column("flag", sa.Text(), server_default="x", nullable=False))""",
        django='migrations.AddField("order", "flag", models.TextField(db_default="x"))',
        done=_column("flag", "attnotnull"),
        undo=("ALTER TABLE orders DROP COLUMN flag",),
    ),
    Operation(
        name="add-required-column-with-volatile-default",
        stock='op.add_column("orders", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), '
        "nullable=False))",
        midflight='op.add_column("orders", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), '
        "nullable=False))",
        django='migrations.AddField("order", "token", models.UUIDField(db_default=RandomUUID()))',
        # the cast keeps the planner from answering by attnotnull
        done=f"{_column('token', 'attnotnull')} AND NOT EXISTS (SELECT FROM orders WHERE token::text IS NULL)",
        rewrites=True,
    ),
    Operation(
        name="drop-column",
        stock='op.drop_column("orders", "note")',
        midflight='op.drop_column("orders", "note")',
        django='migrations.RemoveField("order", "note")',
        done=f"SELECT NOT EXISTS ({_column('note')})",
        rewrites=True,
    ),
    Operation(
        name="set-not-null",
        stock='op.alter_column("orders", "email", existing_type=sa.Text(), nullable=False)',
        midflight='op.set_not_null("orders", "email")',
        django='migrations.AlterField("order", "email", models.TextField())',
        done=_column("email", "attnotnull"),
        undo=("ALTER TABLE orders ALTER COLUMN email DROP NOT NULL",),
    ),
    Operation(
        name="drop-not-null",
        stock='op.alter_column("orders", "code", existing_type=sa.String(20), nullable=True)',
        midflight='op.drop_not_null("orders", "code")',
        django='migrations.AlterField("order", "code", models.CharField(max_length=20, null=True))',
        done=_column("code", "NOT attnotnull"),
        undo=("ALTER TABLE orders ALTER COLUMN code SET NOT NULL",),
    ),
    Operation(
        name="set-default",
        stock="""op.alter_column("orders", "kind", existing_type=sa.Text(), server_default="web")""",
        midflight="""op.set_default("orders", "kind", "web")""",
        django='migrations.AlterField("order", "kind", models.TextField(null=True, db_default="web"))',
        done="SELECT pg_get_expr(adbin, adrelid) = '''web''::text' FROM pg_attrdef WHERE adrelid = 'orders'::regclass "
        "AND adnum = (SELECT attnum FROM pg_attribute WHERE attrelid = adrelid AND attname = 'kind')",
        undo=("ALTER TABLE orders ALTER COLUMN kind DROP DEFAULT",),
    ),
    Operation(
        name="drop-default",
        stock='op.alter_column("orders", "status", existing_type=sa.Text(), server_default=None)',
        midflight='op.drop_default("orders", "status")',
        django='migrations.AlterField("order", "status", models.TextField())',
        done=_column("status", "NOT atthasdef"),
        undo=("ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'new'",),
    ),
    Operation(
        name="widen-varchar",
        stock='op.alter_column("orders", "code", existing_type=sa.String(20), type_=sa.String(40))',
        midflight='op.alter_column_type("orders", "code", sa.String(40))',
        django='migrations.AlterField("order", "code", models.CharField(max_length=40))',
        done=_column("code", "format_type(atttypid, atttypmod) = 'character varying(40)'"),
        rewrites=True,
    ),
    Operation(
        name="comment",
        stock='op.alter_column("orders", "code", existing_type=sa.String(20), comment="as on the label")',
        midflight='op.comment_column("orders", "code", "as on the label")',
        django='migrations.AlterField("order", "code", models.CharField(max_length=20, db_comment="as on the label"))',
        done=_column("code", "col_description(attrelid, attnum) = 'as on the label'"),
        undo=("COMMENT ON COLUMN orders.code IS NULL",),
    ),
)
