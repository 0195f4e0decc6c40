"""Seconds a report by way of making it, on the same notebook and data in one run: stock tools, this project, and the floor.

Run: python benchmarks/report_speed.py [--reports 8] [--batch 96] [--ploomber FOLDER]
--reports are made by the stock tools, which take the same for each; --batch by this project, the floor and ploomber-engine.
FOLDER is where `pip install --target FOLDER --no-deps ploomber-engine` put it: it slows every start of papermill, so no extra has it.
Ends with 1 below 3 times the stock tools at equal workers, 5 times one after another, above 1.4 times the floor or 450 MB a worker.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from scevaluation.press.batch import national_jobs
from scevaluation.press.jobs import KINDS

ROUND = "2023-S2"
BIN = Path(sys.executable).parent
SOURCE = Path(__file__).resolve().parents[1] / "notebooks" / f"{KINDS['round'].notebook}.ipynb"
STOCK, SEQUENTIAL, FLOOR, MEGABYTES = 3.0, 5.0, 1.4, 450

API = """
import sys, nbconvert, papermill
for region in sys.argv[3:]:
    papermill.execute_notebook(sys.argv[1], f"{sys.argv[2]}/{region}.ipynb", {"programme": region, "round": ROUND}, progress_bar=False)
    html, _ = nbconvert.HTMLExporter().from_filename(f"{sys.argv[2]}/{region}.ipynb")
    open(f"{sys.argv[2]}/{region}.html", "w", encoding="utf-8").write(html)
""".replace("ROUND", repr(ROUND))
PLOOMBER = API.replace("import sys, nbconvert, papermill", "import sys, nbconvert; from ploomber_engine import execute_notebook").replace(
    '{"programme": region, "round": ', 'parameters={"programme": region, "round": '
).replace("papermill.execute_notebook", "execute_notebook")


def once(command: list[str], more: dict | None = None) -> None:
    """Run a command to its end; its output is shown only if it fails."""
    done = subprocess.run(command, env=os.environ | (more or {}), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)[:200]}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def stock(regions: list[str], out: Path, workers: int) -> None:
    """The two command-line tools, a process each, so many reports at a time."""

    def make(region: str) -> None:
        made = str(out / f"{region}.ipynb")
        given = ["-p", "programme", region, "-p", "round", ROUND, "--no-progress-bar"]
        once([str(BIN / "papermill"), str(SOURCE), made, *given])
        once([str(BIN / "jupyter"), "nbconvert", "--to", "html", "--log-level", "ERROR", made])

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(make, regions))


def ours(regions: list[str], out: Path, workers: int) -> None:
    """The batch command, its start and its list of reports included; the linked copies, which no other way makes, are not."""
    given = ["--rounds", ROUND, "--workers", str(workers), "--out", str(out), "--no-site", "--quiet"]
    once([str(BIN / "scevaluation"), "batch", *regions, *given])


def _compiled(source: str) -> tuple:
    """A cell's code, and apart from it its last value's, if it ends with one."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    value = compile(ast.Expression(last.value), "cell", "eval") if last else None
    return compile(ast.Module(body, []), "cell", "exec"), value


def floor(regions: list[str], workers: int) -> float:
    """Seconds a report to evaluate and draw by the notebook's cells alone, in children of this warm process."""
    import scevaluation.press.warm  # noqa: F401
    from scevaluation.draw.chart import without_gc
    from scevaluation.press.notebook import tools

    cells = [c for c in tools()[0].read(SOURCE, as_version=4).cells if c.cell_type == "code"]
    code = [_compiled(cell.source) for cell in cells[1:]]
    usual: dict = {}
    exec(cells[0].source, usual)  # the parameters' own values

    def make(region: str) -> None:
        names = {**usual, "programme": region, "round": ROUND, "print": lambda *a: None}
        for first, last in code:
            exec(first, names)
            value = eval(last, names) if last else None
            if value is not None:
                value._repr_mimebundle_()

    start, waiting, running = time.perf_counter(), list(regions), set()
    while waiting or running:
        while waiting and len(running) < workers:
            region = waiting.pop()
            child = os.fork()
            if not child:
                with without_gc():  # as the engine does
                    make(region)
                os._exit(0)
            running.add(child)
        ended, status = os.wait()
        running.discard(ended)
        if status:
            raise SystemExit("a child of the floor failed")
    return (time.perf_counter() - start) / len(regions)


