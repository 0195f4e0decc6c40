"""Make reports on the workers of a dask cluster; the files come back as bytes and are put into their place here.

Workers need this package at the same version. They see data/ in a folder all share, or get it sent (`upload`). Beside each
worker stands a host process that makes reports as a batch on one machine does, each in a fresh child with its limits, so
that one that dies costs that report alone; a worker that is lost loses nothing, since dask gives its jobs to another.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scevaluation.document import TABLE
from scevaluation.errors import EvaluationError, ReportError
from scevaluation.issues import issue, refusal
from scevaluation.place import MARK, WORKSPACE, every, named, sha256
from scevaluation.press.jobs import Job, read_manifest
from scevaluation.press.keys import facts, key_of
from scevaluation.press.pool import Outcome, Task, guard, run, said
from scevaluation.press.report import place
from scevaluation.workspace import settings

MANIFEST = "manifest"
ANSWER = 10  # seconds a scheduler has to answer
OURS = ("instruments", "official", "context")  # and the programmes, each from one layer


def run_on(address: str, todo: list[Job], how, watch: Callable[[list[Job]], None]) -> Iterator[Outcome]:
    """Outcomes of jobs made by workers of the scheduler at `address`; ReportError without dask, or where no scheduler answers."""
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise refusal(ReportError, [issue("", "", "not_installed", "error", "dask.distributed", "", "install_cluster")]) from error
    try:
        client = Client(address, timeout=ANSWER)  # of a tls:// address by dask's own settings (distributed.comm.tls)
    except OSError as error:
        raise refusal(ReportError, [issue("", "", "no_scheduler", "error", address, "", "start_scheduler")]) from error
    except (TypeError, ValueError, RuntimeError) as error:  # an address or a certificate that dask cannot use
        raise refusal(ReportError, [issue("", "", "bad_scheduler", "error", address, str(error), "mend_scheduler")]) from error
    with client:
        data = client.scatter(_packed(), broadcast=True) if how.upload else None
        call = {"formats": list(how.formats), "engine": how.engine, "memory": how.memory, "timeout": how.timeout}
        futures = {client.submit(remote, asdict(job), call, data, pure=False): job for job in todo}
        watch(list(futures.values()))
        for future in as_completed(futures):
            job = futures.pop(future)
            yield _placed(job, future, how)
            watch(list(futures.values())[: len(client.nthreads())])


def _placed(job: Job, future, how) -> Outcome:
    try:
        seconds, blob = future.result()
        with zipfile.ZipFile(io.BytesIO(blob)) as bundle:
            files = {n: bundle.read(n) for n in bundle.namelist()}
        manifest = json.loads(files.pop(MANIFEST))
        if odd := [n for n in files if not n.startswith(f"{job.stem}.")] or sorted(files.keys() ^ manifest["outputs"].keys()):
            raise refusal(ReportError, [issue("", "", "name_outside", "error", odd[0], "", "look_at_worker")])
        if manifest["key"] != key_of(facts(job, how.formats)):
            raise refusal(ReportError, [issue("", "", "worker_differs", "error", "", "", "update_worker")])
        return Outcome(job, seconds, place(job, how.out, files, manifest, seconds).headline)
    except (EvaluationError, RemoteFailure) as error:
        return Outcome(job, 0.0, failed=said(error, job.lang) if isinstance(error, EvaluationError) else str(error))
    except Exception as error:  # whatever a worker says, it is named and stops no other report
        return Outcome(job, 0.0, failed=f"{type(error).__name__}: {error}")


def remote(job: dict, call: dict, data: bytes | None) -> tuple[float, bytes]:
    """On a worker: let its host make one report; (seconds, its files and manifest as a zip)."""
    from distributed import get_worker

    scratch = Path(get_worker().local_directory)
    with _host(scratch, _unpacked_data(data, scratch) if data is not None else None) as host:
        host.stdin.write(json.dumps({"job": job, **call}) + "\n")
        host.stdin.flush()
        line = host.stdout.readline()
        if not line:
            raise refusal(ReportError, [issue("", "", "host_ended", "error", host.wait(), "", "look_at_worker")])
        said = json.loads(line)
        blob = Path(said["target"]).read_bytes() if not said["failed"] else b""
    if said["failed"]:
        raise RemoteFailure(said["failed"])
    return said["seconds"], blob


class RemoteFailure(Exception):
    """A report that a worker could not make; the text is fact and remedy already."""


@contextlib.contextmanager
def _host(scratch: Path, data: Path | None) -> Iterator[Any]:
    """A host that is free, started if there is none; a thread of the worker has it alone."""
    free = HOSTS.setdefault(str(data), [])
    host = free.pop() if free else None
    if host is None or host.poll() is not None:
        env = {**os.environ, "TMPDIR": str(scratch)} | ({"SCEVALUATION_DATA": str(data)} if data else {})
        env |= {"SCEVALUATION_WORKSPACE": str(data)} if data and (data / MARK).is_file() else {}
        command = [sys.executable, "-m", "scevaluation.press.cluster"]
        host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    yield host
    free.append(host)


HOSTS: dict[str, list[subprocess.Popen]] = {}  # those of this worker that wait for a job, by the data they read


def _unpacked_data(data: bytes, scratch: Path) -> Path:
    """Where the data sent are unpacked on this worker; renamed into place when whole."""
    folder = scratch / f"data-{sha256(data)[:16]}"
    if not folder.exists():
        beside = Path(tempfile.mkdtemp(dir=scratch))
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            bundle.extractall(beside)
        try:
            os.rename(beside, folder)
        except OSError:
            # Another thread of this worker was first; its copy is the same.
            if not folder.exists():
                raise
    return folder


def _packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        whole = [p for part in OURS for p in every(f"{part}/**/*") if p.is_file()]
        whole += [p for plan in every("programmes/*/programme.yaml") for p in sorted(plan.parent.rglob("*")) if p.is_file()]
        for path in whole:
            bundle.writestr(zipfile.ZipInfo(named(path)), path.read_bytes())
        if (said := settings().get(TABLE)) and WORKSPACE:  # what reports say of themselves, where it is looked for
            for name in (MARK, *([said["logo"]] if "logo" in said else ())):
                bundle.writestr(zipfile.ZipInfo(Path(name).as_posix()), (WORKSPACE / name).read_bytes())
    return out.getvalue()


def answer(asked: dict, folder: Path) -> dict:
    """Make the report asked for in a fresh child; where its zip is, or why it failed."""
    job = Job(**asked["job"])
    task = Task(job, folder, asked["engine"], tuple(asked["formats"]), asked["memory"])
    [outcome] = run([task], 1, asked["timeout"])
    if outcome.failed:
        return {"failed": outcome.failed}
    place_, target = folder / job.folder, folder / "report.zip"
    manifest = read_manifest(place_ / f"{job.stem}.json")
    with zipfile.ZipFile(target, "w") as bundle:
        for name in manifest["outputs"]:
            bundle.write(place_ / name, name)
        bundle.writestr(MANIFEST, json.dumps({k: v for k, v in manifest.items() if k not in ("sha256", "run")}))
    return {"failed": "", "seconds": outcome.seconds, "target": str(target)}


def main() -> None:
    """The host beside a worker: a job a line on standard input, its answer a line on standard output; ends with the worker."""
    guard(os.getppid())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "reports"
        for line in sys.stdin:
            shutil.rmtree(folder, ignore_errors=True)
            print(json.dumps(answer(json.loads(line), folder)), flush=True)


if __name__ == "__main__":
    main()
