"""The HTML report in a real browser: inert, readable at every width and in both schemes, usable by keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from midflight.pg.locks import LockMode
from midflight.report.html.page import html_text
from midflight.trace.record import HeldLock
from report.browser import needs_chromium, opened, running_browser
from report.hostile import TEXTS, filled_with

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from typing import Literal

    from playwright.async_api import Browser, Page

    from midflight.checks.result import CheckResult

    Write = Callable[[CheckResult], Path]

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

STRUCTURE = """
() => [...document.querySelectorAll("*")].map((one) =>
  `${one.localName} ${[...one.attributes].map((attribute) => attribute.name)} in ${one.parentElement?.localName}`)
"""

CONTRASTS = """
() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => value / 255)
      .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (lighter + 0.05) / (darker + 0.05);
  };
  const isOpaque = (colour) => colour.startsWith("rgb(");
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (isOpaque(colour)) return colour;
    }
    throw new Error("no background");
  };
  const fills = (drawing) => [...drawing.querySelectorAll("rect:not(.run)")]
    .map((one) => getComputedStyle(one).fill).filter(isOpaque);
  const hasOwnText = (element) => [...element.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    if (!hasOwnText(element) || !element.checkVisibility()) continue;
    const drawing = element.closest("svg.timeline");
    const colour = drawing ? getComputedStyle(element).fill : getComputedStyle(element).color;
    for (const ground of drawing ? [behind(drawing), ...fills(drawing)] : [behind(element)]) {
      found.push([contrast(colour, ground), `${element.localName}.${element.getAttribute("class")}`]);
    }
  }
  return found;
}
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as browser:
        yield browser


@pytest.fixture
def write(tmp_path: Path, here: Path) -> Write:
    """Write a result's report into a file."""

    def write(result: CheckResult) -> Path:
        file = tmp_path / "report.html"
        file.write_text(html_text(result, here), encoding="ascii")
        return file

    return write


@pytest.fixture
def branched(result: CheckResult) -> CheckResult:
    """The four revisions as a history: the second and the third build on the first, the last one merges them."""
    first, second, third, last = result.revisions
    return replace(
        result,
        revisions=(
            replace(first, parents=("before",)),
            replace(second, parents=(first.id,)),
            replace(third, parents=(first.id,)),
            replace(last, parents=(second.id, third.id)),
        ),
    )


async def shown(page: Page) -> list[str]:
    """Return the ids of the revisions that the filter shows."""
    titles = page.locator("details.revision:visible h3 code")
    return [text.strip() for text in await titles.all_text_contents()]


@pytest.mark.parametrize("hostile", TEXTS)
async def test_hostile_text_is_text(hostile: str, browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(filled_with("harmless", result))) as report:
        await open_everything(report.page)
        expected = await report.page.evaluate(STRUCTURE)
    async with opened(browser, write(filled_with(hostile, result)), width=320) as report:
        await open_everything(report.page)
        found = await report.page.evaluate(STRUCTURE)
        if hostile:  # without a title there is none to show, which is no matter of safety
            assert found == expected
        assert await report.page.evaluate("document.documentElement.scrollWidth") == 320


async def test_hostile_text_can_be_read(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(filled_with('<b>"x"&\u202e', result))) as report:
        assert await report.page.locator(".finding .fix pre").first.text_content() == 'fix <b>"x"&\\u202e'


async def test_the_policy_lets_no_other_script_or_style_in(browser: Browser, write: Write, result: CheckResult) -> None:
    file = write(result)
    injected = "<script>document.title = 'owned'</script><style>body { color: red }</style><p style='color: red'>"
    file.write_text(file.read_text().replace("<main>", f"<main>{injected}<img src='https://midflight.invalid/x'>"))
    async with opened(browser, file) as report:
        assert "Midflight" in await report.page.title()
        blocked = [one for one in report.misdeeds if "Content Security Policy" in one]
        report.misdeeds.clear()
    assert len(blocked) == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
async def test_text_stands_out(
    browser: Browser, write: Write, branched: CheckResult, scheme: Literal["light", "dark"], width: int
) -> None:
    async with opened(browser, write(branched), scheme=scheme, width=width) as report:
        await open_everything(report.page)
        contrasts: list[tuple[float, str]] = await report.page.evaluate(CONTRASTS)
        background = await report.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len(contrasts) > 100
    assert [one for one in contrasts if one[0] < 4.5] == []  # WCAG 2.2, 1.4.3, level AA
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


