"""A real browser, Debian's chromium, for tests of the HTML report."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, Request

CHROMIUM = Path("/usr/bin/chromium")
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not on this machine")
ARGUMENTS = [
    "--no-sandbox",  # it refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MILLISECONDS = 60_000


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Start it with a home of its own, which is gone afterwards."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS, timeout=MILLISECONDS, env={**os.environ, "HOME": home}
            )
            try:
                yield browser
            finally:
                await browser.close()


@dataclass
class Opened:
    """An opened report, and what it did that a report must not do."""

    page: Page
    misdeeds: list[str] = field(default_factory=list)

    def watch(self, file: Path) -> None:
        def asked(request: Request) -> None:
            if request.url.partition("#")[0] != file.as_uri():
                self.misdeeds.append(f"request: {request.url}")

        def said(message: ConsoleMessage) -> None:
            self.misdeeds.append(f"console: {message.text}")

        async def asks(dialog: Dialog) -> None:
            self.misdeeds.append(f"dialog: {dialog.message}")
            await dialog.dismiss()

        self.page.on("request", asked)
        self.page.on("console", said)
        self.page.on("dialog", asks)
        self.page.on("pageerror", lambda error: self.misdeeds.append(f"error: {error}"))


@asynccontextmanager
async def opened(
    browser: Browser,
    file: Path,
    *,
    width: int = 1200,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> AsyncIterator[Opened]:
    """Open a report; at the end it must not have asked for anything, said anything, or failed."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    try:
        context.set_default_timeout(MILLISECONDS)
        report = Opened(await context.new_page())
        report.watch(file)
        await report.page.goto(file.as_uri())
        yield report
        assert report.misdeeds == []
    finally:
        await context.close()
