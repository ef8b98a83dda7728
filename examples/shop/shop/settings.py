"""What the shop is told by its environment."""

from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Every field is read from the environment variable of its name, such as DATABASE_URL."""

    database_url: str = Field(default="postgresql+asyncpg://shop@localhost/shop", repr=False)
