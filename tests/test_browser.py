"""The pages in a real browser: no request, no sideways scroll, accessible, one A4 page in front."""

import shutil

import pytest

from scevaluation.publish.report import make_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CASES = [
    ("mimika", "2023-S2", "id"),
    ("mimika", "2023-S2", "en"),
    ("kab-malang", "2023-S2", "id"),
    ("contoh", "2024-S2", "id"),
    ("contoh", "2017-S1", "id"),
    ("contoh", "2020-S2", "en"),
]
SIZES = [1160, 360]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    out = tmp_path_factory.mktemp("pages")
    made = {"-".join(case): make_report(*case, out=out).page for case in CASES}
    return {**made, "index": out / "index.html"}


NAMES = [*("-".join(c) for c in CASES), "index"]


@pytest.fixture(scope="module", params=[(n, s) for n in NAMES for s in SIZES], ids=lambda p: f"{p[0]}-{p[1]}")
def opened(request, browser, pages):
    name, width = request.param
    page = browser.new_page(viewport={"width": width, "height": 900})
    seen, trouble = [], []
    page.on("request", lambda r: seen.append(r.url))
    page.on("console", lambda m: trouble.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(pages[name].as_uri())
    yield page, seen, trouble, width
    page.close()


def test_nothing_is_asked_of_the_network(opened, pages):
    _, seen, trouble, _ = opened
    assert [u for u in seen if not u.startswith(("data:", "file:"))] == []
    assert len([u for u in seen if u.startswith("file:")]) == 1
    assert trouble == []


def test_nothing_scrolls_sideways(opened):
    page, _, _, width = opened
    assert page.evaluate("document.documentElement.scrollWidth") <= width


COVERED = """() => {
  const of = e => e.getBoundingClientRect(), button = of(document.querySelector(".tools label"));
  return [...document.querySelectorAll(".masthead p")].map(of).some(
    r => r.left < button.right && r.right > button.left && r.top < button.bottom && r.bottom > button.top);
}"""


@pytest.mark.parametrize("width", [320, 641, 800, 1024, 1150])
def test_between_phone_and_desk_nothing_scrolls_sideways_or_lies_under_the_button(browser, pages, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    for name in NAMES[:-1]:
        page.goto(pages[name].as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert not page.evaluate(COVERED), name
    page.close()


def test_every_picture_is_drawn(opened):
    page = opened[0]
    assert page.evaluate("[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length") == 0


def _axe(page, kind):
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page, options={"resultTypes": [kind]}).response
    return [(v["id"], [n["target"] for n in v["nodes"][:3]]) for v in result[kind]]


def test_axe_finds_no_violation_even_with_everything_unfolded(opened):
    page = opened[0]
    assert _axe(page, "incomplete") == []
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert _axe(page, "violations") == []


def test_the_code_can_be_shown_by_keyboard(browser, pages):
    page = browser.new_page()
    page.goto(pages[NAMES[0]].as_uri())
    assert not page.locator("pre.code").first.is_visible()
    page.focus("#kode")
    page.keyboard.press("Space")
    assert page.locator("pre.code").first.is_visible()
    page.close()


def test_a_script_in_the_page_could_not_run(browser, pages, tmp_path):
    """The second wall: were a script to slip into the text, the page's own policy stops it."""
    hurt = tmp_path / "hurt.html"
    hurt.write_text(
        pages[NAMES[0]].read_text("utf-8").replace("</main>", "<script>document.title='run'</script></main>"), "utf-8"
    )
    page = browser.new_page()
    page.goto(hurt.as_uri())
    assert page.title() != "run"
    page.close()


@pytest.mark.parametrize("name", NAMES[:-1])
def test_page_one_is_headline_scorecard_and_history_on_one_a4(browser, pages, name, tmp_path):
    from pypdf import PdfReader

    page = browser.new_page()
    page.goto(pages[name].as_uri())
    page.pdf(path=tmp_path / "a4.pdf", prefer_css_page_size=True, print_background=True)
    reader = PdfReader(tmp_path / "a4.pdf")
    width, height = (float(v) / 72 * 25.4 for v in reader.pages[0].mediabox[2:])
    assert abs(width - 210) < 1 and abs(height - 297) < 1
    first, second = (reader.pages[i].extract_text() for i in (0, 1))
    history = page.locator("#figure-history figcaption, #figure-trends figcaption").first.inner_text()
    assert page.locator("h1").inner_text()[:20] in " ".join(first.split())
    assert history.split(".")[0][:30] in " ".join(first.split())
    assert (
        page.locator("section.chapter h2").first.inner_text() in second
        or page.locator("section.chapter h2").first.inner_text() in first
    )
    page.close()
