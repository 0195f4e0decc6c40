"""The desk in a real JupyterLab on the loopback: cells run, a slider moves the number the library gives, a cell is found."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from pages import CHROMIUM
from past_offices import agencies_across

from scevaluation.desk.scenario import Scenario
from scevaluation.desk.what_if import apply
from scevaluation.evaluate.evaluation import evaluate_round
from scevaluation.place import DATA, NOTEBOOKS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("lab"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
WAIT = 40_000  # milliseconds until something appears, on a machine that does other things too
IDLE = ".jp-NotebookPanel-toolbar [data-status=idle]"
OURS = ("1_check_round", "5_what_if", "12_explore")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """What the server shows: copies, so that nothing in the project can be saved over."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(DATA, root / "data")
    (root / "notebooks").mkdir()
    for name in OURS:
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", root / "notebooks")
    far = json.loads((NOTEBOOKS / "5_what_if.ipynb").read_text("utf-8"))
    source = far["cells"][1]["source"]
    far["cells"][1]["source"] = [line.replace("projector = False", "projector = True") for line in source]
    (root / "notebooks" / "far.ipynb").write_text(json.dumps(far), "utf-8")
    _old(root)
    return root


def _old(root) -> None:
    """A programme without rounds, and an office's old workbooks for it."""
    (root / "data/programmes/baru").mkdir()
    plan = "id: baru\nlabel: Baru\nregion: '99.99'\nregion_label: Baru\ncycles: []\nagencies: []\nrounds: []\n"
    (root / "data/programmes/baru/programme.yaml").write_text(plan, "utf-8")
    (root / "notebooks/old").mkdir()
    agencies_across(root / "notebooks/old")
    text = (NOTEBOOKS / "0_bring_the_past.ipynb").read_text("utf-8")
    (root / "notebooks/old.ipynb").write_text(text.replace('programme = \\"contoh\\"', 'programme = \\"baru\\"'), "utf-8")


@pytest.fixture(scope="module")
def server(root, tmp_path_factory):
    """Address and token of a server that listens on the loopback alone; ended with the tests."""
    own, port, token = tmp_path_factory.mktemp("jupyter"), _free_port(), secrets.token_hex(24)
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTER_DATA_DIR": "data",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    env = {**os.environ, "SCEVALUATION_DATA": str(root / "data"), "JUPYTER_TOKEN": token, "PYTHONWARNINGS": "default"}
    env |= {k: str(own / v) for k, v in places.items()}
    quiet = own / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}', "utf-8")
    options = [
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
    ]
    run = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", *options]
    with (own / "log").open("wb") as log:
        process = subprocess.Popen(run, env=env, stdout=log, stderr=subprocess.STDOUT, cwd=root)
        try:
            _until_it_answers(f"http://127.0.0.1:{port}/api", process, own / "log")
            yield f"http://127.0.0.1:{port}", token
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


def _until_it_answers(address: str, process, log) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text("utf-8")[-2000:]
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8")[-2000:])


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


@pytest.fixture
def lab(server, browser, tmp_path_factory):
    """Open a notebook; a picture of the window is kept in the test's temporary folder."""
    address, token = server
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    context.set_default_timeout(WAIT)
    asked = []
    context.on("request", lambda r: asked.append(r.url))
    page = context.new_page()

    def opened(name: str):
        page.goto(f"{address}/lab/tree/notebooks/{name}.ipynb?token={token}&reset")
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        return page

    yield opened
    page.screenshot(path=tmp_path_factory.mktemp("pictures") / "lab.png")
    assert [u for u in asked if not u.startswith((address, address.replace("http", "ws"), "data:", "blob:"))] == []
    context.close()


def _yes(page) -> None:
    """Say yes to what the Lab asks in a dialog, such as which kernel, while one is still being connected."""
    for _ in range(page.locator(".jp-Dialog").count()):
        page.locator(".jp-Dialog .jp-mod-accept").last.click()


# Whether a cell runs or has run.
BEGUN = """() => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-InputPrompt')].some(
  e => /\\[(\\*|\\d+)\\]/.test(e.textContent))"""


def run_all(page) -> None:
    """Run all cells by the menu once there is a kernel; wait for the controls and for the kernel to rest."""
    from playwright.sync_api import TimeoutError as Late

    for last in (*[False] * 7, True):  # the Lab drops cells it was asked to run while a kernel is still being connected
        try:
            _yes(page)
            page.wait_for_selector(IDLE, timeout=WAIT / 2)
            page.wait_for_timeout(700)
            _yes(page)
            page.get_by_role("menuitem", name="Run", exact=True).click(timeout=WAIT / 8)
            page.get_by_text("Run All Cells", exact=True).click(timeout=WAIT / 8)
            page.wait_for_function(BEGUN, timeout=WAIT / 8)
            page.wait_for_function(f"document.querySelector('.desk-live') || !({BEGUN})()")
            page.wait_for_selector(".desk-live", timeout=WAIT if last else WAIT / 40)
            break
        except Late:
            if last:
                raise
    page.wait_for_selector(IDLE)
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0


