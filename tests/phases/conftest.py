"""What the tests of phases share: projects with databases, as the runner's tests have them."""

from __future__ import annotations

from runner.conftest import deployments, stage

__all__ = ["deployments", "stage"]
