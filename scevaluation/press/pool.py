"""Make reports in fresh child processes, each under a limit of time and memory: one that hangs, swells or dies ends only its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from scevaluation.errors import EvaluationError, ReportError
from scevaluation.issues import issue, refusal, told
from scevaluation.place import making
from scevaluation.press.jobs import Job
from scevaluation.press.lock import not_writable, temporary
from scevaluation.words import words

TIMEOUT, MEMORY = 300.0, 2_000_000_000  # seconds and bytes one report may take
WARM = "scevaluation.press.warm"
TRIES = 2  # of a report whose pool broke, though not by it
UNKNOWN = 255  # exit code of a child whose parent, the forkserver, was lost
FILES, LEAST_FILES = 256, 64  # files open at a time: as many as are asked for, and without which no batch can begin


@dataclass(frozen=True)
class Task:
    """A report to make in a child: the job, where to, how, and its limits; `drawn` pictures are put beside it as they are drawn."""

    job: Job
    root: Path
    engine: str
    formats: tuple[str, ...]
    memory: int = MEMORY
    drawn: bool = False


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
    try:
        tempfile.tempdir = tempfile.mkdtemp(prefix=making(), dir=temporary())
    except OSError as error:
        raise not_writable(temporary(), error) from error
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
    allow_files()
    waiting, tries = deque(tasks), Counter[Job]()
    while waiting:
        lost = yield from _through(waiting, workers, timeout, method, watch)
        for task, why in lost:
            tries[task.job] += 1
            if tries[task.job] < TRIES:
                waiting.append(task)
            else:
                yield Outcome(task.job, 0.0, failed=words(task.job.lang)("batch.lost", error=why))


def _through(
    waiting: deque[Task], workers: int, timeout: float, method: str, watch: Callable[[list[Job]], None]
) -> Generator[Outcome, None, list[tuple[Task, str]]]:
    """Outcomes of the tasks that one pool ends, taken from `waiting`; those that it broke under, with what is known of why.

    A pool breaks where the process is lost from which its children are forked, or where no further one can be started.
    """
    from pebble import ProcessPool

    open_, lost = dict[Future, Task](), list[tuple[Task, str]]()

    def fill() -> None:
        while waiting and len(open_) < workers and not lost:
            task = waiting.popleft()
            try:
                open_[pool.schedule(make, args=(task, os.getpid()), timeout=timeout)] = task
            except (RuntimeError, OSError, EOFError) as error:
                lost.append((task, str(error.__cause__ or error)))

    # A child that ended is replaced only at the pool's next look, ten times a second; meanwhile a spare one takes its turn.
    with ProcessPool(max_workers=workers + (workers + 1) // 2, max_tasks=1, context=context(method)) as pool:
        try:
            fill()
            while open_ and not lost:
                ended, _ = wait(open_, timeout=0.25, return_when=FIRST_COMPLETED)
                done = [(open_.pop(future), future) for future in ended]
                lost += [(task, why) for task, future in done if (why := _broken(future))]
                lost += [(open_.pop(future), "") for future in list(open_) if not future.done() and not pool.active]
                fill()
                yield from (_outcome(task.job, future, timeout) for task, future in done if not _broken(future))
                watch([task.job for task in open_.values()])
            ended = {future for future in open_ if future.done() and not _broken(future)}
            lost += [(task, "") for future, task in open_.items() if future not in ended]
            yield from (_outcome(open_[future].job, future, timeout) for future in ended)
        finally:
            for future in open_:
                future.cancel()
            pool.stop()
    return lost


def _broken(future: Future) -> str:
    """Why the pool, and not the report, failed; '' if it did not."""
    from pebble import ProcessExpired

    error = None if future.cancelled() else future.exception()
    if isinstance(error, BrokenExecutor) or (isinstance(error, ProcessExpired) and error.exitcode == UNKNOWN):
        return str(error.__cause__ or error) or type(error).__name__
    return ""


def allow_files() -> None:
    """Let this process open as many files as a batch needs.

    Raises
    ------
    ReportError
        If the system does not allow so many.
    """
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < FILES:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (FILES if hard < 0 else min(FILES, hard), hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < LEAST_FILES:
        raise refusal(ReportError, [issue("", "", "few_files", "error", soft, LEAST_FILES, "raise_files")])


def _outcome(job: Job, future, timeout: float) -> Outcome:
    from pebble import ProcessExpired

    w = words(job.lang)
    try:
        seconds, headline = future.result()
    except TimeoutError:
        return Outcome(job, timeout, failed=w("batch.late", seconds=w.short(timeout)))
    except ProcessExpired as error:
        return Outcome(job, 0.0, failed=w("batch.ended", code=str(error.exitcode)))
    except (EvaluationError, MemoryError, OSError, CancelledError) as error:
        return Outcome(job, 0.0, failed=said(error, job.lang))
    except Exception as error:  # a report that fails in an unknown way is named and stops no other
        return Outcome(job, 0.0, failed=f"{type(error).__name__}: {error}")
    return Outcome(job, seconds, headline)


def said(error: BaseException, lang: str) -> str:
    """Why a report failed, in a language."""
    if isinstance(error, MemoryError):
        return words(lang)("batch.memory")
    if isinstance(error, EvaluationError):
        return " ".join(told(error, words(lang)))
    if isinstance(error, OSError):
        return words(lang)("batch.system", error=error.strerror or str(error))
    return str(error) or type(error).__name__


def make(task: Task, parent: int) -> tuple[float, str]:
    """Make one report in this child, which ends itself if `parent` is gone, and put it into its place; (seconds, headline)."""
    import numpy as np

    from scevaluation.press.formats import drawn
    from scevaluation.press.report import write_report, write_together

    guard(parent)
    _limit(task.memory)
    seed = sum(map(ord, str(task.job)))  # chance must not be the parent's; that of a job is always the same
    random.seed(seed)
    np.random.seed(seed)
    start = time.perf_counter()
    made = write_report(task.job, task.root, task.engine, task.formats)
    if task.drawn:
        write_together(task.root / task.job.folder, drawn(task.job))
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
