"""Make reports in fresh child processes, each under a limit of time and memory: one that hangs, swells or dies ends only its own."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from scevaluation.errors import EvaluationError
from scevaluation.issues import told
from scevaluation.press.jobs import Job
from scevaluation.press.lock import BESIDE, temporary
from scevaluation.words import words

TIMEOUT, MEMORY = 300.0, 2_000_000_000  # seconds and bytes one report may take
WARM = "scevaluation.press.warm"


@dataclass(frozen=True)
class Task:
    """A report to make in a child: the job, where to, how, and its limits."""

    job: Job
    root: Path
    engine: str
    formats: tuple[str, ...]
    memory: int = MEMORY


@dataclass(frozen=True)
class Outcome:
    """What became of a job: the seconds it took, its headline, or why it failed."""

    job: Job
    seconds: float
    headline: str = ""
    failed: str = ""


def start_method(wanted: str = "") -> str:
    """forkserver where it is to be had, else spawn."""
    known = multiprocessing.get_all_start_methods()
    return wanted or ("forkserver" if "forkserver" in known else "spawn")


def context(method: str = ""):
    """The multiprocessing context of a batch; a forkserver has the heavy modules loaded before the first child."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    ctx = multiprocessing.get_context(start_method(method))
    _own_temporary_files()
    if ctx.get_start_method() == "forkserver":
        ctx.set_forkserver_preload([WARM])
    return ctx


@cache
def _own_temporary_files() -> None:
    """Let this process and its children put temporary files where the next batch finds and removes those of a killed one."""
    tempfile.tempdir = tempfile.mkdtemp(prefix=f"{BESIDE}{os.getpid()}-", dir=temporary())
    os.environ["TMPDIR"] = tempfile.tempdir
    # After multiprocessing has taken away its own folder in there (priority -100).
    Finalize(None, shutil.rmtree, args=(tempfile.tempdir,), kwargs={"ignore_errors": True}, exitpriority=-200)


def run(
    tasks: list[Task],
    workers: int,
    timeout: float = TIMEOUT,
    method: str = "",
    watch: Callable[[list[Job]], None] = lambda _: None,
) -> Iterator[Outcome]:
    """Outcomes of tasks as they end, in no order.

    So many `workers` make reports at a time, and a few more children wait, so that the next report need not wait for one; one is
    given up after `timeout` seconds. `watch` is told at least four times a second which jobs are being made.
    """
    from pebble import ProcessPool

    waiting, open_ = deque(tasks), dict[Future, Job]()

    def fill() -> None:
        while waiting and len(open_) < workers:
            task = waiting.popleft()
            open_[pool.schedule(make, args=(task, os.getpid()), timeout=timeout)] = task.job

    # A child that ended is replaced only at the pool's next look, ten times a second; meanwhile a spare one takes its turn.
    with ProcessPool(max_workers=workers + (workers + 1) // 2, max_tasks=1, context=context(method)) as pool:
        try:
            fill()
            while open_:
                ended, _ = wait(open_, timeout=0.25, return_when=FIRST_COMPLETED)
                done = [(open_.pop(future), future) for future in ended]
                fill()
                yield from (_outcome(job, future, timeout) for job, future in done)
                watch(list(open_.values()))
        finally:
            for future in open_:
                future.cancel()
            pool.stop()


def _outcome(job: Job, future, timeout: float) -> Outcome:
    from pebble import ProcessExpired

    try:
        seconds, headline = future.result()
    except TimeoutError:
        why = f"It took more than {timeout:g} s and was ended. Raise --timeout, or mend the notebook."
        return Outcome(job, timeout, failed=why)
    except ProcessExpired as error:
        why = f"Its process ended with code {error.exitcode} before the report was whole. Run it again."
        return Outcome(job, 0.0, failed=why)
    except (EvaluationError, MemoryError, OSError, CancelledError) as error:
        return Outcome(job, 0.0, failed=said(error, job.lang))
    except Exception as error:  # a report that fails in an unknown way is named and stops no other
        return Outcome(job, 0.0, failed=f"{type(error).__name__}: {error}")
    return Outcome(job, seconds, headline)


def said(error: BaseException, lang: str) -> str:
    """Why a report failed, in the language of an error of ours."""
    if isinstance(error, MemoryError):
        return "It needed more memory than a report may take. Raise --memory, or make fewer formats at a time."
    if isinstance(error, EvaluationError):
        return " ".join(told(error, words(lang)))
    return str(error) or type(error).__name__


def make(task: Task, parent: int) -> tuple[float, str]:
    """Make one report in this child, which ends itself if `parent` is gone, and put it into its place; (seconds, headline)."""
    import numpy as np

    from scevaluation.press.report import write_report

    guard(parent)
    _limit(task.memory)
    seed = sum(map(ord, str(task.job)))  # chance must not be the parent's; that of a job is always the same
    random.seed(seed)
    np.random.seed(seed)
    start = time.perf_counter()
    made = write_report(task.job, task.root, task.engine, task.formats)
    return time.perf_counter() - start, made.headline


def guard(parent: int, every: float = 0.3) -> None:
    """End this process when the process `parent` is gone: children must not outlive their batch."""
    import psutil

    born = psutil.Process(parent).create_time() if psutil.pid_exists(parent) else 0.0

    def watch() -> None:
        while True:
            time.sleep(every)
            try:
                alive = psutil.Process(parent).create_time() == born and psutil.Process(parent).status() != psutil.STATUS_ZOMBIE
            except psutil.NoSuchProcess:
                alive = False
            if not alive:
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _limit(memory: int) -> None:
    """Refuse more memory than a report may take, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
