"""``python -m midflight`` is ``midflight``."""

from __future__ import annotations

import sys

from midflight.cli import main

if __name__ == "__main__":
    sys.exit(main())
