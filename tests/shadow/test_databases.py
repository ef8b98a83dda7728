from __future__ import annotations

from midflight.shadow.databases import dead_names, number_of


def test_tells_its_own_names_from_those_of_other_people() -> None:
    assert number_of("midflight_shadow_0000002a") == 42
    for name in (
        "midflight_shadow_",
        "midflight_shadow_2a",
        "midflight_shadow_0000002A",
        "midflight_shadow_0000002a_copy",
    ):
        assert number_of(name) is None


def test_takes_for_dead_what_no_living_run_holds() -> None:
    names = ["midflight_shadow_00000001", "midflight_shadow_ffffffff", "midflight_shadow_production"]
    assert dead_names(names, {1}) == ["midflight_shadow_ffffffff"]
    assert dead_names(names, {1, 0xFFFFFFFF}) == []
