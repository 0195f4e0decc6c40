"""Batches: only what changed is made, what fails stops nothing else, and no half report is ever seen."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import batches
import psutil
import pytest
from typer.testing import CliRunner

from scevaluation.errors import EvaluationError, ReportError
from scevaluation.press import batch, progress, report
from scevaluation.press.batch import How, as_json, jobs_of, make_all, national_jobs
from scevaluation.press.jobs import Job
from scevaluation.press.lock import locked
from scevaluation.press.verify import verify
from scevaluation.words import words


def _children() -> set[int]:
    """Processes of this one that make reports; the forkserver, the tracker and the reader of files stay for the next batch."""
    mine = [p for p in psutil.Process().children() if not p.cmdline()[-1:] or Path(p.cmdline()[-1]).name != "worker.py"]
    servers = [p for p in mine if "multiprocessing" in " ".join(p.cmdline())]
    makers = [q for p in servers for q in p.children(recursive=True)] + [p for p in mine if p not in servers]
    return {p.pid for p in makers if p.status() != psutil.STATUS_ZOMBIE}


def test_a_second_run_of_the_same_makes_nothing(kitchen, tmp_path):
    jobs = batches.jobs(3)
    first = make_all(jobs, How(out=tmp_path, workers=2))
    assert {o.job for o in first.made} == set(jobs) and not first.failed
    assert all(first.reasons[j] == ("new",) for j in jobs)
    before = {n: (tmp_path / n).stat().st_mtime_ns for n in batches.visible(tmp_path)}
    second = make_all(jobs, How(out=tmp_path, workers=2))
    assert second.unchanged == jobs and not second.made
    assert {n: (tmp_path / n).stat().st_mtime_ns for n in batches.visible(tmp_path)} == before
    assert len(verify(tmp_path)) == 0


def test_what_is_no_longer_whole_is_made_again_and_nothing_else(kitchen, tmp_path):
    jobs = batches.jobs(4)
    make_all(jobs, How(out=tmp_path, workers=2))
    place = [tmp_path / j.folder for j in jobs]
    (place[0] / "round.id.html").write_text("changed by hand")
    (place[1] / "round.id.ipynb").unlink()
    (place[2] / "round.id.json").write_text("{")
    again = make_all(jobs, How(out=tmp_path, workers=2))
    assert again.unchanged == [jobs[3]]
    assert again.reasons == {
        jobs[0]: ("output round.id.html",),
        jobs[1]: ("output round.id.ipynb",),
        jobs[2]: ("new",),
    }
    assert len(verify(tmp_path)) == 0


def test_a_changed_notebook_and_further_formats_make_their_reports_anew(kitchen, tmp_path):
    jobs = batches.jobs(2)
    make_all(jobs, How(out=tmp_path, workers=2))
    batches.cook(kitchen, batches.SHOW + "1 + 1")
    assert set(make_all(jobs, How(out=tmp_path, workers=2)).reasons.values()) == {("notebook",)}
    assert make_all(jobs[:1], How(out=tmp_path, formats=("html", "xlsx"))).reasons == {jobs[0]: ("formats",)}
    forced = make_all(jobs[1:], How(out=tmp_path, force=True))
    assert forced.reasons == {jobs[1]: ("forced",)}


def test_whatever_a_report_does_the_others_are_made_and_the_next_run_goes_on(kitchen, tmp_path):
    good = batches.jobs(2)
    bad = {f"wilayah-{c.replace('.', '-')}": what for c, what in zip(_more_codes(), batches.MISCHIEF, strict=False)}
    assert set(bad.values()) == set(batches.MISCHIEF)
    batches.misbehave(kitchen, {p: batches.MISCHIEF[w] for p, w in bad.items()})
    jobs = [Job(p, batches.ROUND) for p in bad] + good
    summary = make_all(jobs, How(out=tmp_path, workers=2, timeout=8, memory=1_500_000_000))
    assert {o.job for o in summary.made} == set(good)
    said = {bad[o.job.programme]: o.failed for o in summary.failed}
    assert "the scores are upside down" in said["raises"] and "2_round_report.ipynb, cell" in said["raises"]
    assert "kode 3" in said["exits"] and "kode -9" in said["killed"]
    assert "8 detik" in said["hangs"] and "--timeout" in said["hangs"]
    assert "emor" in said["swells"]
    assert all("No space left" in said[w] for w in ("full_rename", "full_write"))
    assert "Read-only" in said["read_only"]
    pages = {n for n in batches.visible(tmp_path) if n.startswith("wilayah")}
    assert pages == {f"{j.folder}/round.id.{e}" for j in good for e in ("html", "ipynb", "json")}
    assert not batches.litter(tmp_path) and not _children()
    batches.misbehave(kitchen, {})
    again = make_all(jobs, How(out=tmp_path, workers=2))
    assert {o.job.programme for o in again.made} == set(bad) and again.unchanged == good


def _more_codes():
    from scevaluation.region import regions_of

    return [c for c in regions_of(batches.ROUND) if c not in batches.CODES]


def test_a_failing_report_does_not_touch_the_one_that_stands_there(kitchen, tmp_path):
    job = batches.jobs(1)[0]
    make_all([job], How(out=tmp_path))
    before = (tmp_path / job.folder / "round.id.html").read_bytes()
    batches.misbehave(kitchen, {job.programme: batches.MISCHIEF["full_rename"]})
    assert make_all([job], How(out=tmp_path, force=True)).failed
    assert (tmp_path / job.folder / "round.id.html").read_bytes() == before
    assert len(verify(tmp_path)) == 0 and not batches.litter(tmp_path)


def test_a_batch_may_stop_at_the_first_failure(kitchen, tmp_path):
    jobs = batches.jobs(5)
    batches.misbehave(kitchen, {jobs[0].programme: batches.MISCHIEF["raises"]})
    summary = make_all(jobs, How(out=tmp_path, workers=1, keep_going=False))
    assert [o.job for o in summary.failed] == [jobs[0]]
    assert summary.left == [j for j in jobs[1:] if j not in {o.job for o in summary.made}] and summary.left
    assert json.loads(as_json(summary))["left"] == [str(j) for j in summary.left]
    assert not batches.litter(tmp_path)


HOLD = """
import sys, time
from pathlib import Path
from scevaluation.press.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def _holder(folder, seconds):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_batch_in_a_folder_refuses_by_name_or_waits(tmp_path):
    with _holder(tmp_path, 3) as process:
        with pytest.raises(ReportError, match=f"process {process.pid}") as caught, locked(tmp_path):
            pass
        assert "--wait" in caught.value.remedy
        with locked(tmp_path, wait=True):
            assert process.wait(5) == 0
        process.stdout.close()


