"""Where a database is: one address, any driver, and never its password in a text meant for people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True)
class Address:
    """One PostgreSQL database. ``host`` is a name, an IP address or the folder of a Unix socket."""

    host: str
    port: int
    user: str
    database: str
    password: str | None = field(default=None, repr=False)
    sslmode: str | None = None

    @classmethod
    def from_url(cls, text: str) -> Address:
        """Read ``postgresql[+driver]://user:password@host:port/database``.

        A password may hold any character: percent-encoded, or raw, since the last ``@`` ends it. A Unix socket is
        given as ``?host=/folder``.

        Raises:
            ValueError: where it is no PostgreSQL URL; the message never holds the password.
        """
        scheme, separator, rest = text.partition("://")
        if not separator or scheme.split("+")[0] not in {"postgresql", "postgres"}:
            msg = "not a PostgreSQL URL (expected postgresql://user:password@host:port/database)"
            raise ValueError(msg)
        userinfo, _, location = rest.rpartition("@")
        user, _, password = userinfo.partition(":")
        place = urlsplit("//" + location)
        query = dict(parse_qsl(place.query))
        try:
            port = place.port
        except ValueError:
            msg = "the port of the PostgreSQL URL is not a number from 0 to 65535"
            raise ValueError(msg) from None
        user = unquote(user) or query.get("user", "postgres")
        return cls(
            host=unquote(place.hostname or "") or query.get("host", "localhost"),
            port=port or int(query.get("port", DEFAULT_PORT)),
            user=user,
            database=unquote(place.path.lstrip("/")) or query.get("dbname", user),
            password=unquote(password) if password else query.get("password"),
            sslmode=query.get("sslmode"),
        )

    def __str__(self) -> str:
        """Write it for a person, without the password."""
        place = f"{self.host}:{self.port}" if not self.is_socket else f"{self.host} (socket {self.port})"
        return f"{self.user}@{place}/{self.database}"

    @property
    def is_socket(self) -> bool:
        """Whether the host is the folder of a Unix socket."""
        return self.host.startswith("/")

    def with_database(self, database: str) -> Address:
        """Return the same server's other database."""
        return replace(self, database=database)

    def url(self, drivername: str = "postgresql") -> str:
        """Write a URL for SQLAlchemy, libpq or asyncpg. It holds the password: never print it."""
        secret = f":{quote(self.password, safe='')}" if self.password is not None else ""
        options = {"sslmode": self.sslmode} if self.sslmode else {}
        if self.is_socket:
            place = f"/{quote(self.database, safe='')}"
            options |= {"host": self.host, "port": str(self.port)}
        else:
            host = f"[{self.host}]" if ":" in self.host else self.host
            place = f"{host}:{self.port}/{quote(self.database, safe='')}"
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())
        return f"{drivername}://{quote(self.user, safe='')}{secret}@{place}{'?' + query if query else ''}"

    def asyncpg_arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of ``asyncpg.connect``."""
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }
        if self.sslmode and not self.is_socket:
            arguments["ssl"] = self.sslmode
        return arguments
