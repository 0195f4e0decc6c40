"""Children of a batch: fresh, limited, watched, the same from a forkserver and from spawn."""

import os
import signal
import subprocess
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path

import batches
import pytest

from scevaluation.errors import ReportError
from scevaluation.press import lock, pool
from scevaluation.press.pool import Task, context, run, start_method

LOOK = """
import threading, random, numpy, os, json, sys
import matplotlib.pyplot as plt
state = {
    "threads": sorted(t.name for t in threading.enumerate() if t is not threading.main_thread()),
    "figures": plt.get_fignums(),
    "chance": [random.random(), float(numpy.random.random())],
    "omp": os.environ.get("OMP_NUM_THREADS"),
    "left": "left_behind" in globals(),
    "warm": "scevaluation.press.warm" in sys.modules,
}
left_behind = plt.figure()
says = json.dumps(state)
from IPython.display import display, HTML
display(HTML("<h1>seen</h1>"), metadata={"scevaluation": {"title": "seen", "headline": says}})
"""


def _made(tasks, **how):
    outcomes = list(run(tasks, how.pop("workers", 1), **how))
    assert [o.failed for o in outcomes] == [""] * len(tasks)
    return {o.job: o for o in outcomes}


def _tasks(root, count):
    return [Task(job, root, "inprocess", ("html",)) for job in batches.jobs(count)]


def test_a_child_starts_clean_and_seeded_by_its_job(kitchen, tmp_path):
    import json

    batches.cook(kitchen, LOOK)
    first, second = (_made(_tasks(tmp_path / n, 2)) for n in "ab")
    seen = {job: json.loads(o.headline) for job, o in first.items()}
    for state in seen.values():
        assert state["warm"] and state["figures"] == [] and not state["left"] and state["omp"] == "1"
        assert len(state["threads"]) <= 3, state["threads"]
    assert {job: o.headline for job, o in first.items()} == {job: o.headline for job, o in second.items()}
    assert len({tuple(s["chance"]) for s in seen.values()}) == 2


@pytest.mark.slow
def test_a_batch_outlives_the_process_its_children_are_forked_from(kitchen, tmp_path, monkeypatch):
    from multiprocessing import forkserver

    monkeypatch.setenv("SCEVALUATION_NOTEBOOKS", str(kitchen))
    killed, tasks = [], _tasks(tmp_path, 5)

    def watch(under_way) -> None:
        server = forkserver._forkserver._forkserver_pid
        if under_way and not killed and server:
            killed.append(server)
            os.kill(server, signal.SIGKILL)

    batches.cook(kitchen, "import time; time.sleep(1)" + batches.SHOW)
    outcomes = list(run(tasks, 2, watch=watch))
    assert killed and sorted(str(o.job) for o in outcomes) == sorted(str(t.job) for t in tasks)
    assert [o.failed for o in outcomes] == [""] * 5


@pytest.mark.parametrize("at", [0, 1])
def test_where_no_process_can_be_started_every_report_is_named_with_the_reason(at, kitchen, tmp_path, monkeypatch):
    import pebble

    real, calls = pebble.ProcessPool.schedule, []

    def refuse(self, *args, **kwargs):
        calls.append(0)
        if len(calls) > at:
            raise BrokenExecutor from OSError(11, "Resource temporarily unavailable")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(pebble.ProcessPool, "schedule", refuse)
    outcomes = list(run(_tasks(tmp_path, 3), 1))
    assert len(outcomes) == 3 and sum("temporarily unavailable" in o.failed for o in outcomes) == 3 - at


def test_too_few_open_files_are_said_and_too_low_a_limit_is_raised():
    code = (
        "import resource, sys; from scevaluation.press.pool import allow_files\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))\n"
        "try: allow_files(); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n"
        "except Exception as error: print(error)"
    )
    said = {}
    for soft, hard in ((20, 20), (20, 200), (300, 300)):
        done = subprocess.run([sys.executable, "-c", code, str(soft), str(hard)], capture_output=True, text=True)
        said[soft, hard] = done.stdout
    assert "Only 20 files may be open at a time; a batch needs 64" in said[20, 20]
    assert (said[20, 200], said[300, 300]) == ("200\n", "300\n")


def test_a_full_disk_for_temporary_files_is_a_sentence(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pool.tempfile, "mkdtemp", full)
    with pytest.raises(ReportError, match="cannot be written: No space left"):
        pool._own_temporary_files.__wrapped__()


