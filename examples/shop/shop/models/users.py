from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, CreatedAt, UuidKey


class User(Base):
    """Someone who can log in."""

    __tablename__ = "users"

    id: Mapped[UuidKey]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None]
