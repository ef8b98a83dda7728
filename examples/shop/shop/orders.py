"""Placing an order: the stock is taken and the order written in one transaction, or neither."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Customer, Inventory, Item, Order, OrderLine


class OrderRefusedError(Exception):
    """The order cannot be placed; the message is for the customer."""


async def place_order(session: AsyncSession, customer_id: UUID, wanted: Mapping[UUID, int]) -> Order:
    """Place an order for so many pieces of each wanted item."""
    async with session.begin():
        if await session.scalar(select(Customer.id).filter_by(id=customer_id, deleted_at=None)) is None:
            raise OrderRefusedError(f"there is no customer {customer_id}")
        # Always in the same order of items, so that two orders at once cannot deadlock.
        lines = [await take_from_stock(session, item_id, wanted[item_id]) for item_id in sorted(wanted)]
        total = sum(line.quantity * line.unit_price_cents for line in lines)
        order = Order(customer_id=customer_id, total_cents=total, lines=lines)
        session.add(order)
    return order


async def take_from_stock(session: AsyncSession, item_id: UUID, quantity: int) -> OrderLine:
    """Take the pieces where there are enough of them, and tell what one costs now."""
    taken = (
        update(Inventory)
        .where(Inventory.item_id == Item.id, Inventory.quantity >= quantity)
        .where(Item.id == item_id, Item.deleted_at.is_(None))
        .values(quantity=Inventory.quantity - quantity)
        .returning(Item.price_cents)
        .execution_options(synchronize_session=False)
    )
    price = await session.scalar(taken)
    if price is None:
        raise OrderRefusedError(f"there are not {quantity} pieces of item {item_id}")
    return OrderLine(item_id=item_id, quantity=quantity, unit_price_cents=price)
