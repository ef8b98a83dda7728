"""The example shop: its history runs up and down, its models match the head, and it sells."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message

    from midflight.pg.addresses import Address

SHOP = Path(__file__).parents[2] / "examples" / "shop"

LEFT_OVER = """
SELECT kind || ' ' || name FROM (
    SELECT 'relation' AS kind, relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
    UNION ALL
    SELECT 'enum', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
    UNION ALL
    SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS left_over ORDER BY 1
"""


async def alembic(*arguments: str, database: Address | None) -> tuple[int, str, str]:
    """Run Alembic as a user would, in another folder; without a database, with an empty environment."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database is not None:
        environment["DATABASE_URL"] = database.url("postgresql+asyncpg")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "alembic", "-c", str(SHOP / "alembic.ini"), *arguments),
        env=environment,
        cwd="/",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await asyncio.wait_for(process.communicate(), timeout=120)
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def succeed(*arguments: str, database: Address | None) -> str:
    code, output, errors = await alembic(*arguments, database=database)
    assert code == 0, errors
    return output


async def fetch(database: Address, query: str, *values: object) -> list[Any]:
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        return [row[0] for row in await connection.fetch(query, *values)]
    finally:
        await connection.close()


class Client:
    """Calls the application in this process, without a web server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def get(self, path: str, query: str = "") -> tuple[int, Any]:
        return await self.call("GET", path, b"", query)

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        return await self.call("POST", path, json.dumps(body).encode(), "")

    async def call(self, method: str, path: str, body: bytes, query: str) -> tuple[int, Any]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}
        await self.app(scope, receive, send)
        return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture
async def shop(database: Address, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    await succeed("upgrade", "head", database=database)
    monkeypatch.setenv("DATABASE_URL", database.url("postgresql+asyncpg"))
    monkeypatch.syspath_prepend(str(SHOP))
    app = importlib.import_module("shop.main").app
    async with app.router.lifespan_context(app):
        yield Client(app)


async def new_customer(database: Address) -> str:
    [key] = await fetch(database, "INSERT INTO customers (name) VALUES ('Ada') RETURNING id")
    return str(key)


async def new_item(shop: Client, sku: str, *, price_cents: int, quantity: int) -> str:
    body = {"sku": sku, "name": f"Item {sku}", "price_cents": price_cents, "quantity": quantity}
    status, item = await shop.post("/items", body)
    assert status == 201
    return str(item["id"])


async def test_models_match_the_head(database: Address) -> None:
    await succeed("upgrade", "head", database=database)

    assert "No new upgrade operations detected" in await succeed("check", database=database)


async def test_enums_of_the_models_match_the_head(database: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """Autogenerate does not look at labels."""
    await succeed("upgrade", "head", database=database)
    monkeypatch.syspath_prepend(str(SHOP))
    models = importlib.import_module("shop.models")

    for kind, name in ((models.OrderStatus, "order_status"), (models.LoyaltyTier, "loyalty_tier")):
        labels = await fetch(
            database, "SELECT enumlabel FROM pg_enum WHERE enumtypid = $1::text::regtype ORDER BY enumsortorder", name
        )
        assert labels == [member.name for member in kind]


async def test_downgrade_leaves_only_the_forgotten_type_and_upgrade_works_again(database: Address) -> None:
    await succeed("upgrade", "head", database=database)
    await succeed("downgrade", "base", database=database)

    assert await fetch(database, LEFT_OVER) == ["enum loyalty_tier", "relation alembic_version"]

    await succeed("upgrade", "head", database=database)
    assert await fetch(database, "SELECT count(*) FROM item_stock") == [0]


async def test_history_runs_over_existing_rows(database: Address) -> None:
    await succeed("upgrade", "93025c798f43", database=database)
    [customer] = await fetch(
        database, "INSERT INTO customers (name, phone) VALUES ('Ada', '+49 (40) 123-4') RETURNING id"
    )
    await fetch(database, "INSERT INTO items (sku, name, price_cents) VALUES ('B-1', 'Bicycle Lamp!', 1999)")
    await fetch(database, "INSERT INTO orders (customer_id, status, total_cents) VALUES ($1, 'paid', 1999)", customer)

    await succeed("upgrade", "head", database=database)

    assert await fetch(database, "SELECT slug FROM items") == ["bicycle-lamp-b-1"]
    assert await fetch(database, "SELECT phone_number FROM customers") == ["+49401234"]
    assert await fetch(database, "SELECT currency FROM orders") == ["EUR"]

    await fetch(database, "UPDATE orders SET status = 'refunded'")
    await succeed("downgrade", "93025c798f43", database=database)

    assert await fetch(database, "SELECT status::text FROM orders") == ["cancelled"]


async def test_offline_mode_needs_neither_a_database_nor_an_environment() -> None:
    sql = await succeed("upgrade", "head", "--sql", database=None)

    assert "CREATE INDEX CONCURRENTLY ix_orders_pending" in sql
    assert "CREATE TYPE loyalty_tier" in sql


async def test_shop_is_healthy(shop: Client) -> None:
    assert await shop.get("/health") == (200, {"status": "ok"})


async def test_items_are_listed_with_their_stock_a_page_at_a_time(shop: Client) -> None:
    for sku in ("A-1", "B-2", "C-3"):
        await new_item(shop, sku, price_cents=250, quantity=7)

    _, first = await shop.get("/items", "limit=2")
    _, second = await shop.get("/items", f"limit=2&after={first[-1]['slug']}")

    assert [item["sku"] for item in first + second] == ["A-1", "B-2", "C-3"]
    assert first[0] | {"id": ""} == {
        "id": "",
        "sku": "A-1",
        "name": "Item A-1",
        "slug": "item-a-1-a-1",
        "price_cents": 250,
        "quantity": 7,
    }


async def test_a_deleted_item_is_neither_listed_nor_sold(shop: Client, database: Address) -> None:
    item = await new_item(shop, "A-1", price_cents=250, quantity=7)
    await fetch(database, "UPDATE items SET deleted_at = now()")

    assert await shop.get("/items") == (200, [])
    status, _ = await shop.post(
        "/orders", {"customer_id": await new_customer(database), "lines": [{"item_id": item, "quantity": 1}]}
    )
    assert status == 409


async def test_a_second_item_of_the_same_sku_is_refused(shop: Client) -> None:
    await new_item(shop, "A-1", price_cents=250, quantity=7)

    status, answer = await shop.post("/items", {"sku": "A-1", "name": "Other", "price_cents": 1})

    assert (status, answer) == (409, {"detail": "there is an item A-1 already"})


async def test_an_order_takes_its_pieces_from_the_stock(shop: Client, database: Address) -> None:
    lamp = await new_item(shop, "LAMP", price_cents=1999, quantity=5)
    bell = await new_item(shop, "BELL", price_cents=500, quantity=5)
    lines = [{"item_id": lamp, "quantity": 1}, {"item_id": bell, "quantity": 2}, {"item_id": lamp, "quantity": 1}]

    status, order = await shop.post("/orders", {"customer_id": await new_customer(database), "lines": lines})

    assert (status, order["total_cents"], order["currency"]) == (201, 4998, "EUR")
    assert await fetch(database, "SELECT quantity FROM item_stock ORDER BY sku") == [3, 3]
    assert await fetch(database, "SELECT quantity FROM order_lines WHERE order_id = $1", order["id"]) == [2, 2]


async def test_a_refused_order_takes_nothing(shop: Client, database: Address) -> None:
    lamp = await new_item(shop, "LAMP", price_cents=1999, quantity=5)
    bell = await new_item(shop, "BELL", price_cents=500, quantity=1)
    lines = [{"item_id": lamp, "quantity": 1}, {"item_id": bell, "quantity": 2}]

    status, answer = await shop.post("/orders", {"customer_id": await new_customer(database), "lines": lines})

    assert (status, answer) == (409, {"detail": f"there are not 2 pieces of item {bell}"})
    assert await fetch(database, "SELECT quantity FROM item_stock ORDER BY sku") == [1, 5]
    assert await fetch(database, "SELECT count(*) FROM orders") == [0]


async def test_the_last_piece_is_sold_once(shop: Client, database: Address) -> None:
    lamp = await new_item(shop, "LAMP", price_cents=1999, quantity=1)
    body = {"customer_id": await new_customer(database), "lines": [{"item_id": lamp, "quantity": 1}]}

    answers = await asyncio.gather(*(shop.post("/orders", body) for _ in range(5)))

    assert sorted(status for status, _ in answers) == [201, 409, 409, 409, 409]
    assert await fetch(database, "SELECT quantity FROM inventory") == [0]
