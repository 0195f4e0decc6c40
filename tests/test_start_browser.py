"""The start notebook in a real JupyterLab, as `scevaluation lab` opens it in a workspace: a click leads to a notebook."""

import os
import secrets
import subprocess
import sys

import pytest
from pages import CHROMIUM
from test_lab_browser import ARGS, WAIT, _free_port, _until_it_answers, _yes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("lab"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
CLI = "from scevaluation.cli import main; main()"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address, token and folder of a Lab that the command opened in a new workspace."""
    own, port, token = tmp_path_factory.mktemp("jupyter"), _free_port(), secrets.token_hex(24)
    places = {f"JUPYTER_{n}_DIR": own / n.lower() for n in ("CONFIG", "RUNTIME", "DATA")}
    places |= {f"JUPYTERLAB_{n}_DIR": own / n.lower() for n in ("SETTINGS", "WORKSPACES")}
    bare = {k: v for k, v in os.environ.items() if not k.startswith("SCEVALUATION_")}
    env = bare | {k: str(v) for k, v in places.items()} | {"IPYTHONDIR": str(own / "ipython"), "JUPYTER_TOKEN": token}
    quiet = own / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}', "utf-8")
    root = tmp_path_factory.mktemp("work")
    subprocess.run([sys.executable, "-c", CLI, "new", "kota-uji", "--region", "99.99"], cwd=root, env=env, check=True, timeout=60)
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
    with (own / "log").open("wb") as log:
        call = [sys.executable, "-c", CLI, "lab", "--", *options]
        process = subprocess.Popen(call, env=env, stdout=log, stderr=subprocess.STDOUT, cwd=root / "kota-uji", start_new_session=True)
        try:
            _until_it_answers(f"http://127.0.0.1:{port}/api", process, own / "log")
            yield f"http://127.0.0.1:{port}", token, root / "kota-uji"
        finally:
            os.killpg(process.pid, 15)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait(20)


def test_the_lab_opens_on_start_shows_the_programmes_and_a_click_leads_to_a_notebook(server):
    from playwright.sync_api import sync_playwright

    address, token, root = server
    assert (root / "lab" / "START.ipynb").is_file() and not (root / "notebooks").exists()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(WAIT)
        try:
            page.goto(f"{address}/?token={token}")
            page.get_by_role("heading", name="Mulai di sini", exact=True).wait_for()
            page.wait_for_selector(".jp-NotebookPanel-toolbar [data-status=idle]")
            page.wait_for_timeout(700)
            _yes(page)
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_text("Run All Cells", exact=True).click()
            page.locator(".desk-start").get_by_text("kota-uji", exact=True).wait_for()
            page.locator(".desk-start").get_by_text("kab-malang", exact=True).wait_for()
            assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
            page.get_by_role("link", name="Laporan putaran", exact=True).click()
            page.get_by_role("tab", name="2_round_report.ipynb").wait_for()
            page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first.wait_for()
            assert page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").get_by_role("heading", level=1).count() >= 1
        finally:
            browser.close()