class Memory:
    """The largest proportional share of any process below this one, looked at ten times a second."""

    def __enter__(self) -> Memory:
        self.most, self._end = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._end.wait(0.1):
            for child in me.children(recursive=True):
                try:
                    self.most = max(self.most, child.memory_full_info().pss / 1e6)
                except psutil.Error:
                    continue


def main() -> int:
    """Print a row a way, and what is met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=8)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--ploomber", type=Path)
    asked = parser.parse_args()
    known = [j.programme for j in national_jobs(ROUND) if j.kind == "round" and not j.absent]
    few, many, source = known[: asked.reports], known[: asked.batch], str(SOURCE)
    ways = {
        "stock commands, one at a time": (few, lambda out: stock(few, out, 1)),
        "stock commands, two at a time": (few, lambda out: stock(few, out, 2)),
        "papermill's and nbconvert's API, one process": (few, lambda out: once([sys.executable, "-c", API, source, str(out), *few])),
    }
    if asked.ploomber:
        more = {"PYTHONPATH": str(asked.ploomber)}
        ways["ploomber-engine and nbconvert's API, one process"] = (
            many,
            lambda out: once([sys.executable, "-c", PLOOMBER, source, str(out), *many], more),
        )
    # Each beside its floor, so that both meet the machine in one mood.
    for workers, said in ((1, "one worker"), (2, "two workers")):
        ways[f"this project, {said}"] = (many, lambda out, n=workers: ours(many, out, n))
        ways[f"floor, {said}"] = (many, lambda _, n=workers: floor(many, n))
    seconds, most = {}, {}
    print(f"round reports of {ROUND}, HTML and executed notebook, starts included (those of the floor are not)")
    print(f"{'way':<52}{'reports':>9}{'s a report':>12}{'MB a process':>14}")
    for name, (regions, make) in ways.items():
        with tempfile.TemporaryDirectory() as folder, Memory() as memory:
            start = time.perf_counter()
            own = make(Path(folder))
            seconds[name] = own or (time.perf_counter() - start) / len(regions)
            pages = len(list(Path(folder).rglob("*.html"))) - (Path(folder) / "index.html").exists()
            assert own or pages == len(regions), f"{name}: {pages} pages"
        most[name] = memory.most
        print(f"{name:<52}{len(regions):>9}{seconds[name]:>12.2f}{most[name]:>14.0f}", flush=True)
    one, two = seconds["this project, one worker"], seconds["this project, two workers"]
    goals = {
        f"times the stock commands, one worker (goal {STOCK:g})": (seconds["stock commands, one at a time"] / one, STOCK),
        f"times the stock commands, two workers (goal {STOCK:g})": (seconds["stock commands, two at a time"] / two, STOCK),
        f"two workers against stock one after another (goal {SEQUENTIAL:g})": (seconds["stock commands, one at a time"] / two, SEQUENTIAL),
    }
    limits = {
        f"share of the floor, one worker (limit {FLOOR:g})": (one / seconds["floor, one worker"], FLOOR),
        f"share of the floor, two workers (limit {FLOOR:g})": (two / seconds["floor, two workers"], FLOOR),
        f"MB a worker (limit {MEGABYTES})": (max(most["this project, one worker"], most["this project, two workers"]), MEGABYTES),
    }
    for name, (value, _) in (goals | limits).items():
        print(f"{name:<66}{value:>8.2f}")
    met = all(v >= least for v, least in goals.values()) and all(v <= top for v, top in limits.values())
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