def test_spawn_makes_the_same_bytes_as_the_forkserver(kitchen, tmp_path, monkeypatch):
    monkeypatch.setenv("SCEVALUATION_NOTEBOOKS", str(kitchen))
    for method in ("forkserver", "spawn"):
        _made(_tasks(tmp_path / method, 1), method=method)
    files = [n for n in batches.visible(tmp_path / "spawn") if n.endswith((".html", ".ipynb"))]
    assert len(files) == 2
    for name in files:
        assert (tmp_path / "spawn" / name).read_bytes() == (tmp_path / "forkserver" / name).read_bytes()


def test_the_forkserver_is_the_default_where_it_is_to_be_had(monkeypatch):
    assert start_method() == "forkserver" and start_method("spawn") == "spawn"
    monkeypatch.setattr(pool.multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert start_method() == "spawn"
    assert context().get_start_method() == "spawn"


def test_temporary_files_lie_where_a_forkserver_can_listen(tmp_path, monkeypatch):
    monkeypatch.setattr(lock.tempfile, "tempdir", str(tmp_path / ("long" * 20)))
    assert lock.temporary() == Path("/tmp")
    monkeypatch.setattr(lock.tempfile, "tempdir", "/var/tmp")
    assert lock.temporary() == Path("/var/tmp")


def test_what_a_killed_batch_left_there_is_taken_away(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "temporary", lambda: tmp_path)
    left = [tmp_path / f"{lock.BESIDE}{number}-x" for number in (2**22 + 1, os.getppid())]  # the first is above any process number
    for folder in left:
        folder.mkdir()
    lock.sweep(tmp_path / "reports")
    assert [folder.exists() for folder in left] == [False, True]


def test_a_child_ends_when_its_batch_is_gone():
    code = (
        "import os, sys, time; from scevaluation.press.pool import guard\n"
        "middle = os.fork()\n"
        "if middle == 0: time.sleep(0.5); os._exit(0)\n"
        "if os.fork() == 0: guard(middle, 0.05); time.sleep(60); os._exit(0)\n"
        "os.waitpid(middle, 0); print('gone'); sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert (done.stdout, done.returncode) == ("gone\n", 1)


def test_the_warm_process_has_no_thread_figure_connection_or_data(tmp_path):
    code = (
        "import scevaluation.press.warm as warm, sys, threading, gc\n"
        "import matplotlib.pyplot as plt, zmq\n"
        "from scevaluation.instrument import load_instrument; from scevaluation.programme import load_programme\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "print([t.name for t in threading.enumerate()], plt.get_fignums(), zmq.Context._instance, InteractiveShell.initialized(),"
        "len(load_instrument.known), len(load_programme.known),"
        "'rfc3987_syntax.syntax_helpers' in sys.modules, 'distributed' in sys.modules, gc.get_freeze_count() > 10_000)"
    )
    env = {"SCEVALUATION_DATA": str(tmp_path), "PATH": "", "HOME": str(tmp_path), "MPLBACKEND": "agg"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.stdout == "['MainThread'] [] None False 0 0 False False True\n", done.stderr


@pytest.mark.long
def test_a_real_report_of_the_pool_equals_that_of_this_process_and_stays_small(tmp_path):
    """In a process of its own, since the forkserver of the tests knows small notebooks only."""
    code = """
import sys, json, threading, time
from pathlib import Path
import psutil
from scevaluation.press.jobs import Job
from scevaluation.press.pool import Task, run
from scevaluation.press.report import write_report
if __name__ == "__main__":
    root, job, most = Path(sys.argv[1]), Job("wilayah-94-04", "2023-S2"), [0]
    def watch():
        while True:
            for p in psutil.Process().children(recursive=True):
                try:
                    most[0] = max(most[0], p.memory_full_info().pss)
                except psutil.Error:
                    pass
            time.sleep(0.05)
    threading.Thread(target=watch, daemon=True).start()
    [outcome] = run([Task(job, root / "pool", "inprocess", ("html",))], 1)
    write_report(job, root / "here")
    same = [(root / a / job.folder / "round.id.html").read_bytes() for a in ("pool", "here")]
    print(json.dumps({"failed": outcome.failed, "same": same[0] == same[1], "megabytes": most[0] / 1e6}))
"""
    (tmp_path / "program.py").write_text(code)
    done = subprocess.run([sys.executable, str(tmp_path / "program.py"), str(tmp_path)], capture_output=True, text=True, timeout=300)
    import json

    found = json.loads(done.stdout)
    assert found["failed"] == "" and found["same"] is True
    assert 50 < found["megabytes"] < 450
