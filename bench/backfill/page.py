"""docs/explanation/backfill-figures.md: what was measured, how, and how it came out. It does no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.backfill.figures import TARGETS, figures
from bench.backfill.flatness import LEAST_ROWS
from bench.backfill.rivals import BATCH_ROWS
from bench.backfill.triggers import ROWS as TRIGGER_ROWS
from bench.backfill.triggers import TIMES
from bench.stall.server import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.backfill.figures import Measured
    from bench.stall.traffic import Load

TEXT = """# Backfills in figures

How long it takes to change all rows of a big table, and what a live service feels meanwhile. Written by `make
bench-backfill`, which anybody can run; it starts a server of its own.

| | measured | target | |
|---|--:|---|---|
{targets}

## How it is measured

{server}, on {machine}. The table has {rows:,} rows of about 200 bytes, a primary key and one more index. Each way gets
a fresh copy of it, with its rows in memory, and a checkpoint is made before.

- **Traffic.** {clients} asyncpg clients update {rate:g} random rows a second, each in an explicit transaction, so that
  nothing is retried silently. The schedule is fixed (open loop): a request that could not be sent because its client
  was still waiting counts from when it was due. Idle, the processors are {busy:.0%} busy, the longest request takes
  {idle.longest_ms:.1f} ms and p99 is {idle.p99_ms:.2f} ms (the quieter of two measurements, before and after all ways).
- **The work** sets a column that is NULL in all rows, `total_cents`, to `round(total * 100)`. Each way is a program of
  its own. Its time is that of the work, without the program's start; Midflight's ends when the last row is verified.
  What the traffic felt is counted from the program's start to a second after its end.
- **The ways.** *One UPDATE* changes all rows in one transaction. *Loop by hand* goes over the primary key, {batch:,}
  rows at a time, as people write it. *Paced* is `midflight backfill run`, and *full speed* the same with `--workers 2
  --full-speed`.
- **Settings** beside PostgreSQL's defaults, which are durable: {settings}. The clients' process has a higher priority
  where root runs the bench: real clients are on other machines.

## Under load

| way | seconds | rows a second | failed | longest, ms | p99, ms | heap afterwards, MiB |
|---|--:|--:|--:|--:|--:|--:|
{runs}

## By the size of the table

One worker at full speed, with nobody beside it, by the ledger's own times from its planning to the last row verified.
Of a table of fewer than {least:,} rows there are several copies, which are changed one after the other. The published
figures of pgroll fall from 53,000 rows a second at 10,000 rows to 9,400 at 300,000.

| rows | rows a second |
|--:|--:|
{sizes}

## Triggers that keep two columns in step

An update of all {trigger_rows:,} rows of a table that is in the expand phase of a rename, against the same table with
its triggers disabled; medians of {times}. pgroll's published figure is 4.3.

| update | with, s | without, s | ratio |
|---|--:|--:|--:|
{costs}
"""


def page(measured: Measured, *, load: Load, facts: dict[str, Any]) -> str:
    """Write the page."""
    return TEXT.format(
        **facts,
        idle=measured.idle,
        targets="\n".join(_targets(measured)),
        clients=load.clients,
        batch=BATCH_ROWS,
        settings=", ".join(f"`{name} = {value}`" for name, value in SETTINGS.items()),
        runs="\n".join(_runs(measured)),
        least=LEAST_ROWS,
        sizes="\n".join(f"| {size.rows:,} | {size.rows_per_second:,.0f} |" for size in measured.sizes),
        trigger_rows=TRIGGER_ROWS,
        times=TIMES,
        costs="\n".join(_costs(measured)),
    )


def _targets(measured: Measured) -> Iterator[str]:
    found = figures(measured)
    for target in TARGETS:
        value = found[target.key]
        yield f"| {target.says} | {value:g} | {target.words} | {'' if target.reached(value) else '**missed**'} |"


def _runs(measured: Measured) -> Iterator[str]:
    for run in measured.runs.values():
        traffic = run.traffic
        speed = f"{run.seconds:.1f} | {run.rows / run.seconds:,.0f}"
        felt = f"{len(traffic.failures)} | {traffic.longest:,.1f} | {traffic.p99:,.2f}"
        yield f"| {run.way} | {speed} | {felt} | {run.heap_bytes / 2**20:,.0f} |"


def _costs(measured: Measured) -> Iterator[str]:
    for cost in measured.costs.values():
        yield f"| `{cost.update}` | {cost.with_seconds:.2f} | {cost.without_seconds:.2f} | {cost.ratio:.2f} |"