def shown_index(page) -> float:
    return float(page.locator(".desk-live .desk-index").get_attribute("value"))


def test_a_slider_moves_the_index_to_what_the_library_gives_and_the_scenario_is_saved(lab, root):
    page = lab("5_what_if")
    run_all(page)
    e = evaluate_round("contoh", "2024-S2")
    before = shown_index(page)
    assert before == apply(e, Scenario(name="a", programme="contoh", round="2024-S2")).value()
    assert page.locator(".desk-plain").first.is_hidden()
    handle = page.locator(".desk-weight .noUi-handle").nth(e.top.index("health"))
    for _ in range(5):
        handle.press("ArrowRight")
    wanted = apply(e, Scenario(name="a", programme="contoh", round="2024-S2", weights={"health": 0.25})).value()
    assert wanted != before
    page.wait_for_function("v => Math.abs(document.querySelector('.desk-live .desk-index').value - v) < 1e-9", arg=wanted)
    assert page.locator(".desk-live tr", has_text="Kesehatan").get_by_text("25,0%").is_visible()
    assert page.evaluate("[...document.querySelectorAll('.desk-live .scroll')].every(s => s.scrollWidth <= s.clientWidth + 1)")
    page.get_by_role("tab", name="Simpan").click()
    page.locator(".desk-live input[type=text]:visible").last.fill("Dari peramban")
    page.get_by_role("button", name="Simpan skenario").click()
    page.wait_for_selector(".desk-live .desk-compare th:has-text('Dari peramban')")
    assert "health: 0.25" in (root / "data/programmes/contoh/scenarios/dari-peramban.yaml").read_text("utf-8")


@pytest.mark.long
def test_for_a_projector_the_type_is_large_and_the_table_fits(lab):
    page = lab("far")
    page.set_viewport_size({"width": 1920, "height": 1080})
    run_all(page)
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert page.locator(".desk-live .desk-index").evaluate(size) >= 60
    assert min(page.locator(".desk-live .desk-outcome td").evaluate_all(f"l => l.map({size})")) >= 22
    assert min(page.locator(".desk-live .widget-label:visible").evaluate_all(f"l => l.map({size})")) >= 22
    assert page.evaluate("[...document.querySelectorAll('.desk-live .scroll')].every(s => s.scrollWidth <= s.clientWidth + 1)")


def test_from_the_index_to_the_cell_of_the_file(lab):
    page = lab("12_explore")
    run_all(page)
    assert page.locator(".desk-live [data-table=parts]").is_visible()
    page.locator(".desk-live select").nth(0).select_option(label="Kesehatan")
    page.wait_for_selector(".desk-live h3:has-text('Kesehatan: 5 indikator')")
    page.locator(".desk-live select").nth(2).select_option(label="Kampung dengan surveilans malaria rutin")
    page.wait_for_selector(".desk-live td.hit:has-text('2.5')")
    page.locator(".desk-live select").nth(4).select_option(label="mandiri")
    page.wait_for_selector(".desk-live td.hit:has-text('2.75')")
    page.locator(".desk-live a", has_text="Buka 2024-S2.csv").click()
    page.wait_for_selector(".jp-CSVViewer")


def test_a_file_is_picked_and_its_problem_shown(lab):
    page = lab("1_check_round")
    run_all(page)
    assert page.locator(".desk-live [data-table=issues] tr.here").is_visible()
    page.locator(".desk-live select").nth(0).select_option(label="2022-S2.csv")
    page.wait_for_selector(".desk-live h3:has-text('2022-S2.csv')")


def test_old_workbooks_are_looked_over_and_taken(lab, root):
    page = lab("old")
    run_all(page)
    assert page.locator("[data-table=past-rounds]").first.is_visible()
    assert "rounds: []" in (root / "data/programmes/baru/programme.yaml").read_text("utf-8")
    page.locator(".desk-live button", has_text="Ambil semua putaran").click()
    page.wait_for_selector(".desk-live .desk-past li:has-text('2 putaran diambil')")
    assert (root / "data/programmes/baru/rounds/2023-S2.csv").exists()


def test_without_the_token_nothing_is_told(server):
    address, _ = server
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents/notebooks", timeout=20)