async def open_everything(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_phone_scrolls_one_way(browser: Browser, write: Write, branched: CheckResult, scripts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    async with opened(browser, write(branched), width=320, scripts=scripts) as report:
        await open_everything(report.page)
        assert await report.page.evaluate("document.documentElement.scrollWidth") == 320


async def test_what_has_news_is_open_at_first(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(result)) as report:
        assert [await one.get_attribute("open") for one in await report.page.locator("details.revision").all()] == [
            None,
            "",
            "",
            None,
        ]


async def test_a_long_report_is_closed_at_first(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(replace(result, revisions=result.revisions * 60))) as report:
        assert await report.page.locator("details[open]").count() == 0
        assert await report.page.locator("details.revision").count() == 240


async def test_details_open_by_keyboard(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(result)) as report:
        first = report.page.locator("details.revision").first
        for _ in range(40):
            if await first.locator("> summary").evaluate("(one) => one === document.activeElement"):
                break
            await report.page.keyboard.press("Tab")
        for key, is_open in (("Enter", True), ("Space", False), ("Enter", True)):
            await report.page.keyboard.press(key)
            assert await first.evaluate("(one) => one.open") is is_open
        await report.page.keyboard.press("Tab")
        await report.page.keyboard.press("Enter")
        assert await first.locator(".statements pre").is_visible()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("LARGER order", ["a1b2c3d4e5f6"]),
        ("orderz", ["ffff00001111"]),
        ("unbatched-update", ["a1b2c3d4e5f6"]),
        ("", ["0f0f0f0f0f0f", "a1b2c3d4e5f6", "ffff00001111", "eeee00002222"]),
        ("no such words", []),
    ],
)
async def test_search(browser: Browser, write: Write, result: CheckResult, words: str, expected: list[str]) -> None:
    async with opened(browser, write(result)) as report:
        await report.page.get_by_label("Search").fill(words)
        assert await shown(report.page) == expected
        assert await report.page.locator("form output").text_content() == f"{len(expected)} of 4"


async def test_filter_by_hazard(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(result)) as report:
        choice = report.page.get_by_label("Show")
        await choice.select_option("unbatched-update (1)")
        assert await shown(report.page) == ["a1b2c3d4e5f6"]
        await choice.select_option("with findings")
        assert await shown(report.page) == ["a1b2c3d4e5f6", "ffff00001111"]
        await report.page.get_by_label("Search").fill("nothing like it")
        await report.page.get_by_role("link", name="change-type-rewrites").click()
        assert await shown(report.page) == ["a1b2c3d4e5f6"]
        assert await choice.input_value() == "change-type-rewrites"


async def test_a_link_leads_to_what_is_closed_or_filtered_out(
    browser: Browser, write: Write, branched: CheckResult
) -> None:
    async with opened(browser, write(branched)) as report:
        await report.page.get_by_label("Search").fill("larger order totals")
        assert await shown(report.page) == ["a1b2c3d4e5f6"]
        await report.page.locator(".graph a").first.click()
        await report.page.locator("#r0").wait_for()
        assert await report.page.locator("details.revision").first.evaluate("(one) => one.open")
        await report.page.locator("#r1").get_by_role("link", name="statement 2").click()
        await report.page.locator("#r1s1").wait_for()


async def test_code_is_copied(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(result)) as report:
        await report.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        button = report.page.get_by_role("button", name="Copy")
        await button.click()
        await report.page.get_by_role("button", name="Copied").wait_for()
        assert await report.page.evaluate("navigator.clipboard.readText()") == result.revisions[1].findings[0].fix


async def test_without_scripts_all_can_be_read(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(result), scripts=False) as report:
        assert await report.page.locator("form").is_hidden()
        assert await report.page.get_by_role("button").count() == 0
        await report.page.locator("details.revision > summary").last.click()
        assert await report.page.get_by_text("Not run: a revision that it builds upon").is_visible()


async def test_paper_shows_what_has_news(browser: Browser, write: Write, result: CheckResult) -> None:
    async with opened(browser, write(result), scheme="dark") as report:
        await report.page.get_by_role("button", name="Close all").click()
        finding = report.page.get_by_text("ALTER COLUMN TYPE writes orders anew")
        assert not await finding.evaluate("(one) => one.checkVisibility()")
        await report.page.emulate_media(media="print")
        assert await finding.evaluate("(one) => one.checkVisibility()")
        assert await report.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


async def boxes(page: Page, selector: str) -> list[dict[str, Any]]:
    """Return where elements of the first timeline stand, as parts of its width, and what their tooltips say."""
    found: list[dict[str, Any]] = await page.evaluate(
        """(selector) => {
          const drawing = document.querySelector("svg.timeline");
          const whole = drawing.getBoundingClientRect();
          return [...drawing.querySelectorAll(selector)].map((one) => {
            const box = one.getBoundingClientRect();
            return { left: (box.left - whole.left) / whole.width, width: box.width / whole.width,
                     top: box.top, title: one.querySelector("title").textContent, kind: one.getAttribute("class") };
          });
        }""",
        selector,
    )
    return found


