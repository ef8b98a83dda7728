"""What an earlier check has proven is not run again, as long as nothing that it rests on has changed."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import Checked, Revision, env_py, run_check, write_project, write_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(300)

TELLS = "import os\nwith open(os.environ['RAN'], 'a') as ran: ran.write('{id} ')\n"
"""What each revision does first: it tells a file that it runs."""


def revision(id_: str, up: str = "pass", down: str | None = "pass", after: str | None = None) -> Revision:
    return Revision(id_, up=TELLS.format(id=id_) + up, down=down, after=after)


FIRST = revision("a1", "op.execute('CREATE TABLE t (id int)')", "op.execute('DROP TABLE t')")
SECOND = revision("b2", "op.execute('ALTER TABLE t ADD n int')", "op.execute('ALTER TABLE t DROP n')", after="a1")
THIRD = revision("c3", "op.execute('CREATE INDEX t_n ON t (n)')", "op.execute('DROP INDEX t_n')", after="b2")
FOURTH = revision("d4", "op.execute('CREATE TABLE u (id int)')", "op.execute('DROP TABLE u')", after="c3")
HISTORY = (FIRST, SECOND, THIRD)


@dataclass(frozen=True, slots=True)
class Site:
    """A project that is checked again and again."""

    folder: Path
    told: Path
    cache: Path

    def check(self, *arguments: str, **variables: str) -> tuple[Checked, list[str]]:
        """Check it, and return the report and which revisions ran, each once."""
        self.told.write_text("")
        environment = {
            "MIDFLIGHT_CACHE": "true",
            "MIDFLIGHT_CACHE_DIR": str(self.cache),
            "RAN": str(self.told),
            **variables,
        }
        checked = run_check(self.folder, *arguments, env=environment)
        return checked, sorted(set(self.told.read_text().split()))


@pytest.fixture
def cache(cache_folder: Path) -> Iterator[Path]:
    """The session's cache, in which nothing has been proven yet."""
    yield cache_folder
    shutil.rmtree(cache_folder / "proven")


@pytest.fixture
def site(tmp_path: Path, cache: Path) -> Site:
    """The history, checked once."""
    (tmp_path / "told").mkdir()
    site = Site(write_project(tmp_path / "project", *HISTORY), tmp_path / "told" / "ran", cache)
    checked, ran = site.check()
    assert checked.code == 1  # c3 blocks writes
    assert ran == ["a1", "b2", "c3"]
    assert "earlier" not in " ".join(checked.document["notes"])
    return site


def told(checked: Checked) -> dict[str, Any]:
    """A report without what is different every time, and without saying that it was restored."""
    notes = [note for note in checked.document["notes"] if "earlier" not in note]
    document: dict[str, Any] = _without_times({**checked.document, "notes": notes})
    return document


