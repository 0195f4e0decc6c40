"""Make reports on the workers of a dask cluster; the files come back as bytes and are put into their place here.

Workers need this package at the same version. They see data/ in a folder all share, or get it sent (`upload`). Each report
is made in a process of its own on the worker, so that one that dies costs that report alone; a worker that is lost loses
nothing, since dask gives its jobs to another.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from scevaluation.errors import EvaluationError, ReportError
from scevaluation.programme import DATA
from scevaluation.publish.jobs import Job, sha256
from scevaluation.publish.keys import facts, key_of
from scevaluation.publish.pool import Outcome
from scevaluation.publish.report import place

OURS = ("instruments", "official", "context", "programmes")


def run_on(address: str, todo: list[Job], how, watch: Callable[[list[Job]], None]) -> Iterator[Outcome]:
    """Outcomes of jobs made by the workers of the scheduler at `address`.

    Raises
    ------
    ReportError
        If dask is not installed or no scheduler answers.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ReportError(
            "dask.distributed is not installed.", "Install the extra: pip install 'scevaluation[cluster]'."
        ) from error
    try:
        client = Client(address, timeout=10)
    except OSError as error:
        raise ReportError(f"No scheduler answers at {address}.", "Start one (dask scheduler) and name its address.") from error
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
        files, manifest = _unpacked(blob)
        if manifest["key"] != key_of(facts(job, how.formats)):
            raise ReportError("The worker's package or data differ from those here.", "Bring it up to date, or use --upload.")
        return Outcome(job, seconds, place(job, how.out, files, manifest, seconds).headline)
    except EvaluationError as error:
        return Outcome(job, 0.0, failed=str(error))
    except Exception as error:  # whatever a worker says, it is named and stops no other report
        return Outcome(job, 0.0, failed=f"{type(error).__name__}: {error}")


def remote(job: dict, call: dict, data: bytes | None) -> tuple[float, bytes]:
    """On a worker: make one report in a fresh process; (seconds, its files and manifest as a zip)."""
    env = dict(os.environ)
    if data is not None:
        env["SCEVALUATION_DATA"] = str(_unpack_data(data))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        env[name] = "1"
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.zip"
        asked = json.dumps({"job": job, **call, "target": str(target), "parent": os.getpid()})
        command = [sys.executable, "-m", "scevaluation.publish.cluster"]
        try:
            done = subprocess.run(command, input=asked, capture_output=True, text=True, env=env, timeout=call["timeout"])
        except subprocess.TimeoutExpired as error:
            raise ReportError(f"It took more than {call['timeout']:g} s and was ended.", "Raise --timeout.") from error
        if done.returncode or not target.exists():
            lines = done.stderr.strip().splitlines() or [f"Its process ended with code {done.returncode}."]
            raise ReportError(lines[-1], "See the notebook's cell named there, or run it again.")
        return json.loads(done.stdout), target.read_bytes()


def _unpack_data(data: bytes) -> Path:
    """Where the data sent were unpacked; once a worker's machine, renamed into place when whole."""
    folder = Path(tempfile.gettempdir()) / f"scevaluation-data-{sha256(data)[:16]}"
    if not folder.exists():
        beside = Path(tempfile.mkdtemp(prefix="scevaluation-data-"))
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            bundle.extractall(beside)
        try:
            os.rename(beside, folder)
        except OSError:
            # Another worker of this machine was first; its copy is the same.
            if not folder.exists():
                raise
    return folder


def _packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(p for part in OURS for p in (DATA / part).rglob("*") if p.is_file()):
            bundle.writestr(zipfile.ZipInfo(path.relative_to(DATA).as_posix()), path.read_bytes())
    return out.getvalue()


def _unpacked(blob: bytes) -> tuple[dict[str, bytes], dict]:
    with zipfile.ZipFile(io.BytesIO(blob)) as bundle:
        files = {n: bundle.read(n) for n in bundle.namelist()}
    return files, json.loads(files.pop("manifest"))


def main() -> None:
    """The process of one report on a worker: a question on standard input, the seconds it took on standard output."""
    from scevaluation.publish.pool import made_files

    asked = json.loads(sys.stdin.read())
    seconds, files, manifest = made_files(
        Job(**asked["job"]), asked["engine"], tuple(asked["formats"]), asked["memory"], asked["parent"]
    )
    with zipfile.ZipFile(asked["target"], "w") as bundle:
        for name, content in {**files, "manifest": json.dumps(manifest)}.items():
            bundle.writestr(name, content)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
