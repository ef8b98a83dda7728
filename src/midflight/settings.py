"""What a user may set: ``[tool.midflight]`` in pyproject.toml, then ``MIDFLIGHT_*`` variables, then flags."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from midflight.errors import SettingsError
from midflight.pg.versions import OLDEST_SUPPORTED

PYPROJECT = "pyproject.toml"


Level = Literal["error", "warning", "off"]


class Override(BaseModel):
    """Severities for some files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    paths: tuple[str, ...] = Field(min_length=1)
    severity: dict[str, Level]


class Pace(BaseModel):
    """How a backfill spares the traffic: ``[tool.midflight.backfill]``.

    Over one of the limits it slows down, over twice the limit it stops until the figure is below the limit again;
    ``inf`` is never. What the role may not see holds nothing back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_seconds: float = Field(default=0.01, gt=0, description="seconds that a batch should take, and locks its rows")
    smallest_batch: int = Field(default=10, gt=0, description="rows of a batch at least")
    largest_batch: int = Field(default=2000, gt=0, description="rows of a batch at most")
    rest: float = Field(default=0.0, ge=0, description="pause after each batch, as a part of the batch's time")
    synchronous_commit: bool = Field(
        default=False,
        description="whether a batch holds its rows until it is on the disk; where not, a crash of the server may take "
        "back the last ones, and with them what the ledger says of them",
    )
    vacuum_rows: int = Field(
        default=50_000, gt=0, description="changed rows after which the table is vacuumed, at least"
    )
    vacuum_share: float = Field(
        default=0.12, ge=0, description="the same as a part of the table's rows; the larger one counts"
    )
    look_seconds: float = Field(default=0.5, gt=0, description="seconds from one look at the signals to the next")
    replication_lag: float = Field(default=10.0, ge=0, description="seconds that a standby may be behind")
    replication_bytes: float = Field(
        default=256.0 * 1024**2, ge=0, description="bytes of WAL that a standby may be behind"
    )
    ignored_standbys: tuple[str, ...] = Field(
        default=(),
        description="standbys that may be behind, by their application_name, such as one that is delayed on purpose",
    )
    waiting_queries: float = Field(
        default=2.0, ge=0, description="queries that may wait for locks on the table for 0.1 s"
    )
    wal_rate: float = Field(
        default=200.0 * 1024**2, ge=0, description="bytes of WAL that the server may write in a second"
    )
    oldest_transaction: float = Field(
        default=1800.0, ge=0, description="seconds that the oldest transaction may be open"
    )
    dead_rows: float = Field(
        default=3.0, ge=0, description="dead rows of the table, as a multiple of those at which autovacuum should begin"
    )
    probe_latency: float = Field(
        default=5.0, ge=0, description="time of a trivial query, as a multiple of its time before the backfill began"
    )
    brake: str | None = Field(
        default=None,
        pattern=r"^[\w.]+:\w+$",
        description="module:function of yours that returns how strongly to brake: 0 to 1, a bool, or a reason to stop",
    )


class Settings(BaseSettings):
    """Every setting, with its default. A flag of the same name overrides it."""

    model_config = SettingsConfigDict(
        env_prefix="MIDFLIGHT_",
        env_ignore_empty=True,
        pyproject_toml_table_header=("tool", "midflight"),
        extra="forbid",
        hide_input_in_errors=True,  # a URL may hold a password
    )

    config: Path | None = Field(None, description="alembic.ini or pyproject.toml; default: the current folder's")
    shadow: SecretStr = Field(
        SecretStr("auto"),
        description="where revisions are proven: auto, machine, embedded, or the URL of a server on which a throw-away "
        "database may be created",
    )
    postgres: int | None = Field(None, ge=OLDEST_SUPPORTED, description="PostgreSQL's major version, such as 16")
    baseline: str | None = Field(
        None,
        description="what is there before the first revision: a SQL file, or module:attribute (metadata or callable)",
    )
    roles: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="roles that revisions grant to or set as owner; a shadow of our own gets them, without a login; "
        "in the environment separated by commas",
    )
    severity: dict[str, Level] = Field({}, description="error, warning or off, by the hazard's id")
    overrides: tuple[Override, ...] = Field(
        (), description="severities for files whose paths, relative to pyproject.toml, match; the last one wins"
    )
    migration_url: SecretStr | None = Field(
        None, description="URL for migrations where the service itself goes through a pooler, or as another role"
    )
    role: str | None = Field(None, min_length=1, description="role to become (SET ROLE) before anything is migrated")
    long_transaction: float = Field(
        60.0, gt=0, description="seconds from which on status tells of a transaction that is still open"
    )
    large_table_rows: int = Field(
        100_000_000, gt=0, description="rows from which on plan warns of what reads or rewrites a whole table"
    )
    time_limit: float = Field(60.0, gt=0, description="seconds that one revision may take in one direction")
    cache: bool = Field(
        default=True, description="whether what an earlier check has proven is restored where nothing has changed"
    )
    max_wait: float = Field(600.0, gt=0, description="seconds that an upgrade waits for a lock or another deployer")
    stall_budget: float = Field(
        0.5, ge=0, description="seconds that queries may have to wait behind one try for a lock"
    )
    lock_timeouts: Annotated[tuple[float, ...], NoDecode] = Field(
        (0.02, 0.1, 0.5),
        description="seconds that a try for a lock stands in the queue, step by step, where polling alone starves; "
        "in the environment separated by commas",
    )
    quick_limit: float = Field(5.0, gt=0, description="seconds that a change under a strong lock may take")
    long_limit: float = Field(21600.0, gt=0, description="seconds that a scan or a build beside the traffic may take")
    cancel_blockers_after: float | None = Field(
        None, ge=0, description="seconds after which the query of a session in the way is cancelled; never by default"
    )
    terminate_blockers_after: float | None = Field(
        None, ge=0, description="seconds after which a session in the way is ended; never by default"
    )
    journal: bool = Field(default=True, description="whether what is applied is written into midflight.journal")
    backfill: Pace = Field(Pace(), description="how backfills spare the traffic")
    start_limit: float = Field(30.0, gt=0, description="seconds in which the shadow must be ready")

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, value: object) -> object:
        """Take a list, or text from the environment."""
        return tuple(role.strip() for role in value.split(",") if role.strip()) if isinstance(value, str) else value

    @field_validator("lock_timeouts", mode="before")
    @classmethod
    def _split_timeouts(cls, value: object) -> object:
        """Take a list, or text from the environment."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature; .env is the application's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags win over the environment, which wins over pyproject.toml."""
        return init_settings, env_settings, PyprojectTomlConfigSettingsSource(settings_cls, Path(PYPROJECT))


def load_settings(**flags: Any) -> Settings:  # noqa: ANN401 - checked by pydantic
    """Read the settings; flags that are None were not given.

    Raises:
        SettingsError: naming the setting and what is wrong with it, never its value.
    """
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        reason = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise SettingsError(f"setting {name!r}: {reason}") from error
    except (AttributeError, TypeError, ValueError) as error:
        # no TOML, or [tool.midflight] is no table
        reason = str(error) if isinstance(error, ValueError) else "[tool.midflight] is no table"
        raise SettingsError(f"{PYPROJECT}: {reason}") from error
