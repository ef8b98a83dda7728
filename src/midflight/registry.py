"""What is built in, named one by one. A hazard's line here is what makes it count."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from midflight.hazards import (
    add_not_null_without_default,
    add_required_column,
    alter_collation,
    attach_partition_scans,
    change_type_rewrites,
    check_validates,
    cluster,
    concurrently_if_not_exists,
    concurrently_in_transaction,
    constrained_domain_rewrites,
    contract_without_expand,
    create_index_blocks_writes,
    create_partition_blocks,
    create_trigger_blocks,
    ddl_and_backfill_in_one_transaction,
    default_partition_scans,
    delete_without_where,
    detach_partition_blocks,
    domain_constraint_validates,
    downgrade_differs,
    downgrade_fails,
    downgrade_loses_data,
    downgrade_reorders_columns,
    drop_cascade,
    drop_column,
    drop_database,
    drop_default,
    drop_index_blocks,
    drop_not_null,
    drop_schema,
    drop_table,
    drop_view,
    edited_after_apply,
    empty_downgrade,
    enum_recreated,
    enum_value_used_in_same_transaction,
    exclusion_constraint,
    fails_on_existing_rows,
    foreign_key_validates,
    generated_column_rewrites,
    identity_column_rewrites,
    identity_rejects_inserts,
    invalid_suppression,
    lock_table,
    locks_several_tables,
    lossy_type_change,
    many_foreign_keys_dropped,
    missing_downgrade,
    models_imported_in_revision,
    no_lock_timeout,
    opaque_sql,
    partial_commit,
    partitioned_index_blocks,
    primary_key_builds_index,
    refresh_view_blocks,
    reindex_blocks,
    rename_column,
    rename_enum_value,
    rename_table,
    rename_type,
    rename_view,
    repeated_alter,
    revision_fails,
    serial_column_rewrites,
    set_access_method,
    set_logged,
    set_not_null_scans,
    set_schema_breaks,
    set_tablespace,
    several_heads,
    truncate,
    truncate_cascade,
    unbatched_delete,
    unbatched_update,
    unique_constraint_builds_index,
    unused_suppression,
    vacuum_full,
    validate_in_same_transaction,
    volatile_default_rewrites,
    work_under_lock,
)
from midflight.hazards.custom import custom_hazards

if TYPE_CHECKING:
    from midflight.hazards.hazard import Hazard, HistoryHazard

LOCKS_AND_LONG_WORK: tuple[Hazard, ...] = (
    create_index_blocks_writes.HAZARD,
    partitioned_index_blocks.HAZARD,
    concurrently_if_not_exists.HAZARD,
    concurrently_in_transaction.HAZARD,
    drop_index_blocks.HAZARD,
    reindex_blocks.HAZARD,
    foreign_key_validates.HAZARD,
    check_validates.HAZARD,
    domain_constraint_validates.HAZARD,
    validate_in_same_transaction.HAZARD,
    unique_constraint_builds_index.HAZARD,
    primary_key_builds_index.HAZARD,
    exclusion_constraint.HAZARD,
    set_not_null_scans.HAZARD,
    add_required_column.HAZARD,
    volatile_default_rewrites.HAZARD,
    constrained_domain_rewrites.HAZARD,
    generated_column_rewrites.HAZARD,
    serial_column_rewrites.HAZARD,
    identity_column_rewrites.HAZARD,
    change_type_rewrites.HAZARD,
    alter_collation.HAZARD,
    set_logged.HAZARD,
    set_tablespace.HAZARD,
    set_access_method.HAZARD,
    vacuum_full.HAZARD,
    cluster.HAZARD,
    refresh_view_blocks.HAZARD,
    attach_partition_scans.HAZARD,
    default_partition_scans.HAZARD,
    create_partition_blocks.HAZARD,
    detach_partition_blocks.HAZARD,
    create_trigger_blocks.HAZARD,
    lock_table.HAZARD,
    many_foreign_keys_dropped.HAZARD,
    locks_several_tables.HAZARD,
    work_under_lock.HAZARD,
    repeated_alter.HAZARD,
    unbatched_update.HAZARD,
    unbatched_delete.HAZARD,
    ddl_and_backfill_in_one_transaction.HAZARD,
)

BUILT_IN_HAZARDS: tuple[Hazard, ...] = (
    *LOCKS_AND_LONG_WORK,
    drop_column.HAZARD,
    drop_table.HAZARD,
    drop_view.HAZARD,
    rename_column.HAZARD,
    rename_table.HAZARD,
    rename_view.HAZARD,
    set_schema_breaks.HAZARD,
    rename_type.HAZARD,
    rename_enum_value.HAZARD,
    enum_recreated.HAZARD,
    enum_value_used_in_same_transaction.HAZARD,
    drop_not_null.HAZARD,
    drop_default.HAZARD,
    identity_rejects_inserts.HAZARD,
    add_not_null_without_default.HAZARD,
    truncate.HAZARD,
    truncate_cascade.HAZARD,
    delete_without_where.HAZARD,
    drop_schema.HAZARD,
    drop_database.HAZARD,
    drop_cascade.HAZARD,
    lossy_type_change.HAZARD,
    partial_commit.HAZARD,
    opaque_sql.HAZARD,
)

HISTORY_HAZARDS: tuple[HistoryHazard, ...] = (
    revision_fails.HAZARD,
    fails_on_existing_rows.HAZARD,
    downgrade_differs.HAZARD,
    downgrade_fails.HAZARD,
    downgrade_loses_data.HAZARD,
    downgrade_reorders_columns.HAZARD,
    empty_downgrade.HAZARD,
    missing_downgrade.HAZARD,
    several_heads.HAZARD,
    edited_after_apply.HAZARD,
    contract_without_expand.HAZARD,
    models_imported_in_revision.HAZARD,
    no_lock_timeout.HAZARD,
    unused_suppression.HAZARD,
    invalid_suppression.HAZARD,
)
"""What the proof itself sees."""


@dataclass(frozen=True, slots=True)
class Hazards:
    """All hazards that a check knows."""

    of_statements: tuple[Hazard, ...]
    of_downgrades: tuple[Hazard, ...]
    """Those of the statements that are looked for on the way back, too: that it takes back is its purpose."""
    of_history: tuple[HistoryHazard, ...]

    @property
    def all(self) -> tuple[Hazard | HistoryHazard, ...]:
        """Both kinds."""
        return (*self.of_statements, *self.of_history)

    @property
    def ids(self) -> frozenset[str]:
        """Their ids."""
        return frozenset(hazard.id for hazard in self.all)


BUILT_IN = Hazards(BUILT_IN_HAZARDS, LOCKS_AND_LONG_WORK, HISTORY_HAZARDS)

GROUP = "midflight.hazards"
"""The entry points by which an installed package adds its own hazards."""


def installed_hazards() -> Hazards:
    """Return what is built in and what installed packages add.

    Raises:
        HazardError: a package's entry point cannot be used.
    """
    custom = custom_hazards(entry_points(group=GROUP), BUILT_IN.ids)
    return Hazards(BUILT_IN_HAZARDS + custom, LOCKS_AND_LONG_WORK, HISTORY_HAZARDS)
