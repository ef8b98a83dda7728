import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import Enum, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, CreatedAt, UuidKey


class LoyaltyTier(enum.StrEnum):
    """Written in lower case, since SQLAlchemy stores the names of the members."""

    bronze = enum.auto()
    silver = enum.auto()
    gold = enum.auto()


class Customer(Base):
    """Someone who buys. A guest has no user."""

    __tablename__ = "customers"

    id: Mapped[UuidKey]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    phone_number: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None]
    marketing_opt_in: Mapped[bool] = mapped_column(server_default=false())
    tier: Mapped[LoyaltyTier] = mapped_column(
        Enum(LoyaltyTier, name="loyalty_tier"), server_default=LoyaltyTier.bronze.name
    )