def test_a_killed_batch_holds_nothing_and_its_litter_is_swept_but_not_that_of_a_living_one(tmp_path):
    process = _holder(tmp_path, 60)
    dead, alive = tmp_path / f".making-{process.pid}-x", tmp_path / "p" / "r" / ".making-1-x"
    process.kill()
    process.wait()
    process.stdout.close()
    for folder in (dead, alive):
        folder.mkdir(parents=True)
    with locked(tmp_path):
        assert not dead.exists() and alive.exists()


def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ReportError, match="cannot be written"):
        make_all(batches.jobs(1), How(out=tmp_path / "file"))

    def closed(*_, **__):
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(ReportError, match="Read-only file system"):
        make_all(batches.jobs(1), How(out=tmp_path / "out"))


def test_reports_are_told_of_even_if_their_list_cannot_be_written(kitchen, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report.os, "replace", full)
    summary = make_all(batches.jobs(1), How(out=tmp_path))
    assert len(summary.made) == 1 and "No space left on device" in summary.index
    assert not batches.litter(tmp_path)


def test_jobs_are_every_scored_round_kind_language_and_sector():
    jobs = jobs_of(["kab-malang"], "", ("round",), ("id", "en"))
    assert [str(j) for j in jobs] == [f"kab-malang {r} round {lang}" for r in ("2022-S2", "2023-S2") for lang in ("id", "en")]
    assert [j.round for j in jobs_of(["contoh"], "2023-S1..2024-S1")] == ["2023-S1", "2023-S2", "2024-S1"]
    sectors = [j.sector for j in jobs_of(["contoh"], "2024-S2", ("sector",))]
    assert "health" in sectors and len(set(sectors)) == len(sectors) >= 5


