"""What goes over the wire."""

from collections import Counter
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=200)]
Cents = Annotated[int, Field(ge=0, le=100_000_000)]


class NewItem(BaseModel):
    sku: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    name: Text
    price_cents: Cents
    quantity: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class ItemInStock(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    sku: str
    name: str
    slug: str
    price_cents: int
    quantity: int


class NewOrderLine(BaseModel):
    item_id: UUID
    quantity: Annotated[int, Field(ge=1, le=1_000)]


class NewOrder(BaseModel):
    customer_id: UUID
    lines: Annotated[list[NewOrderLine], Field(min_length=1, max_length=100)]

    def wanted(self) -> Counter[UUID]:
        """Pieces of each item; an item in two lines counts once."""
        pieces: Counter[UUID] = Counter()
        for line in self.lines:
            pieces[line.item_id] += line.quantity
        return pieces


class PlacedOrder(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    total_cents: int
    currency: str
