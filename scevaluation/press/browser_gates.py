"""Gates that open a page in a browser: requests, accessibility, width, pictures, page one on paper, JupyterLab."""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scevaluation.errors import ReportError
from scevaluation.issues import issue, refusal
from scevaluation.press.gates import Broken
from scevaluation.press.imprint import numbered
from scevaluation.press.pdf import QUIET
from scevaluation.press.pdf import browser as found_browser
from scevaluation.words import Sentence

WIDTHS = (1160, 360)
A4 = (210.0, 297.0)  # millimetres
SECONDS, STILL = 60, 8  # to wait for a server or a page; without anything new
ARGS = (*QUIET, "--disable-quic", "--no-first-run")
LOST = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length"


def _absent(what: str) -> ReportError:
    """The error that a gate lacks what it needs."""
    return refusal(ReportError, [issue("", "", "not_installed", "error", what, "", "install_gates")])


@contextmanager
def browser() -> Iterator:
    """A browser of this machine, driven by playwright; ReportError if that or a Chromium, Chrome or Edge is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise _absent("playwright") from error
    path = found_browser()
    if path is None:
        raise refusal(ReportError, [issue("", "", "no_browser", "error", "", "", "install_one")])
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=ARGS)
        yield opened
        opened.close()


@contextmanager
def opened(on, page: Path, width: int) -> Iterator[tuple]:
    """A page at a width, with the addresses it asked for and what the console said."""
    tab = on.new_page(viewport={"width": width, "height": 900})
    seen, said = [], []
    tab.on("request", lambda r: seen.append(r.url))
    tab.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    tab.goto(page.resolve().as_uri())
    yield tab, seen, said
    tab.close()


def requests(seen: list[str], said: list[str], where: str) -> list[Broken]:
    """Nothing was asked for but the page itself, and the console is silent."""
    outside = [u for u in seen if not u.startswith(("data:", "file:"))] + [u for u in seen if u.startswith("file:")][1:]
    out = [Broken("requests", where, Sentence("gate.found.request", {"address": u[:80]})) for u in outside]
    return out + [Broken("requests", where, Sentence("gate.found.console", {"said": t[:120]})) for t in said]


def axe(tab, where: str, rows: int | None = None) -> list[Broken]:
    """axe-core finds no violation and nothing it cannot decide; violations also with everything unfolded.

    Where `rows` is given, unfolded tables are cut to so many: the contrast of 10,000 cells takes half a minute.
    """
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError as error:
        raise _absent("axe-core") from error
    out = []
    for kind in ("incomplete", "violations"):
        if kind == "violations":
            tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            if rows is not None:
                tab.evaluate("n => document.querySelectorAll('tbody').forEach(t => [...t.rows].slice(n).forEach(r => r.remove()))", rows)
        for row in Axe().run(tab, options={"resultTypes": [kind]}).response[kind]:
            targets = "; ".join(str(n["target"][0]) for n in row["nodes"][:3])
            out.append(Broken("axe", where, Sentence("gate.found.axe_" + kind, {"rule": row["id"], "targets": targets})))
    return out


def scroll(tab, where: str, width: int) -> list[Broken]:
    """Nothing is wider than the window."""
    wide = tab.evaluate("document.documentElement.scrollWidth")
    return [Broken("scroll", where, Sentence("gate.found.wide", {"n": str(wide), "most": str(width)}))] if wide > width else []


def pictures(tab, where: str) -> list[Broken]:
    """Every picture is loaded and has a size."""
    lost = tab.evaluate(LOST)
    return [Broken("pictures", where, Sentence("gate.found.pictures", {"n": str(lost)}))] if lost else []


def a4(on, page: Path) -> list[Broken]:
    """Printed, page one is one A4; it ends before the first chapter, and that opens page two, where the page is made so."""
    tab = on.new_page()
    tab.goto(page.resolve().as_uri())
    data = tab.pdf(prefer_css_page_size=True, print_background=True)
    tab.close()
    return first_page(data, page.read_text("utf-8"))


def first_page(data: bytes, html: str) -> list[Broken]:
    """What is wrong with page one of a printed page: its size, its end, its chapter, its page number."""
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise _absent("pypdf") from error
    from bs4 import BeautifulSoup

    soup, reader = BeautifulSoup(html, "html.parser"), PdfReader(io.BytesIO(data))
    first = reader.pages[0]
    sides = tuple(float(v) / 72 * 25.4 for v in first.mediabox[2:])
    out = []
    if any(abs(a - b) > 1 for a, b in zip(sides, A4, strict=True)):
        places = {"width": f"{sides[0]:.0f}", "height": f"{sides[1]:.0f}"}
        out.append(Broken("a4", "page 1", Sentence("gate.found.paper", places)))
    count = len(reader.pages)
    one, two = (_plain(p.extract_text()) for p in (first, reader.pages[min(1, count - 1)]))
    chapter = soup.select_one("section.chapter")
    alone = chapter is not None and "newpage" in chapter["class"]
    wanted = [h for h in (soup.h1, _last_caption(soup) if alone else None) if h]
    lost = [t for t in (_plain(h.get_text(" "))[:30] for h in wanted) if t not in one]
    out += [Broken("a4", "page 1", Sentence("gate.found.not_on_one", {"text": t[:40]})) for t in lost]
    title = chapter.h2.get_text(" ").strip() if chapter and chapter.h2 and alone else ""
    foot = _plain(soup.footer.get_text(" ")) if soup.footer else ""
    said = [_plain(p.get_text(" ")) for part in ("draft", "said") for p in soup.select(f".imprint .{part}")]
    margins = (*said, f"2/{count}", foot.removesuffix("".join("\u00b7" + text for text in said)))
    for margin in margins * len(margins):
        two = two.removeprefix(margin)  # some printers write margins first, in an order of their own
    if not two.startswith(_plain(title)):
        out.append(Broken("a4", "page 2", Sentence("gate.found.not_on_two", {"text": title})))
    if numbered(html) and f"1/{count}" not in one:
        out.append(Broken("a4", "page 1", Sentence("gate.found.no_number")))
    return out


def _plain(text: str) -> str:
    """Letters and figures alone: printing breaks lines and spaces where it likes."""
    return re.sub(r"\s+", "", text)


def _last_caption(soup):
    """The note of the last figure before the first chapter: what must still be on page one."""
    chapter = soup.select_one("section.chapter")
    before = chapter.find_all_previous("figcaption") if chapter else soup.find_all("figcaption")[::-1]
    return before[0] if before else None


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab of its own on this machine, with a token, that serves a folder and trusts nothing.

    ReportError if JupyterLab does not start.
    """
    home = folder / ".lab"
    settings = {
        "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
        "@jupyterlab/apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
    }
    for name, value in settings.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")
    own = {f"JUPYTER_{part.upper()}_DIR": str(home / part) for part in ("config", "data", "runtime")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    token = secrets.token_urlsafe(24)
    options = ["--no-browser", "--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={folder}", "--allow-root"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env={**os.environ, **own, "JUPYTER_TOKEN": token},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        # a workspace per notebook: one shared shows the notebook before first, and its images would be counted
        yield f"http://127.0.0.1:{_port(server, home / 'runtime')}/lab/workspaces/{{stem}}/tree/{{name}}?token={token}"
    finally:
        server.terminate()
        try:
            server.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


def _port(server: subprocess.Popen, runtime: Path) -> int:
    """The port a starting server says it listens at."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                return int(json.loads(path.read_text("utf-8"))["port"])
            except ValueError:
                continue  # half written
        time.sleep(0.2)
    said = server.communicate()[1] if server.poll() is not None else "it gave no port in time"
    raise refusal(ReportError, [issue("", "", "lab_silent", "error", said.strip()[-120:], "", "try_lab")])


def seen_in_lab(on, address: str, notebook: Path) -> list[Broken]:
    """Every image of an executed notebook loads in a JupyterLab at an address of `lab`, whose folder holds it and which does
    not trust it, and nothing leaves the machine.
    """
    from playwright.sync_api import TimeoutError

    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    shown = ("".join(o["data"]["text/html"]) for c in cells for o in c.get("outputs", ()) if "text/html" in o.get("data", {}))
    expected = sum(html.count("<img") for html in shown)
    tab = on.new_page(viewport={"width": 1400, "height": 900})
    asked: list[str] = []
    tab.on("request", lambda r: asked.append(r.url))
    tab.goto(address.format(name=notebook.name, stem=re.sub(r"\W", "-", notebook.stem)))  # no workspace has a dot in its name
    try:
        tab.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=SECONDS * 1000)
    except TimeoutError:
        tab.close()
        return [Broken("lab", notebook.name, Sentence("gate.found.lab_closed", {"n": str(SECONDS)}))]
    state = _images(tab, expected)
    tab.close()
    own = ("data:", "blob:", "http://127.0.0.1:", "ws://127.0.0.1:")
    out = [Broken("lab", notebook.name, Sentence("gate.found.request", {"address": u[:80]})) for u in asked if not u.startswith(own)]
    if state["trusted"]:
        out.append(Broken("lab", notebook.name, Sentence("gate.found.trusted")))
    if state["good"] < expected:
        places = {"n": str(state["good"]), "of": str(expected)}
        out.append(Broken("lab", notebook.name, Sentence("gate.found.lab_images", places)))
    return out


_STATE = """() => {
  const shown = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output img";
  const all = [...document.querySelectorAll(shown)], trust = document.querySelector(".jp-StatusItem-trust");
  return {good: all.filter(i => i.complete && i.naturalWidth > 0 && i.src.startsWith("data:")).length,
          seen: all.filter(i => i.complete).length,
          trusted: !trust || !trust.title.includes("not trusted")};
}"""


def _images(tab, expected: int) -> dict:
    """How many images of outputs are loaded, once all are or no more come, and whether the notebook is trusted."""
    end = time.monotonic() + SECONDS
    state, since = tab.evaluate(_STATE), time.monotonic()
    while state["good"] < expected and time.monotonic() < end and time.monotonic() - since < STILL:
        tab.wait_for_timeout(500)
        before, state = state, tab.evaluate(_STATE)
        since = time.monotonic() if state["seen"] != before["seen"] or not state["seen"] else since
    return state


def run(names: tuple[str, ...], page: Path) -> dict[str, list[Broken]]:
    """What is broken by gate, of the gates that need a browser."""
    out: dict[str, list[Broken]] = {n: [] for n in names}
    with browser() as on:
        for width in WIDTHS if {"requests", "axe", "scroll", "pictures"} & set(names) else ():
            where = f"{width} px"
            with opened(on, page, width) as (tab, seen, said):
                checks: dict = {"scroll": (scroll, tab, where, width), "pictures": (pictures, tab, where)}
                checks |= {"requests": (requests, seen, said, where), "axe": (axe, tab, where)}
                for name in [n for n in checks if n in names]:
                    check, *given = checks[name]
                    out[name] += check(*given)
        if "a4" in names:
            out["a4"] += a4(on, page)
        if "lab" in names:
            notebook = page.with_suffix(".ipynb")
            with tempfile.TemporaryDirectory() as folder:
                shutil.copy(notebook, Path(folder) / notebook.name)
                with lab(Path(folder)) as address:
                    out["lab"] += seen_in_lab(on, address, notebook)
    return out
