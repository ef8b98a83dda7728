from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, CreatedAt, UuidKey


class Item(Base):
    """Something for sale."""

    __tablename__ = "items"
    __table_args__ = (Index("ix_items_name_on_sale", "name", postgresql_where=text("deleted_at IS NULL")),)

    id: Mapped[UuidKey]
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    price_cents: Mapped[int]
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None] = mapped_column(comment="When the item left the catalogue; null while on sale")
    slug: Mapped[str] = mapped_column(String(250), index=True, unique=True)
