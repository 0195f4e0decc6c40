"""Reports made by a dask cluster of processes: the same bytes as here, and nothing lost when a worker is killed."""

import io
import json
import os
import signal
import subprocess
import zipfile
from importlib.util import find_spec
from types import SimpleNamespace

import batches
import pytest

from scevaluation.errors import ReportError
from scevaluation.place import DATA
from scevaluation.press import cluster as press_cluster
from scevaluation.press.batch import How, make_all
from scevaluation.press.jobs import Job

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.skipif(find_spec("distributed") is None, reason="dask is not installed"),
    pytest.mark.filterwarnings("default"),  # those of dask and of the servers it starts are its own
]
SLOW = "import time; time.sleep(1.5)"


@pytest.fixture(scope="module")
def cluster(kitchen_folder):
    """A scheduler and two worker processes, which run the small notebooks."""
    import distributed  # which loads for seconds

    os.environ["SCEVALUATION_NOTEBOOKS"] = str(kitchen_folder)
    try:
        with distributed.LocalCluster(
            2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as found:
            yield found
    finally:
        del os.environ["SCEVALUATION_NOTEBOOKS"]


def _how(cluster, out, **more) -> How:
    return How(out=out, scheduler=cluster.scheduler_address, **more)


def _read(root) -> dict[str, bytes]:
    """Every file of a folder of reports; of manifests all but the time taken."""
    out = {n: (root / n).read_bytes() for n in batches.visible(root)}
    for name in (n for n in out if n.endswith(".json")):
        out[name] = json.dumps({k: v for k, v in json.loads(out[name]).items() if k != "run"}).encode()
    return out


@pytest.mark.long
def test_a_cluster_makes_the_same_bytes_as_this_machine_alone(cluster, kitchen, tmp_path):
    jobs = batches.jobs(2)
    here = make_all(jobs, How(out=tmp_path / "here", workers=1))
    there = make_all(jobs, _how(cluster, tmp_path / "there"))
    assert not here.failed and not there.failed and len(there.made) == 2
    assert _read(tmp_path / "there") == _read(tmp_path / "here")
    assert not batches.litter(tmp_path)
    assert make_all(jobs, _how(cluster, tmp_path / "there")).unchanged == jobs


def test_what_is_uploaded_is_what_the_report_is_made_of(cluster, kitchen, tmp_path):
    """The worker's own folder of data is not looked at: the notebook says where it read."""
    batches.cook(
        kitchen, "from scevaluation.place import DATA\n" + batches.SHOW.replace("{lang}", "{lang} {'dask' in str(DATA)}")
    )
    [made] = make_all([Job("mimika", batches.ROUND)], _how(cluster, tmp_path, upload=True)).made
    assert made.headline == "mimika in words of id True" and "dask" not in str(DATA)


@pytest.mark.long
def test_a_worker_killed_in_the_middle_loses_nothing(cluster, kitchen, tmp_path):
    jobs = batches.jobs(4)
    batches.misbehave(kitchen, {j.programme: SLOW for j in jobs})
    killed = []

    from distributed import Client

    def kill(done, *_) -> None:
        if not killed:
            with Client(cluster.scheduler_address) as client:
                pid = next(iter(client.run(os.getpid).values()))
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    summary = make_all(jobs, _how(cluster, tmp_path), told=kill)
    assert killed and not summary.failed and {o.job for o in summary.made} == set(jobs)
    assert len([n for n in batches.visible(tmp_path) if n.endswith(f"{jobs[0].stem}.html")]) == 4
    assert not batches.litter(tmp_path)


def test_a_report_that_fails_on_a_worker_is_named_and_the_others_are_made(cluster, kitchen, tmp_path):
    good, bad = batches.jobs(2)
    batches.misbehave(kitchen, {bad.programme: batches.MISCHIEF["exits"]})
    summary = make_all([good, bad], _how(cluster, tmp_path))
    assert [o.job for o in summary.made] == [good]
    assert [(o.job, "berakhir dengan kode" in o.failed) for o in summary.failed] == [(bad, True)]


@pytest.mark.parametrize(
    "name", ["../../../x.html", "/tmp/x.html", "round.id.html/../../x", "index.html", "round.en.html", "round.id.\\..\\x"]
)
def test_a_name_of_a_workers_archive_that_is_not_its_reports_is_refused(name, tmp_path, monkeypatch):
    blob = io.BytesIO()
    with zipfile.ZipFile(blob, "w") as bundle:
        bundle.writestr(name, "x")
        bundle.writestr("manifest", json.dumps({"headline": "h", "key": "k", "outputs": {name: ""}}))
    monkeypatch.setattr(press_cluster, "facts", lambda *_: {})
    monkeypatch.setattr(press_cluster, "key_of", lambda _: "k")
    answer = SimpleNamespace(result=lambda: (1.0, blob.getvalue()))
    outcome = press_cluster._placed(Job("mimika", batches.ROUND), answer, How(out=tmp_path / "a" / "reports"))
    assert name in outcome.failed and not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.long
def test_a_scheduler_with_certificates_works_by_dasks_own_settings(kitchen, tmp_path, monkeypatch):
    import dask
    import distributed

    pem, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    done = subprocess.run([*command, "-keyout", str(key), "-out", str(pem)], capture_output=True)
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("SCEVALUATION_NOTEBOOKS", str(kitchen))
    whose = ("scheduler", "worker", "client")
    each = {f"distributed.comm.tls.{who}.{what}": str(path) for who in whose for what, path in (("cert", pem), ("key", key))}
    with (
        dask.config.set({"distributed.comm.tls.ca-file": str(pem), "distributed.comm.require-encryption": True, **each}),
        distributed.LocalCluster(1, threads_per_worker=1, dashboard_address=None, protocol="tls", security=distributed.Security()) as safe,
    ):
        assert safe.scheduler_address.startswith("tls://")
        assert len(make_all(batches.jobs(1), _how(safe, tmp_path / "out")).made) == 1
    with pytest.raises(ReportError):  # without them nothing is asked of it
        make_all(batches.jobs(1), How(out=tmp_path / "other", scheduler="tls://127.0.0.1:9"))


def test_where_no_scheduler_answers_nothing_is_made(kitchen, tmp_path, monkeypatch):
    monkeypatch.setattr("scevaluation.press.cluster.ANSWER", 1)
    with pytest.raises(ReportError, match="No scheduler answers"):
        make_all(batches.jobs(1), How(out=tmp_path, scheduler="tcp://127.0.0.1:9"))
    assert not batches.visible(tmp_path)
