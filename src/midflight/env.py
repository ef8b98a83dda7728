"""What a project's ``env.py`` imports: ``from midflight import env`` and then ``env.run(models="shop.models")``."""

import midflight.op  # noqa: F401 - gives Alembic's op our names
from midflight.bridge.env.running import run

__all__ = ["run"]
