import enum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Enum, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, CreatedAt


class OrderStatus(enum.StrEnum):
    """Written in lower case, since SQLAlchemy stores the names of the members."""

    pending = enum.auto()
    paid = enum.auto()
    shipped = enum.auto()
    cancelled = enum.auto()
    refunded = enum.auto()


class Order(Base):
    """One checkout."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_customer_id_created_at", "customer_id", "created_at"),
        Index("ix_orders_pending", "created_at", postgresql_where=text("status = 'pending'")),
        {"comment": "One row a checkout; its number is what the customer sees"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[OrderStatus] = mapped_column(
        Enum(OrderStatus, name="order_status"), server_default=OrderStatus.pending.name
    )
    total_cents: Mapped[int] = mapped_column(BigInteger, comment="Sum of the lines, in cents")
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")

    lines: Mapped[list["OrderLine"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class OrderLine(Base):
    """An item in an order, at the price of that moment."""

    __tablename__ = "order_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
