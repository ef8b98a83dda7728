"""Squawk: a linter of PostgreSQL's SQL.

Its rules: https://squawkhq.com/docs/rules
"""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING

from bench.verdicts.said import Said, translated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MEANINGS: dict[str, tuple[str, ...]] = {
    "adding-field-with-default": (
        "volatile-default-rewrites",
        "constrained-domain-rewrites",
        "generated-column-rewrites",
        "identity-column-rewrites",
        "serial-column-rewrites",
    ),
    "adding-foreign-key-constraint": ("foreign-key-validates",),
    "adding-not-nullable-field": ("set-not-null-scans", "add-required-column", "add-not-null-without-default"),
    "adding-required-field": ("add-required-column",),
    "adding-serial-primary-key-field": ("serial-column-rewrites", "primary-key-builds-index"),
    "ban-alter-identity": ("identity-rejects-inserts",),
    "ban-alter-domain-with-add-constraint": ("domain-constraint-validates",),
    "ban-concurrent-index-creation-in-transaction": ("concurrently-in-transaction",),
    "ban-drop-column": ("drop-column",),
    "ban-drop-constraint": ("drop-cascade",),
    "ban-drop-database": ("drop-database",),
    "ban-drop-default": ("drop-default", "add-not-null-without-default"),
    "ban-drop-function": ("drop-cascade",),
    "ban-drop-generated-expression": ("drop-default",),
    "ban-drop-not-null": ("drop-not-null",),
    "ban-drop-schema": ("drop-schema",),
    "ban-drop-table": ("drop-table",),
    "ban-drop-type": ("drop-cascade",),
    "ban-drop-view": ("drop-view",),
    "ban-set-schema": ("set-schema-breaks",),
    "ban-truncate-cascade": ("truncate-cascade",),
    "changing-column-type": ("change-type-rewrites", "lossy-type-change", "alter-collation", "enum-recreated"),
    "constraint-missing-not-valid": (
        "check-validates",
        "foreign-key-validates",
        "exclusion-constraint",
        "primary-key-builds-index",
        "unique-constraint-builds-index",
        "validate-in-same-transaction",
    ),
    "disallowed-unique-constraint": ("unique-constraint-builds-index",),
    "prefer-repack": ("vacuum-full", "cluster"),
    "renaming-column": ("rename-column", "rename-view"),
    "renaming-object": ("rename-view", "rename-enum-value", "rename-type"),
    "renaming-table": ("rename-table",),
    "require-concurrent-index-creation": ("create-index-blocks-writes", "partitioned-index-blocks"),
    "require-concurrent-index-deletion": ("drop-index-blocks",),
    "require-concurrent-partition-detach": ("detach-partition-blocks",),
    "require-concurrent-reindex": ("reindex-blocks",),
    "require-lock-timeout": ("no-lock-timeout",),
}
"""Its rules, with all hazards that each may be said to be about."""

STYLE = frozenset(
    {
        "ban-char-field",
        "ban-create-domain-with-constraint",
        "ban-uncommitted-transaction",
        "identifier-too-long",
        "prefer-bigint-over-int",
        "prefer-bigint-over-smallint",
        "prefer-identity",
        "prefer-robust-stmts",
        "prefer-text-field",
        "prefer-timestamp-tz",
        "require-enum-value-ordering",
        "require-statement-timeout",
        "require-table-schema",
        "transaction-nesting",
    }
)
"""Rules about taste, about the schema to come, or about running a file twice: no hazard of the change itself."""


def run(program: Path, files: Mapping[Path, str], version: int) -> dict[str, Said]:
    """Lint all files at once; what is said of each case, by its id, over all of its files."""
    command: list[str | Path] = [program, "--reporter", "json", "--pg-version", f"{version}.0", *files]
    ran = subprocess.run(command, capture_output=True, check=False)
    if ran.returncode > 1:
        raise RuntimeError(ran.stderr.decode())
    by_name = {str(file): case for file, case in files.items()}
    rules: defaultdict[str, set[str]] = defaultdict(set)
    for found in json.loads(ran.stdout):
        rules[by_name[found["file"]]].add(found["rule_name"])
    return {case: translated(rules[case], MEANINGS, STYLE) for case in set(files.values())}