def _without_times(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return {name: _without_times(one) for name, one in value.items() if name not in TIMES}
    return [_without_times(one) for one in value] if isinstance(value, list) else value


TIMES = frozenset({"seconds", "held_seconds", "started"})


def restored(checked: Checked) -> int:
    """How many revisions the report says to be restored."""
    [note] = [note for note in checked.document["notes"] if "earlier" in note]
    return int(note.split()[0])


def test_nothing_changed(site: Site) -> None:
    first, _ = site.check("--no-cache")
    checked, ran = site.check()
    assert ran == []
    assert restored(checked) == 3
    assert told(checked) == told(first)
    assert checked.code == first.code


def test_a_new_revision(site: Site) -> None:
    """The last one before it is applied again: the database was left before it, since it is edited most."""
    write_revision(site.folder, FOURTH)
    checked, ran = site.check()
    assert ran == ["c3", "d4"]
    assert restored(checked) == 3
    assert told(checked) == told(site.check("--no-cache")[0])
    assert site.check()[1] == []


def test_the_last_revision_is_edited(site: Site) -> None:
    for name in ("n1", "n2"):
        write_revision(site.folder, revision("c3", f"op.execute('ALTER TABLE t ADD {name} int')", after="b2"))
        checked, ran = site.check()
        assert ran == ["c3"]
        assert restored(checked) == 2
        assert checked.round_trips()["c3"] == "differs"
    assert told(checked) == told(site.check("--no-cache")[0])


def test_an_old_revision_is_edited(site: Site) -> None:
    write_revision(site.folder, revision("b2", "op.execute('ALTER TABLE t ADD n bigint')", after="a1"))
    checked, ran = site.check()
    assert ran == ["a1", "b2", "c3"]
    assert told(checked) == told(site.check("--no-cache")[0])


def test_a_revision_comes_between(site: Site) -> None:
    write_revision(site.folder, revision("b3", after="b2"))
    write_revision(site.folder, Revision("c3", up=THIRD.up, down=THIRD.down, after="b3"))
    assert site.check()[1] == ["b3", "c3"]


def test_a_revision_that_fails_is_mended(site: Site) -> None:
    write_revision(site.folder, revision("d4", "op.execute('SELEC 1')", after="c3"))
    checked, ran = site.check()
    assert ran == ["c3", "d4"]
    assert checked.outcomes()["d4"] == "failed"
    checked, ran = site.check()  # nothing has changed, but why did it fail?
    assert "d4" in ran
    assert checked.outcomes()["d4"] == "failed"
    write_revision(site.folder, FOURTH)
    checked, ran = site.check()
    assert "a1" not in ran
    assert "d4" in ran
    assert told(checked) == told(site.check("--no-cache")[0])


def test_a_history_that_never_passed(tmp_path: Path, cache: Path) -> None:
    failing = revision("b2", "op.execute('SELEC 1')", after="a1")
    site = Site(write_project(tmp_path / "project", FIRST, failing, THIRD), tmp_path / "ran", cache)
    assert site.check()[0].outcomes() == {"a1": "passed", "b2": "failed", "c3": "not run"}
    write_revision(site.folder, SECOND)
    checked, ran = site.check()
    assert ran == ["b2", "c3"]
    assert set(checked.outcomes().values()) == {"passed"}


IRREVERSIBLE = {
    "no way back": revision("c3", "op.execute('CREATE TABLE x ()')", None, after="b2"),
    "takes nothing back": revision("c3", "op.execute('CREATE TABLE x ()')", after="b2"),
    "fails": revision("c3", "op.execute('CREATE TABLE x ()')", "op.execute('SELEC 1')", after="b2"),
    "a role": revision("c3", "op.execute('CREATE ROLE keeper')", "op.execute('DROP ROLE keeper')", after="b2"),
}


@pytest.mark.parametrize("last", IRREVERSIBLE)
def test_on_top_of_one_that_is_odd(tmp_path: Path, cache: Path, last: str) -> None:
    """The database that is left holds what it should, whatever the last revision's way back is like."""
    folder = write_project(tmp_path / "project", FIRST, SECOND, IRREVERSIBLE[last])
    site = Site(folder, tmp_path / "ran", cache)
    site.check()
    write_revision(site.folder, FOURTH)
    checked, ran = site.check()
    assert "a1" not in ran
    assert told(checked) == told(site.check("--no-cache")[0])


def test_a_range(site: Site) -> None:
    checked, ran = site.check("b2:")
    assert ran == []
    assert checked.ids == ["c3"]
    assert checked.document["summary"]["skipped"] == 2
    write_revision(site.folder, FOURTH)
    checked, ran = site.check("c3:")
    assert ran == ["c3", "d4"]
    assert checked.ids == ["d4"]


def test_a_range_is_not_all(tmp_path: Path, cache: Path) -> None:
    """What was applied without being proven is proven when it is asked for."""
    site = Site(write_project(tmp_path / "project", *HISTORY), tmp_path / "ran", cache)
    site.check("b2:")
    assert site.check("b2:")[1] == []
    checked, ran = site.check()
    assert ran == ["a1", "b2", "c3"]
    assert checked.ids == ["a1", "b2", "c3"]


READS_ALL = """
import os, pathlib, shop_models, sys, types
class Lazy(types.ModuleType):
    def __getattr__(self, name): raise ImportError("asked for " + name)
sys.modules["shop_lazy"] = Lazy("shop_lazy")
here = pathlib.Path(__file__).parent
os.listdir(here / "seeds")
try:
    (here / "settings.env").read_text()
except OSError:
    pass
"""


def change_env_py(site: Site) -> None:
    file = site.folder / "migrations" / "env.py"
    file.write_text(file.read_text() + "\n# changed\n")


def change_module(site: Site) -> None:
    (site.folder / "shop_models.py").write_text("changed = True\n")


def add_file_that_was_missing(site: Site) -> None:
    (site.folder / "migrations" / "settings.env").write_text("A=1\n")


def add_to_listed_folder(site: Site) -> None:
    (site.folder / "migrations" / "seeds" / "another.csv").write_text("1\n")


def change_data_of_a_revision(site: Site) -> None:
    (site.folder / "migrations" / "seed.csv").write_text("2\n")


def change_ini(site: Site) -> None:
    file = site.folder / "alembic.ini"
    file.write_text(file.read_text() + "timezone = UTC\n")


CHANGES: dict[str, Callable[[Site], None]] = {
    "env.py": change_env_py,
    "a module that it imports": change_module,
    "a file that was not there": add_file_that_was_missing,
    "a folder that is listed": add_to_listed_folder,
    "what a revision reads": change_data_of_a_revision,
    "alembic.ini": change_ini,
}


def write_reader(tmp_path: Path, cache: Path) -> Site:
    """A history that reads this and that, checked once."""
    folder = tmp_path / "project"
    seed = "open('migrations/seed.csv').read()"
    write_project(folder, FIRST, revision("b2", seed, after="a1"), THIRD_ALONE, env=env_py(before=READS_ALL))
    ini = folder / "alembic.ini"
    ini.write_text(ini.read_text() + "prepend_sys_path = .\n")
    (folder / "shop_models.py").write_text("")
    (folder / "migrations" / "seed.csv").write_text("1\n")
    (folder / "migrations" / "seeds").mkdir()
    site = Site(folder, tmp_path / "ran", cache)
    assert site.check()[1] == ["a1", "b2", "c3"]
    assert site.check()[1] == []
    return site


THIRD_ALONE = revision("c3", "op.execute('CREATE TABLE v ()')", "op.execute('DROP TABLE v')", after="b2")


def test_what_a_proof_rests_on(tmp_path: Path, cache: Path) -> None:
    """Each change in its turn, on top of those before."""
    site = write_reader(tmp_path, cache)
    for name, change in CHANGES.items():
        change(site)
        checked, ran = site.check()
        assert ran == ["a1", "b2", "c3"], name
        assert "earlier" not in " ".join(checked.document["notes"])
    assert site.check()[1] == []


def test_circumstances_that_a_proof_rests_on(site: Site) -> None:
    """Each of them is told apart from all before, and nothing is left of it afterwards."""
    (site.folder / "baseline.sql").write_text("CREATE TABLE w ();")
    site.check()
    for arguments, variables in (
        ((), {"DEPLOYMENT": "staging"}),
        ((), {"MIDFLIGHT_ROLES": "shopkeeper"}),
        (("--baseline", "baseline.sql"), {}),
        (("-x", "tenant=a"), {}),
    ):
        assert site.check(*arguments, **variables)[1] == ["a1", "b2", "c3"], (arguments, variables)
        assert site.check(*arguments, **variables)[1] == [], (arguments, variables)


def test_what_a_proof_does_not_rest_on(site: Site) -> None:
    for path in (site.folder / "migrations").rglob("*.py"):
        os.utime(path)
    assert site.check(TERM="vt100", SHLVL="7", COLUMNS="20")[1] == []


def test_severities_are_weighed_anew(site: Site) -> None:
    variables = {"MIDFLIGHT_SEVERITY": '{"create-index-blocks-writes": "warning"}'}
    site.check(**variables)
    (site.folder / "pyproject.toml").write_text('[tool.midflight.severity]\ncreate-index-blocks-writes = "off"\n')
    site.check()
    (site.folder / "pyproject.toml").write_text('[tool.midflight.severity]\ncreate-index-blocks-writes = "error"\n')
    checked, _ = site.check()
    assert "create-index-blocks-writes" in [finding["hazard"] for finding in checked.revision("c3")["findings"]]


def test_an_allowance_is_read_anew(site: Site) -> None:
    file = site.folder / "migrations" / "versions" / "c3.py"
    allowed = "# midflight: allow(create-index-blocks-writes, drop-index-blocks): it is small\n"
    file.write_text(allowed + file.read_text())
    checked, ran = site.check()
    assert ran == ["c3"]
    assert [finding["hazard"] for finding in checked.revision("c3")["findings"]] == []


def test_it_can_be_switched_off(site: Site) -> None:
    assert site.check("--no-cache")[1] == ["a1", "b2", "c3"]
    assert site.check(MIDFLIGHT_CACHE="false")[1] == ["a1", "b2", "c3"]
    assert site.check()[1] == []


def damage_proof(place: Path) -> None:
    (place / "proof").write_bytes((place / "proof").read_bytes()[:-10])


def lose_proof(place: Path) -> None:
    (place / "proof").unlink()


def lose_data(place: Path) -> None:
    [data] = place.glob("data-*")
    shutil.rmtree(data)


@pytest.mark.parametrize("damage", [damage_proof, lose_proof, lose_data])
def test_a_damaged_cache(site: Site, damage: Callable[[Path], None]) -> None:
    write_revision(site.folder, FOURTH)
    [place] = (site.cache / "proven").glob("*/")
    damage(place)
    checked, ran = site.check()
    assert checked.err == ""
    assert ran == ["a1", "b2", "c3", "d4"]
    assert site.check()[1] == []


def test_two_at_once(site: Site) -> None:
    """Both end well, whichever of them keeps its proof last."""
    write_revision(site.folder, FOURTH)
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda _: site.check()[0], range(2)))
    assert told(both[0]) == told(both[1])
    assert site.check()[1] == []


