"""What a project's ``env.py`` imports: ``from midflight import env`` and then ``env.run(models="shop.models")``."""

from midflight.bridge.env.running import run

__all__ = ["run"]
