"""Definitions as PostgreSQL writes them, over columns of other names."""

from __future__ import annotations

import pytest

from midflight.sql.bare_constants import bare_constant
from midflight.sql.names import Name
from midflight.sql.renamed_columns import (
    UnreadableDefinitionError,
    constraint_over,
    expression_over,
    index_over,
    statistics_over,
)

COLUMNS = {"id": "new id"}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("USING btree (id)", 'USING btree ("new id")'),
        ('USING btree ("Id")', 'USING btree ("Id")'),
        (
            "USING btree (lower((id)::text) text_pattern_ops DESC) INCLUDE (id) WHERE (id > 5)",
            'USING btree (lower("new id"::text) text_pattern_ops DESC) INCLUDE ("new id") WHERE "new id" > 5',
        ),
        (
            "USING gin (id jsonb_path_ops) WITH (fastupdate='off') TABLESPACE id",
            "USING gin (\"new id\" jsonb_path_ops) WITH (fastupdate='off') TABLESPACE id",
        ),
        ("USING btree (id(b), (('id'::text)), ((b).id))", "USING btree (id(b), ('id'::text), ((b).id))"),
    ],
)
def test_index(shape: str, expected: str) -> None:
    assert index_over(shape, COLUMNS) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("CHECK ((id > 0)) NO INHERIT NOT VALID", 'CHECK ("new id" > 0) NO INHERIT'),
        (
            "UNIQUE NULLS NOT DISTINCT (a, id) INCLUDE (id)",
            'UNIQUE NULLS NOT DISTINCT (a, "new id") INCLUDE ("new id")',
        ),
        (
            "EXCLUDE USING gist (id WITH =, tsrange(a, b) WITH &&) WHERE ((id > 0))",
            'EXCLUDE USING gist ("new id" WITH =, tsrange(a, b) WITH &&) WHERE ("new id" > 0)',
        ),
    ],
)
def test_constraint(definition: str, expected: str) -> None:
    assert constraint_over(definition, COLUMNS) == expected


def test_foreign_key_has_columns_of_two_tables() -> None:
    definition = "FOREIGN KEY (id, b) REFERENCES orders(id, b) MATCH FULL ON DELETE SET NULL (id) DEFERRABLE NOT VALID"
    written = constraint_over(definition, COLUMNS, Name("shop", "orders"), {"id": "key"})
    keys = 'FOREIGN KEY ("new id", b) REFERENCES shop.orders (key, b)'
    assert written == f'{keys} MATCH FULL ON DELETE SET NULL ("new id")DEFERRABLE'


def test_statistics() -> None:
    definition = "CREATE STATISTICS public.s (ndistinct) ON id, lower(id) FROM public.orders"
    assert statistics_over(definition, COLUMNS, Name("shop", "t")) == (
        'CREATE STATISTICS shop.t (ndistinct) ON "new id", (lower("new id")) FROM public.orders'
    )


def test_expression() -> None:
    assert expression_over("id::integer + length(t.id)", COLUMNS) == '"new id"::int + length(t."new id")'


def test_what_cannot_be_read() -> None:
    with pytest.raises(UnreadableDefinitionError):
        index_over("USING btree (id", COLUMNS)
    with pytest.raises(UnreadableDefinitionError):
        constraint_over("CHECK id > 0", COLUMNS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'open'::character varying", "'open'"),
        ("'it''s'::text", "'it''s'"),
        ("nextval('orders_id_seq'::regclass)", "nextval('orders_id_seq'::regclass)"),
        ("7", "7"),
        ("(7)::bigint", "(7)::bigint"),
        ("now()", "now()"),
    ],
)
def test_bare_constant(text: str, expected: str) -> None:
    assert bare_constant(text) == expected
