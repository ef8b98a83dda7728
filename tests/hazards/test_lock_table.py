"""The page that tells what statements lock, rewrite and read says what the servers do."""

from __future__ import annotations

import pytest

from hazards import lock_table
from hazards.lock_statements import STATEMENTS
from midflight import sql
from midflight.errors import ShadowError


@pytest.mark.usefixtures("cache_folder")
async def test_the_page_says_what_the_servers_do() -> None:
    try:
        deeds = {major: await lock_table.measure_server(choice) for major, choice in lock_table.SERVERS.items()}
    except ShadowError as error:
        pytest.skip(str(error))
    assert lock_table.PAGE.read_text() == lock_table.page(deeds)


def test_there_are_many_and_no_two_alike() -> None:
    statements = [statement for section in STATEMENTS.values() for statement in section]
    assert len(set(statements)) == len(statements) > 60
    assert {sql.parse(statement.partition(" -- ")[0]).opaque for statement in statements} == {None}
