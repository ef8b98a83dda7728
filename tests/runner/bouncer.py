"""A real PgBouncer in front of a server, one database of it for each way of pooling."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.pg.addresses import Address
from midflight.shadow.account import server_account

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path("/usr/sbin/pgbouncer")
PORT = 6432
"""Only a part of the socket's name: nothing listens on the network."""
SECONDS = 60.0

_POOLS = {
    "transaction": "pool_mode=transaction",
    "one": "pool_mode=transaction pool_size=1",
    "statement": "pool_mode=statement",
    "session": "pool_mode=session",
    "narrow": "pool_mode=session pool_size=1",
}


@contextmanager
def bouncer(server: Address, *, round_robin: bool = False) -> Iterator[Address]:
    """Run PgBouncer and yield its address; the database's name chooses the way of pooling."""
    account = server_account()
    folder = Path(tempfile.mkdtemp(prefix="mf-pgb-"))
    folder.chmod(0o755)
    try:
        (folder / "pgbouncer.ini").write_text(_ini(server, folder, round_robin=round_robin))
        for path in (folder, folder / "pgbouncer.ini"):
            shutil.chown(path, account.uid, account.gid)
        process = subprocess.Popen(
            [str(PROGRAM), str(folder / "pgbouncer.ini")],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=account.uid if account.lent else None,
            group=account.gid if account.lent else None,
            extra_groups=[] if account.lent else None,
        )
        try:
            _wait_for(folder / f".s.PGSQL.{PORT}", process)
            yield Address(str(folder), PORT, server.user, "transaction")
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder)


def _ini(server: Address, folder: Path, *, round_robin: bool) -> str:
    to = f"host={server.host} port={server.port} dbname={server.database} user={server.user}"
    to += f" password='{server.password}'" if server.password else ""
    databases = "\n".join(f"{name} = {to} {pool}" for name, pool in _POOLS.items())
    return (
        f"[databases]\n{databases}\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\nunix_socket_dir = {folder}\n"
        f"auth_type = any\nlogfile = {folder}/log\nserver_round_robin = {int(round_robin)}\n"
    )


def _wait_for(socket: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while not socket.exists():
        assert process.poll() is None, "PgBouncer ended"
        assert time.monotonic() < until, "PgBouncer did not begin to listen"
        time.sleep(0.01)