def test_only_the_newest_are_kept(site: Site) -> None:
    for number in range(6):
        site.check("-x", f"tenant={number}")
    assert len(list((site.cache / "proven").glob("*/proof"))) == 5
    assert site.check("-x", "tenant=5")[1] == []
    assert site.check()[1] == ["a1", "b2", "c3"]  # it was the oldest


def test_rows_are_as_they_were(site: Site) -> None:
    """What revisions inserted into a table that held rows of ours is there, and ours can be told from it."""
    write_revision(
        site.folder,
        revision(
            "d4", "op.execute('INSERT INTO t VALUES (77, 77)')", "op.execute('DELETE FROM t WHERE id = 77')", "c3"
        ),
    )
    site.check()
    reads = "assert op.get_bind().execute(sa.text('SELECT n FROM t WHERE id = 77')).scalars().all() == [77]\n"
    alters = "op.execute('ALTER TABLE t ALTER n SET NOT NULL')"
    write_revision(
        site.folder, revision("e5", reads + alters, "op.execute('ALTER TABLE t ALTER n DROP NOT NULL')", "d4")
    )
    checked, ran = site.check()
    assert "a1" not in ran or checked.outcomes()["e5"] == "passed"
    assert told(checked) == told(site.check("--no-cache")[0])
    assert "fails-on-existing-rows" in [finding["hazard"] for finding in checked.revision("e5")["findings"]]
