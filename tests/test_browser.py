"""The pages in a real browser: no request, no sideways scroll, accessible, one A4 page in front."""

import pytest
from pages import CHROMIUM, page, placed

from scevaluation.press import browser_gates as gates
from scevaluation.press.jobs import Job

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("forms"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium, Chrome or Edge is installed"),
]
CASES = [
    ("mimika", "2023-S2", "id"),
    ("mimika", "2023-S2", "en"),
    ("kab-malang", "2023-S2", "id"),
    ("contoh", "2024-S2", "id"),
    ("contoh", "2017-S1", "en"),
]
NAMES = [*("-".join(c) for c in CASES), "index"]
EVERY = [(name, width) for name in NAMES for width in gates.WIDTHS]


@pytest.fixture(scope="module")
def browser():
    with gates.browser() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    out = tmp_path_factory.mktemp("pages")
    for case in CASES:
        (out / f"{'-'.join(case)}.html").write_text(page(*case), "utf-8")
    placed(out, Job("mimika", "2023-S2"))
    return {name: out / f"{name}.html" for name in NAMES}


@pytest.fixture(scope="module", params=EVERY, ids=lambda p: f"{p[0]}-{p[1]}")
def opened(request, browser, pages):
    name, width = request.param
    with gates.opened(browser, pages[name], width) as (tab, seen, said):
        yield tab, seen, said, width


def test_nothing_is_asked_of_the_network(opened):
    _, seen, said, _ = opened
    assert gates.requests(seen, said, "") == [] and seen[0].startswith("file:")


def test_nothing_scrolls_sideways_and_every_picture_is_drawn(opened):
    tab, _, _, width = opened
    assert gates.scroll(tab, "", width) == [] and gates.pictures(tab, "") == []


COVERED = """() => {
  const of = e => e.getBoundingClientRect(), button = of(document.querySelector(".tools label"));
  return [...document.querySelectorAll(".masthead p")].map(of).some(
    r => r.left < button.right && r.right > button.left && r.top < button.bottom && r.bottom > button.top);
}"""


@pytest.mark.parametrize("name", NAMES[:-1])
def test_between_phone_and_desk_nothing_scrolls_sideways_or_lies_under_the_button(browser, pages, name):
    page = browser.new_page()
    page.goto(pages[name].as_uri())
    for width in (320, 641, 800, 1024, 1150):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert not page.evaluate(COVERED), width
    page.close()


CUT = """() => [...document.querySelectorAll("main table:not(.scroll table)")].some(
  t => t.getBoundingClientRect().right > t.parentElement.getBoundingClientRect().right + 1)"""


def test_no_other_kind_of_report_scrolls_sideways_or_has_a_table_cut(browser, tmp_path):
    jobs = [Job("contoh", "2024-S2", "en", kind) for kind in ("methods", "agencies", "handover")]
    jobs += [Job("nasional", "2023-S2", kind="national"), Job("contoh-spbe", "2025", kind="skm")]
    page = browser.new_page()
    for job, made in placed(tmp_path, *jobs).items():
        page.goto(made.page.as_uri())
        for width in (320, 360, 641, 880):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (job.kind, width)
            assert not page.evaluate(CUT), (job.kind, width)
    page.close()


AXE = [(NAMES[0], 360), (NAMES[0], 1160), (NAMES[3], 360), ("index", 360), ("index", 1160)]  # all others in the long tier


@pytest.mark.parametrize(
    "opened", [pytest.param(c, marks=[] if c in AXE else pytest.mark.long, id=f"{c[0]}-{c[1]}") for c in EVERY], indirect=True
)
def test_axe_finds_no_violation_even_with_everything_unfolded(opened):
    tab, _, _, _ = opened
    assert gates.axe(tab, "", rows=8) == []


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
def test_page_one_is_headline_scorecard_and_history_on_one_a4(browser, pages, name):
    assert gates.a4(browser, pages[name]) == []
