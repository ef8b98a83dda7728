"""The shop's HTTP face: `uvicorn shop.main:app`."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, status
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from shop.database import Session
from shop.models import Inventory, Item, Order
from shop.orders import OrderRefusedError, place_order
from shop.schemas import ItemInStock, NewItem, NewOrder, PlacedOrder
from shop.settings import Settings

PageSize = Annotated[int, Query(ge=1, le=200)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine(Settings().database_url)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    yield
    await engine.dispose()


app = FastAPI(title="Shop", lifespan=lifespan)


@app.get("/health")
async def health(session: Session) -> dict[str, str]:
    await session.execute(text("SELECT 1"))
    return {"status": "ok"}


@app.get("/items", response_model=list[ItemInStock])
async def list_items(session: Session, after: str = "", limit: PageSize = 50) -> list[ItemInStock]:
    """The items on sale, a page at a time: `after` is the last slug of the page before."""
    page = (
        select(Item.id, Item.sku, Item.name, Item.slug, Item.price_cents, Inventory.quantity)
        .join(Inventory, Inventory.item_id == Item.id)
        .where(Item.deleted_at.is_(None), Item.slug > after)
        .order_by(Item.slug)
        .limit(limit)
    )
    return [ItemInStock.model_validate(row) for row in await session.execute(page)]


@app.post("/items", status_code=status.HTTP_201_CREATED)
async def create_item(new: NewItem, session: Session) -> ItemInStock:
    slug = re.sub(r"[^a-z0-9]+", "-", f"{new.name} {new.sku}".lower()).strip("-")
    item = Item(sku=new.sku, name=new.name, price_cents=new.price_cents, slug=slug)
    try:
        async with session.begin():
            session.add(item)
            await session.flush()
            session.add(Inventory(item_id=item.id, quantity=new.quantity))
    except IntegrityError:
        raise HTTPException(status.HTTP_409_CONFLICT, f"there is an item {new.sku} already") from None
    return ItemInStock(id=item.id, slug=slug, **new.model_dump())


@app.post("/orders", status_code=status.HTTP_201_CREATED, response_model=PlacedOrder)
async def create_order(new: NewOrder, session: Session) -> Order:
    try:
        return await place_order(session, new.customer_id, new.wanted())
    except OrderRefusedError as refusal:
        raise HTTPException(status.HTTP_409_CONFLICT, str(refusal)) from None
