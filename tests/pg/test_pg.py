from __future__ import annotations

import asyncpg
import pytest

from midflight.pg.addresses import Address
from midflight.pg.identifiers import QualifiedName, quote_identifier, quote_literal
from midflight.pg.locks import LockMode
from midflight.pg.versions import Version

HARD = "p@ss:w%rd/ü? #&"


@pytest.mark.parametrize("password", ["secret", HARD, "%41", "@", ":", "a@b:c%d"])
def test_an_address_survives_its_own_url(password: str) -> None:
    address = Address("db.example", 6543, "us:er", "my/db", password)
    assert Address.from_url(address.url("postgresql+asyncpg")) == address


def test_an_address_of_a_socket_survives_its_own_url() -> None:
    address = Address("/run/a b", 5433, "user", "db", HARD)
    assert Address.from_url(address.url()) == address


def test_a_password_with_raw_special_characters_is_read() -> None:
    address = Address.from_url("postgresql://user:p@ss:w%rd@host:1234/db")
    assert (address.user, address.password, address.host, address.port) == ("user", "p@ss:w%rd", "host", 1234)


def test_what_an_address_leaves_out_is_the_default() -> None:
    assert Address.from_url("postgresql://host") == Address("host", 5432, "postgres", "postgres")
    assert Address.from_url("postgres://u@[::1]/d").host == "::1"


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "u:secret@h/d", "postgresql://u:secret@h:port/d"])
def test_no_url_of_postgresql_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="PostgreSQL URL") as refused:
        Address.from_url(url)
    assert "secret" not in str(refused.value)


def test_a_password_is_in_no_text_for_people() -> None:
    address = Address("h", 1, "u", "d", "secret")
    assert "secret" not in str(address) + repr(address)


@pytest.mark.parametrize(
    ("name", "quoted"), [("a", '"a"'), ('a"b', '"a""b"'), ("Ä b", '"Ä b"'), ("a; DROP TABLE b", '"a; DROP TABLE b"')]
)
def test_identifiers_are_quoted(name: str, quoted: str) -> None:
    assert quote_identifier(name) == quoted


def test_what_postgresql_cannot_store_is_not_quoted() -> None:
    for quote in (quote_identifier, quote_literal):
        with pytest.raises(ValueError, match="NUL"):
            quote("a\0b")


def test_literals_are_quoted() -> None:
    assert quote_literal("it's") == "'it''s'"
    assert quote_literal("a\\'b") == " E'a\\\\''b'"


def test_a_name_in_public_is_short_for_people_and_whole_in_sql() -> None:
    name = QualifiedName("public", "orders")
    assert (str(name), name.sql) == ("orders", '"public"."orders"')


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("PostgreSQL 15.19 (Debian 15.19-0+deb12u1) on x86_64", Version(15, 19)),
        ("postgres (PostgreSQL) 18.1", Version(18, 1)),
        ("18beta2", Version(18, 0)),
    ],
)
def test_versions_are_read(text: str, version: Version) -> None:
    assert Version.from_text(text) == version
    assert Version.from_number(version.major * 10000 + version.minor) == version


async def test_lock_modes_conflict_as_the_server_says(database: Address) -> None:
    """Every pair of modes is tried on a real table: a mode that NOWAIT cannot get is one that conflicts."""
    holder, other = [await asyncpg.connect(**database.asyncpg_arguments()) for _ in range(2)]
    try:
        await holder.execute("CREATE TABLE locked ()")
        for held in LockMode:
            async with holder.transaction():
                await holder.execute(f"LOCK TABLE locked IN {held.label} MODE")
                mode = await holder.fetchval(
                    "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'locked'::regclass"
                )
                assert LockMode.from_catalog(mode) is held
                for wanted in LockMode:
                    assert held.conflicts_with(wanted) is not await _is_free(other, wanted), (held, wanted)
    finally:
        await holder.close()
        await other.close()


async def _is_free(connection: asyncpg.Connection, mode: LockMode) -> bool:
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE locked IN {mode.label} MODE NOWAIT")
    except asyncpg.LockNotAvailableError:
        return False
    return True
