"""The applications whose histories are checked, with what each needs to be told."""

from __future__ import annotations

from bench.environments import Application

PREFECT = Application(
    "prefect",
    "3.8.8",
    "prefect/server/database/alembic.ini",
    environment={"PREFECT_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://shadow@localhost/shadow"},
)

APPLICATIONS = (
    PREFECT,
    Application(
        "mlflow",
        "3.17.2",
        "mlflow/store/db_migrations/alembic.ini",
        ("--baseline", "mlflow.store.tracking.dbmodels.initial_models:Base"),
        remark="its first revision alters tables that its models made; they are the baseline",
    ),
    Application(
        "arize-phoenix",
        "20.26.1",
        "phoenix/db/alembic.ini",
        environment={"PHOENIX_SQL_DATABASE_URL": "postgresql://shadow@localhost/shadow"},
    ),
    Application(
        "open-webui",
        "0.12.4",
        "open_webui/alembic.ini",
        environment={
            "DATABASE_URL": "postgresql://shadow@localhost/shadow",
            "WEBUI_SECRET_KEY": "none",
        },
        alone="open-webui==0.12.4",
    ),
    Application(
        "langflow",
        "1.13.0",
        "langflow/alembic.ini",
        alone="langflow-base==1.13.0",
        remark="its own URL is one of SQLite",
    ),
    Application(
        "airflow",
        "3.3.2",
        "airflow/alembic.ini",
        environment={"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://shadow@localhost/shadow"},
    ),
    Application(
        "dstack",
        "0.22.5",
        "dstack/_internal/server/alembic.ini",
        environment={"DSTACK_DATABASE_URL": "postgresql+asyncpg://shadow@localhost/shadow"},
    ),
    Application("optuna", "5.0.0", "optuna/storages/_rdb/alembic.ini"),
    Application(
        "skypilot",
        "0.14.1",
        "sky/setup_files/alembic.ini",
        ("--name", "state_db"),
        remark="one of the six histories behind its alembic.ini",
    ),
    Application("nova", "34.0.0", "nova/db/main/alembic.ini"),
    Application("aodh", "23.0.0", "aodh/storage/sqlalchemy/alembic/alembic.ini"),
    Application(
        "contextforge",
        "1.0.7",
        "mcpgateway/alembic.ini",
        environment={
            "DATABASE_URL": "postgresql+psycopg://shadow@localhost/shadow",
            "JWT_SECRET_KEY": "any sentence of more than 32 characters, 7 words",
        },
        remark="its revisions look at the schema first, with thousands of queries",
    ),
)