@pytest.mark.parametrize(
    ("args", "match"),
    [
        ((["atlantis"],), "atlantis"),
        ((["mimika"], "2031-S1"), "2031-S1 has no scores of its own"),
        ((["mimika"], "2031-S1..2032-S1"), "has no scores of its own"),
        ((["mimika"], "2023"), "has no scores of its own"),
        ((["mimika"], "", ("poem",)), "no kind of report poem; known: round"),
        ((["mimika"], "", ("national",)), "no kind of report national"),
        ((["mimika"], "", ("round",), ("fr",)), "fr"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_made(args, match):
    with pytest.raises(EvaluationError, match=match):
        jobs_of(*args)


def test_a_programme_that_cannot_be_read_fails_alone_and_is_named_in_the_language_asked_for(tmp_path, monkeypatch):
    from scevaluation import place

    shutil.copytree(place.DATA / "programmes" / "kab-malang", tmp_path / "data/programmes/kab-malang")
    (tmp_path / "data/programmes/belum").mkdir()
    (tmp_path / "data/programmes/belum/programme.yaml").write_text("", "utf-8")
    monkeypatch.setitem(place.LAYERS, "data", (tmp_path / "data",))
    jobs = jobs_of(rounds="2022-S2", langs=("id",))
    assert [str(j) for j in jobs] == ["kab-malang 2022-S2 round id", "belum round id"]
    for lang, said in (("id", "berkas kosong"), ("en", "the file is empty")):
        summary = make_all([Job("belum", "", lang)], How(out=tmp_path / "out"))
        assert [o.job.programme for o in summary.failed] == ["belum"] and said in summary.failed[0].failed


def test_a_programme_that_is_not_as_far_stops_only_itself(tmp_path, monkeypatch):
    from scevaluation import place

    for name in ("kab-malang", "contoh-spbe"):
        shutil.copytree(place.DATA / "programmes" / name, tmp_path / "data/programmes" / name)
    (tmp_path / "data/programmes/contoh-spbe/survey.csv").write_text("round,quality\n", "utf-8")
    monkeypatch.setattr(place, "LAYERS", {**place.LAYERS, "data": (tmp_path / "data", place.DATA)})
    names = ["kab-malang", "contoh-spbe"]
    assert [str(j) for j in jobs_of(names, kinds=("round", "skm"))][-1] == "contoh-spbe round id"
    assert "kab-malang 2022-S2 round id" in [str(j) for j in jobs_of(names, kinds=("round", "skm"))]
    early = jobs_of(["kab-malang", "contoh"], kinds=("handover",), as_of="2022-06-30")
    assert [j.round for j in early] == ["", "2022-S1"]
    summary = make_all(early[:1], How(out=tmp_path / "out"))
    assert "2022-06-30" in summary.failed[0].failed


def test_a_national_batch_is_every_region_of_the_letter_and_the_nation():
    jobs = national_jobs("2023-S2")
    assert len(jobs) == 142 and jobs[0] == Job("nasional", "2023-S2", "id", "national")
    assert Job("wilayah-94-04", "2023-S2") in jobs
    with pytest.raises(EvaluationError, match="no letter"):
        national_jobs("2019-S2")


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ReportError, match="poem is none of: html"):
        make_all(batches.jobs(1), How(out=tmp_path, formats=("html", "poem")))


def test_the_command_speaks_json_explains_and_ends_with_1_if_one_failed(kitchen, tmp_path):
    from scevaluation.cli import app

    asked = ["batch", *(j.programme for j in batches.jobs(2)), "--rounds", batches.ROUND, "--out", str(tmp_path), "--workers", "2"]
    batches.misbehave(kitchen, {batches.jobs(1)[0].programme: batches.MISCHIEF["raises"]})
    said = CliRunner().invoke(app, [*asked, "--json"])
    found = json.loads(said.stdout)
    assert said.exit_code == 1
    assert len(found["made"]) == 1 and "upside down" in found["failed"][0]["reason"]
    assert set(map(tuple, found["reasons"].values())) == {("new",)}
    batches.misbehave(kitchen, {})
    said = CliRunner().invoke(app, [*asked, "--explain"])
    assert said.exit_code == 0 and "1 dibuat, 1 tidak berubah, 0 gagal" in said.output and "round id: baru" in said.output
    assert CliRunner().invoke(app, [*asked, "--quiet"]).output == ""
    said = CliRunner().invoke(app, ["verify", str(tmp_path)])
    assert said.exit_code == 0 and "2 laporan, 0 tidak cocok" in said.output


@pytest.mark.parametrize(("lang", "said"), [("id", "gagal: situs laporan: "), ("en", "failed: the site of the reports: ")])
def test_a_site_that_cannot_be_written_is_named_as_one_in_the_language_asked_for(lang, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(progress, "make_all", lambda *_, **__: batch.Summary())
    (tmp_path / "site").write_text("no folder")
    summary = progress.told([], How(out=tmp_path), "quiet", lang=lang)
    assert summary.site and not summary.index and json.loads(as_json(summary))["site"] == summary.site
    assert capsys.readouterr().err == f"{said}{summary.site}\n"


def test_every_reason_and_state_has_words_in_both_languages():
    for lang in ("id", "en"):
        w = words(lang)
        kinds = ("new", "forced", "manifest", "notebook", "words", "package", "parameters", "formats", "document", "public")
        assert len({progress.reason(k, w) for k in kinds}) == len(kinds)
        assert progress.reason("input a b.csv", w).endswith(" a b.csv")


def test_a_batch_that_finds_nothing_changed_loads_neither_pandas_nor_matplotlib():
    ask = (
        "import sys; from pathlib import Path; from scevaluation.press import batch as b, progress;"
        "s = b.Summary(); b.to_make(b.national_jobs('2023-S2'), b.How(out=Path('nowhere')), s); print(len(s.reasons));"
        "print([m for m in ('pandas', 'numpy', 'matplotlib', 'papermill', 'pebble', 'scipy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["142", "[]"]


def test_watchers_are_told_what_is_under_way(kitchen, tmp_path):
    seen, planned = [], []
    jobs = batches.jobs(2)
    batches.misbehave(kitchen, {jobs[0].programme: "import time; time.sleep(0.6)"})
    start = time.perf_counter()
    summary = batch.make_all(
        jobs, How(out=tmp_path, workers=1), watch=seen.append, planned=lambda s, todo: planned.append(list(todo))
    )
    assert time.perf_counter() - start > 0.6 and len(summary.made) == 2
    assert planned == [jobs] and [jobs[0]] in seen
