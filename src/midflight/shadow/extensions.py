"""Which server would have what the shadow lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from midflight.shadow.shadow import ServerFacts

# fmt: off
EMBEDDED = frozenset({
    "amcheck", "autoinc", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dblink", "dict_int", "dict_xsyn",
    "earthdistance", "file_fdw", "fuzzystrmatch", "hstore", "insert_username", "intagg", "intarray", "isn", "lo",
    "ltree", "moddatetime", "pageinspect", "pg_buffercache", "pg_freespacemap", "pg_logicalinspect", "pg_prewarm",
    "pg_stat_statements", "pg_surgery", "pg_trgm", "pg_visibility", "pg_walinspect", "pgcrypto", "pgrowlocks",
    "pgstattuple", "plpgsql", "postgres_fdw", "refint", "seg", "sslinfo", "tablefunc", "tcn", "tsm_system_rows",
    "tsm_system_time", "unaccent", "uuid-ossp", "vector",
})
# fmt: on
"""Extensions that work on the embedded server everywhere; a test reads them off the real one."""

EMBEDDED_IF_SYSTEM = frozenset({"hstore_plpython3u", "jsonb_plpython3u", "ltree_plpython3u", "plpython3u", "xml2"})
"""Those which need a library of the system that may be missing: libpython, libxslt."""

CONTRIB = frozenset({"adminpack", "old_snapshot", "xml2"}) | (EMBEDDED - {"vector"})
"""Extensions of PostgreSQL's own source, which a distribution has in one package.
https://www.postgresql.org/docs/current/contrib.html"""

DEBIAN_PACKAGES = {
    "address_standardizer": "postgresql-{major}-postgis-3",
    "age": "postgresql-{major}-age",
    "debversion": "postgresql-{major}-debversion",
    "first_last_agg": "postgresql-{major}-first-last-agg",
    "h3": "postgresql-{major}-h3",
    "hll": "postgresql-{major}-hll",
    "http": "postgresql-{major}-http",
    "hypopg": "postgresql-{major}-hypopg",
    "icu_ext": "postgresql-{major}-icu-ext",
    "ip4r": "postgresql-{major}-ip4r",
    "ogr_fdw": "postgresql-{major}-ogr-fdw",
    "orafce": "postgresql-{major}-orafce",
    "periods": "postgresql-{major}-periods",
    "pg_cron": "postgresql-{major}-cron",
    "pg_partman": "postgresql-{major}-partman",
    "pg_qualstats": "postgresql-{major}-pg-qualstats",
    "pg_repack": "postgresql-{major}-repack",
    "pg_similarity": "postgresql-{major}-similarity",
    "pg_stat_kcache": "postgresql-{major}-pg-stat-kcache",
    "pg_wait_sampling": "postgresql-{major}-pg-wait-sampling",
    "pgaudit": "postgresql-{major}-pgaudit",
    "pglogical": "postgresql-{major}-pglogical",
    "pgrouting": "postgresql-{major}-pgrouting",
    "pgtap": "postgresql-{major}-pgtap",
    "plperl": "postgresql-plperl-{major}",
    "plpgsql_check": "postgresql-{major}-plpgsql-check",
    "plpython3u": "postgresql-plpython3-{major}",
    "pltcl": "postgresql-pltcl-{major}",
    "pointcloud": "postgresql-{major}-pointcloud",
    "postgis": "postgresql-{major}-postgis-3",
    "postgis_raster": "postgresql-{major}-postgis-3",
    "postgis_sfcgal": "postgresql-{major}-postgis-3",
    "postgis_tiger_geocoder": "postgresql-{major}-postgis-3",
    "postgis_topology": "postgresql-{major}-postgis-3",
    "prefix": "postgresql-{major}-prefix",
    "rum": "postgresql-{major}-rum",
    "semver": "postgresql-{major}-semver",
    "tdigest": "postgresql-{major}-tdigest",
    "unit": "postgresql-{major}-unit",
    "vector": "postgresql-{major}-pgvector",
}
"""Packages of Debian and Ubuntu, and of postgresql.org for them: https://wiki.postgresql.org/wiki/Apt"""

IMAGES = {
    "ai": "timescale/timescaledb-ha",
    "citus": "citusdata/citus",
    "pg_graphql": "supabase/postgres",
    "pg_jsonschema": "supabase/postgres",
    "pg_net": "supabase/postgres",
    "pg_search": "paradedb/paradedb",
    "pgmq": "pgmq/pg17-pgmq",
    "pgsodium": "supabase/postgres",
    "supabase_vault": "supabase/postgres",
    "timescaledb": "timescale/timescaledb-ha",
    "timescaledb_toolkit": "timescale/timescaledb-ha",
    "vectorscale": "timescale/timescaledb-ha",
    "postgis": "postgis/postgis",
    "vector": "pgvector/pgvector",
}
"""Container images that carry an extension, as its own project names them."""

FEATURES = (
    (
        r"ICU is not supported in this build|collation \"[^\"]*-x-icu\"",
        "it was built without ICU; Debian's PostgreSQL and the image postgres have it: --shadow machine or URL",
    ),
    (
        r"collation \"[^\"]*\" for encoding \"[^\"]*\" does not exist",
        "it has the collations of the system's locales; name a server with those of production: --shadow URL",
    ),
    (
        r"shared_preload_libraries",
        "it preloads no library; name a server that does: --shadow URL",
    ),
    (
        r"wal_level",
        "it runs with wal_level = minimal; name a server with wal_level = logical: --shadow URL",
    ),
)
"""What PostgreSQL says when a feature is missing, and where it would be."""


def explain_missing_extension(name: str, facts: ServerFacts, available: Collection[str] = ()) -> str:
    """Say that the shadow lacks an extension, and which server would have it.

    Args:
        name: As in CREATE EXTENSION.
        facts: The server that lacks it.
        available: The names in its ``pg_available_extensions``, to find a name that was mistyped.
    """
    ways = _ways(name, facts)
    if not ways:
        similar = [known for known in available if _plain(known) == _plain(name)]
        ways = [f"did you mean {known}?" for known in similar] or ["give a server that has it: --shadow URL"]
    return f'extension "{name}" is not on {facts.where}; ' + "; or ".join(ways)


def explain_missing_feature(message: str, facts: ServerFacts) -> str | None:
    """Say which server would have what PostgreSQL's error message finds missing; None where the message is another."""
    for pattern, advice in FEATURES:
        if re.search(pattern, message):
            return f"{facts.where} cannot do this: {advice}"
    return None


def _ways(name: str, facts: ServerFacts) -> list[str]:
    ways = []
    if name in EMBEDDED and facts.origin != "embedded":
        ways.append("the embedded server has it: --shadow embedded (pip install 'midflight[shadow]')")
    if name in CONTRIB:
        ways.append(f"apt install postgresql-{facts.version.major} (elsewhere the package postgresql-contrib)")
    if name in DEBIAN_PACKAGES:
        package = DEBIAN_PACKAGES[name].format(major=facts.version.major)
        ways.append(f"apt install {package} (Debian or apt.postgresql.org), then --shadow machine")
    if name in IMAGES:
        ways.append(f"the image {IMAGES[name]} has it: --shadow URL")
    return ways


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removeprefix("pg")