def two_transactions(result: CheckResult) -> CheckResult:
    """One revision: a lock from 5.0 to 5.1 s, and in a second transaction one from 5.2 and one from 5.3 to 5.4 s."""
    revision = result.revisions[1]
    orders, *_, archive = (lock.relation for lock in revision.statements[0].locks_taken)
    moment = replace(revision.statements[1], seconds=0.02)
    statements = (
        replace(moment, locks_taken=(HeldLock(orders, LockMode.ROW_EXCLUSIVE),), started=5.0, held_seconds=0.1),
        replace(moment, locks_taken=(HeldLock(orders, LockMode.SHARE),), started=5.2, held_seconds=0.2, transaction=2),
        replace(
            moment,
            locks_taken=(HeldLock(archive, LockMode.ACCESS_EXCLUSIVE),),
            started=5.3,
            held_seconds=0.1,
            transaction=2,
        ),
    )
    return replace(result, revisions=(replace(revision, statements=statements),))


@pytest.mark.parametrize("width", [320, 1200])
async def test_the_timeline_draws_each_lock_to_scale(
    browser: Browser, write: Write, result: CheckResult, width: int
) -> None:
    async with opened(browser, write(two_transactions(result)), width=width) as report:
        bars = await boxes(report.page, "rect.bar")
        runs = await boxes(report.page, "rect.run")
        bands = await boxes(report.page, "svg.band")
        texts = await report.page.locator("svg.timeline > text").all_text_contents()
        legend = await report.page.locator(".legend li").all_text_contents()
    assert [(bar["title"], bar["kind"]) for bar in bars] == [
        ("Statement 1 took ROW EXCLUSIVE on orders, held for 100 ms: reads and writes go on", "bar none"),
        ("Statement 2 took SHARE on orders, held for 200 ms: writes wait", "bar writes"),
        ("Statement 3 took ACCESS EXCLUSIVE on archive.orders, held for 100 ms: reads and writes wait", "bar all"),
    ]
    assert legend == ["reads and writes go on", "writes wait", "reads and writes wait"]
    assert places(bars) == pytest.approx([0, 0.25, 0.5, 0.5, 0.75, 0.25], abs=0.02)
    assert places(runs) == pytest.approx([0, 0.05, 0.5, 0.05, 0.75, 0.05], abs=0.02)
    assert places(bands) == pytest.approx([0, 0.25, 0.5, 0.5], abs=0.02)
    assert [band["title"] for band in bands] == ["transaction 1, 100 ms", "transaction 2, 200 ms"]
    assert texts == [
        *("0 ms", "100 ms", "200 ms", "300 ms", "400 ms"),
        *("orders", "ROW EXCLUSIVE 100 ms", "SHARE 200 ms", "archive.orders", "ACCESS EXCLUSIVE 100 ms"),
    ]
    assert [bar["top"] for bar in bars] == sorted({bar["top"] for bar in bars})


def places(drawn: list[dict[str, Any]]) -> list[float]:
    """Return where each begins and how long it is, one after another."""
    return [part for one in drawn for part in (one["left"], one["width"])]


async def test_the_graph_has_a_dot_for_each_revision_and_a_line_for_each_parent(
    browser: Browser, write: Write, branched: CheckResult
) -> None:
    async with opened(browser, write(branched)) as report:
        graph = report.page.locator(".graph > svg")
        assert await graph.get_attribute("aria-label") == (
            "4 revisions, 1 branch point and 1 merge; each revision tells below on which it builds"
        )
        kinds = [await one.get_attribute("class") for one in await graph.locator(".node").all()]
        assert kinds == ["node fine", "node error", "node error", "node unknown"]
        assert await graph.locator(".edge:not(.outside)").count() == 4
        assert await graph.locator(".edge.outside").count() == 1
        rows = await report.page.locator(".graph li").all()
        dots = await graph.locator(".node").all()
        for row, dot in zip(rows, dots, strict=True):
            line, spot = await row.bounding_box(), await dot.bounding_box()
            assert line is not None
            assert spot is not None
            assert spot["y"] + spot["height"] / 2 == pytest.approx(line["y"] + line["height"] / 2, abs=2)
        assert await report.page.locator("#r3 .place").text_content() == (
            "migrations/versions/20261102_drop_orders.pybuilds on a1b2c3d4e5f6 and ffff00001111"
        )
