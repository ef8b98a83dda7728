from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    from midflight.pg.addresses import Address

    Run = Callable[..., CompletedProcess[str]]

SQL = "CREATE TABLE orders (id bigint); CREATE INDEX ON orders (nowhere);"


def test_html_goes_to_standard_output_or_to_a_file(midflight: Run, server: Address, tmp_path: Path) -> None:
    arguments = ("check", "--sql", "-", "--shadow", server.url("postgresql"), "--format", "html")
    printed = midflight(*arguments, stdin=SQL, PYTHONIOENCODING="ascii")
    assert (printed.returncode, printed.stderr) == (1, "")
    assert printed.stdout.startswith("<!doctype html>\n")
    assert "column &quot;nowhere&quot; does not exist" in printed.stdout
    assert server.password is None or server.password not in printed.stdout

    file = tmp_path / "report.html"
    written = midflight(*arguments, "--output", str(file), stdin=SQL)
    assert (written.returncode, written.stdout, written.stderr) == (1, "", "")
    assert file.read_text(encoding="ascii").startswith("<!doctype html>\n")
