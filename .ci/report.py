"""Holds an HTML report against a browser: no errors, no requests, no overflow, toggles that toggle, axe's rules, paper.

    python .ci/report.py REPORT [REPORT ...] --out FOLDER

Debian's Chromium opens each report at 400 and 1400 pixels, in light and dark; screenshots and a PDF go to FOLDER.
"""

import argparse
import pathlib
import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

WIDTHS = (400, 1400)
SERIOUS = {"serious", "critical"}

# The kinds of boxes that can be hidden.
KINDS = ("truth", "ignored", "found", "false", "missed", "below")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("there is no chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for report in arguments.reports:
            out = arguments.out / report.parent.name
            out.mkdir(parents=True, exist_ok=True)
            for scheme in ("light", "dark"):
                for width in WIDTHS:
                    look(browser, report, scheme, width, out)
            print_out(browser, report, out)
        browser.close()


def opened(browser, report, **options):
    """A page of the report, with what it complains of and asks for."""
    context = browser.new_context(**options)
    page = context.new_page()
    troubles, requests = [], []
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    address = report.resolve().as_uri()
    page.goto(address)
    asked = [url for url in requests if url != address and not url.startswith("data:")]
    assert not troubles, f"{report}: {troubles}"
    assert not asked, f"{report} asks for {asked}"
    return page


def look(browser, report, scheme, width, out):
    page = opened(browser, report, color_scheme=scheme, viewport={"width": width, "height": 900})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{report} at {width}: {overflow} pixels too wide"
    assert page.locator("script").count() == 0, f"{report} has a script"
    page.screenshot(path=out / f"{scheme}-{width}.png", full_page=True)
    toggles(page, report)
    if width == WIDTHS[1]:
        tabs(page, report)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{report} unfolded at {width}: {overflow} pixels too wide"
    rules(page, report, scheme, width)
    page.context.close()


def toggles(page, report):
    """In the gallery each toggle hides its boxes, or their names, and shows them again; `before` and `after` leave one picture of each pair."""
    if page.locator("#gallery").count() == 0:
        return
    for kind in KINDS:
        boxes = page.locator(f"#gallery .pair .box.{kind}")
        if boxes.count() == 0:
            continue
        page.locator(f"#show-{kind}").uncheck()
        assert not boxes.first.is_visible(), f"{report}: {kind} boxes stay"
        page.locator(f"#show-{kind}").check()
        assert boxes.first.is_visible(), f"{report}: {kind} boxes do not come back"
    tags = page.locator("#gallery .tags")
    if tags.count() > 0:
        page.locator("#show-tags").uncheck()
        assert not tags.first.is_visible(), f"{report}: names stay"
        page.locator("#show-tags").check()
        assert tags.first.is_visible(), f"{report}: names do not come back"
    picture = page.locator("#gallery .zoom svg").first
    small = picture.bounding_box()
    picture.click()
    large = picture.bounding_box()
    assert large["width"] * large["height"] > 1.5 * small["width"] * small["height"], f"{report}: {small} to {large} only"
    picture.click()
    assert picture.bounding_box()["width"] == small["width"], f"{report}: the picture stays large"
    for option in page.locator("#gallery select option[id]").all():
        shown = option.get_attribute("id").removeprefix("only-")
        select = option.locator("xpath=..")
        select.select_option(option.inner_text())
        visible = page.locator("#gallery .pair:visible")
        assert visible.count() == page.locator(f"#gallery .pair.{shown}").count(), f"{report}: {shown}"
        others = page.locator(f"#gallery .pair :is(.false,.missed) .c:not(.{shown}):visible")
        assert others.count() == 0, f"{report}: {others.count()} boxes are not {shown}"
        select.select_option("all")
    shots = page.locator("#gallery .pair").first.locator(".shot")
    for side, visible in (("before", [True, False]), ("after", [False, True]), ("both", [True, True])):
        page.locator(f"#side-{side}").check()
        assert [shots.nth(0).is_visible(), shots.nth(1).is_visible()] == visible, f"{report}: {side}"


def tabs(page, report):
    """The keyboard reaches every link, summary, toggle and wide table, and shows where it is."""
    page.reload()
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href],summary,input,select,[tabindex=\"0\"]')]"
        ".filter(one => one.checkVisibility({contentVisibilityAuto: true}) && !(one.type == 'radio' && !one.checked)).length"
    )
    reached, unmarked = set(), []
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        at, outline, what = page.evaluate(
            "(() => { const one = document.activeElement; const all = [...document.querySelectorAll('*')];"
            "return [all.indexOf(one), getComputedStyle(one).outlineStyle, one.outerHTML.slice(0, 80)] })()"
        )
        if page.evaluate("document.activeElement == document.body"):
            break
        reached.add(at)
        if outline == "none":
            unmarked.append(what)
    assert len(reached) >= wanted, f"{report}: the keyboard reaches {len(reached)} of {wanted}"
    assert not unmarked, f"{report}: no visible focus on {unmarked[:3]}"


def rules(page, report, scheme, width):
    """axe-core finds nothing serious."""
    found = Axe().run(page).response
    broken = [rule for rule in found["violations"] if rule["impact"] in SERIOUS]
    for rule in broken:
        print(rule["id"], rule["help"], [node["html"][:160] for node in rule["nodes"][:4]], len(rule["nodes"]))
        print(rule["nodes"][0].get("failureSummary"))
    assert not broken, f"{report}, {scheme} at {width}: {[rule['id'] for rule in broken]}"
    assert len(found["passes"]) > 15, f"{report}: axe looked at {len(found['passes'])} rules only"
    lesser = [rule["id"] for rule in found["violations"]]
    print(f"{report} {scheme} {width}: {len(found['passes'])} rules of axe hold, lesser findings: {lesser or 'none'}")


def print_out(browser, report, out):
    page = opened(browser, report)
    page.pdf(path=out / "report.pdf", format="A4", margin={side: "14mm" for side in ("top", "bottom", "left", "right")})
    size = report.stat().st_size
    assert size < 5_000_000, f"{report} has {size} bytes"
    print(f"{report}: {size} bytes, on paper {(out / 'report.pdf').stat().st_size}")
    page.context.close()


if __name__ == "__main__":
    main()
