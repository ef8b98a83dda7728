from __future__ import annotations

import pytest

from midflight.pg.identifiers import QualifiedName
from midflight.pg.locks import LockMode
from midflight.report.words import counted, disturbing, lock_phrases, relation_name, relation_names
from midflight.trace.record import HeldLock, Relation


def relation(name: str, kind: str = "r", *, of: str | None = None) -> Relation:
    return Relation(1, QualifiedName("public", name), kind, QualifiedName("public", of) if of else None)


ORDERS, LINES = relation("orders"), relation("lines")
KEY = relation("orders_pkey", "i", of="orders")


@pytest.mark.parametrize(
    ("mode", "phrase"),
    [
        (LockMode.ACCESS_EXCLUSIVE, "ACCESS EXCLUSIVE on orders: reads and writes wait"),
        (LockMode.EXCLUSIVE, "EXCLUSIVE on orders: writes wait"),
        (LockMode.SHARE_ROW_EXCLUSIVE, "SHARE ROW EXCLUSIVE on orders: writes wait"),
        (LockMode.SHARE, "SHARE on orders: writes wait"),
        (LockMode.SHARE_UPDATE_EXCLUSIVE, "SHARE UPDATE EXCLUSIVE on orders: other schema changes and VACUUM wait"),
        (LockMode.ROW_EXCLUSIVE, "ROW EXCLUSIVE on orders"),
        (LockMode.ACCESS_SHARE, "ACCESS SHARE on orders"),
    ],
)
def test_who_waits(mode: LockMode, phrase: str) -> None:
    assert lock_phrases([HeldLock(ORDERS, mode)]) == (phrase,)


def test_relations_of_one_mode_stand_together_strongest_first() -> None:
    locks = [
        HeldLock(ORDERS, LockMode.SHARE),
        HeldLock(LINES, LockMode.ACCESS_EXCLUSIVE),
        HeldLock(LINES, LockMode.SHARE),
    ]
    assert lock_phrases(locks) == (
        "ACCESS EXCLUSIVE on lines: reads and writes wait",
        "SHARE on orders, lines: writes wait",
    )


def test_toast_tables_are_not_named() -> None:
    assert lock_phrases([HeldLock(relation("pg_toast_1", "t", of="orders"), LockMode.SHARE)]) == ()


def test_what_ordinary_statements_take_does_not_disturb() -> None:
    modes = [mode for mode in LockMode if disturbing([HeldLock(ORDERS, mode)])]
    assert modes == [mode for mode in LockMode if mode >= LockMode.SHARE_UPDATE_EXCLUSIVE]


def test_a_lock_that_a_stronger_one_covers_is_not_told() -> None:
    strongest = HeldLock(ORDERS, LockMode.ACCESS_EXCLUSIVE)
    assert disturbing([HeldLock(ORDERS, LockMode.SHARE), strongest]) == (strongest,)
    share, exclusive = HeldLock(ORDERS, LockMode.SHARE), HeldLock(ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE)
    assert disturbing([share, exclusive]) == (share, exclusive)  # each keeps out what the other lets in
    assert disturbing([HeldLock(LINES, LockMode.SHARE), strongest]) == (HeldLock(LINES, LockMode.SHARE), strongest)


def test_an_index_is_told_only_if_its_table_is_not_locked_as_strongly() -> None:
    on_index = HeldLock(KEY, LockMode.ACCESS_EXCLUSIVE)
    assert disturbing([HeldLock(ORDERS, LockMode.ACCESS_EXCLUSIVE), on_index]) == (
        HeldLock(ORDERS, LockMode.ACCESS_EXCLUSIVE),
    )
    assert on_index in disturbing([HeldLock(ORDERS, LockMode.SHARE), on_index])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("r", "orders_pkey"),
        ("p", "orders_pkey"),
        ("i", "index orders_pkey of orders"),
        ("I", "index orders_pkey of orders"),
        ("S", "sequence orders_pkey"),
        ("v", "view orders_pkey"),
        ("m", "materialized view orders_pkey"),
        ("f", "foreign table orders_pkey"),
    ],
)
def test_relations_are_named_by_their_kind(kind: str, name: str) -> None:
    assert relation_name(relation("orders_pkey", kind, of="orders" if kind in "iI" else None)) == name


def test_long_lists_end_in_a_count() -> None:
    assert relation_names(relation(f"t{number}") for number in range(12)) == "t0, t1, t2, t3, t4, t5, t6, t7 and 4 more"


def test_counts() -> None:
    assert [counted(number, "row") for number in (0, 1, 2, 1234)] == ["0 rows", "1 row", "2 rows", "1,234 rows"]
