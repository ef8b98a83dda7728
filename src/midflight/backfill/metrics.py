"""What Prometheus may know of all backfills of a database: read from the ledger whenever it asks."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midflight.backfill.sql_files import load_sql
from midflight.errors import DatabaseError, UsageError
from midflight.runner.live import looking

try:
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
    from prometheus_client.registry import Collector
except ImportError as error:
    raise UsageError("metrics need the package prometheus-client", hint="pip install 'midflight[metrics]'") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import asyncpg
    from prometheus_client.metrics_core import Metric

    from midflight.pg.addresses import Address

HOST = "127.0.0.1"
STATES = ("pending", "running", "verifying", "paused", "finished", "failed", "cancelled")
_METRICS = load_sql("metrics")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A metric that has one number for each backfill."""

    name: str
    says: str
    column: str
    family: Callable[..., CounterMetricFamily | GaugeMetricFamily] = GaugeMetricFamily


_KINDS = (
    _Kind("rows_read", "Rows that its batches have looked at.", "rows_read", CounterMetricFamily),
    _Kind("rows_changed", "Rows that it has changed.", "rows_changed", CounterMetricFamily),
    _Kind("rows_estimated", "Rows of the table when it began, as its statistics had them.", "rows_estimated"),
    _Kind("rows_failed", "Rows that could not be changed and are not mended.", "rows_failed"),
    _Kind("rows_per_second", "Rows a second, of all its workers.", "rows_per_second"),
    _Kind("passes", "How often its ranges were gone through from the start.", "passes"),
    _Kind("workers", "Workers that were seen in the last minute.", "workers"),
    _Kind("workers_braked", "Those of them that something holds back.", "braked"),
)


class BackfillCollector(Collector):
    """Add it to a registry of the application's: ``REGISTRY.register(BackfillCollector(address))``."""

    def __init__(self, address: Address) -> None:
        """Take the database; it is connected to at each look."""
        self._address = address

    def describe(self) -> Iterable[Metric]:
        """Describe nothing, so that registering it needs no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Read the ledger; where that cannot be had, ``midflight_ledger_up`` is 0 and stands alone."""
        try:
            rows = asyncio.run(_read(self._address))
        except DatabaseError:
            yield GaugeMetricFamily("midflight_ledger_up", "Whether the ledger of backfills could be read.", 0)
            return
        yield GaugeMetricFamily("midflight_ledger_up", "Whether the ledger of backfills could be read.", 1)
        for kind in _KINDS:
            family = kind.family(f"midflight_backfill_{kind.name}", kind.says, labels=["backfill"])
            for row in rows:
                family.add_metric([row["name"]], float(row[kind.column]))
            yield family
        yield _states(rows)
        yield _ranges(rows)
        yield from _signals(rows)


@contextmanager
def serving_metrics(address: Address, port: int, host: str = HOST) -> Iterator[int]:
    """Serve the metrics under ``/metrics`` and yield the port, which is a free one where 0 was asked for.

    Raises:
        UsageError: where nobody can listen there.
    """
    registry = CollectorRegistry()
    registry.register(BackfillCollector(address))
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise UsageError(f"metrics cannot be served at {host}:{port}: {error.strerror}") from error
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def _read(address: Address) -> list[asyncpg.Record]:
    async with looking(address) as connection:
        if await connection.fetchval("SELECT to_regclass('midflight.backfill') IS NULL"):
            return []
        rows: list[asyncpg.Record] = await connection.fetch(_METRICS)
        return rows


def _states(rows: list[asyncpg.Record]) -> GaugeMetricFamily:
    says = "1 for the state in which it is, 0 for the others."
    family = GaugeMetricFamily("midflight_backfill_state", says, labels=["backfill", "state"])
    for row in rows:
        for state in STATES:
            family.add_metric([row["name"], state], float(row["state"] == state))
    return family


def _ranges(rows: list[asyncpg.Record]) -> GaugeMetricFamily:
    says = "Parts of the table, by how far they are."
    family = GaugeMetricFamily("midflight_backfill_ranges", says, labels=["backfill", "state"])
    for row in rows:
        for state in ("open", "done", "verified"):
            family.add_metric([row["name"], state], float(row[f"ranges_{state}"]))
    return family


def _signals(rows: list[asyncpg.Record]) -> Iterator[GaugeMetricFamily]:
    """Yield what workers have seen, of several the worst, and the limits."""
    labels = ["backfill", "signal"]
    value = GaugeMetricFamily("midflight_backfill_signal", "What holds it back above its limit.", labels=labels)
    limit = GaugeMetricFamily("midflight_backfill_signal_limit", "Above it the backfill slows down.", labels=labels)
    for row in rows:
        for signal, (worst, least) in _worst(json.loads(row["signals"])).items():
            value.add_metric([row["name"], signal], worst)
            limit.add_metric([row["name"], signal], least)
    yield value
    yield limit


def _worst(seen: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for signals in seen:
        for name, figures in signals.items():
            value, limit = found.get(name, (0.0, float("inf")))
            found[name] = max(value, figures["value"]), min(limit, figures["limit"])
    return found
