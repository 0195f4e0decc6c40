"""Reports against their manifests: every kind of difference has its name."""

import json

import batches
import pytest

from scevaluation.errors import ReportError
from scevaluation.press import keys
from scevaluation.press.report import write_report
from scevaluation.press.verify import verify


@pytest.fixture
def reports(kitchen, tmp_path):
    job = batches.jobs(1)[0]
    write_report(job, tmp_path)
    return tmp_path, tmp_path / job.folder, f"{job.folder}/round.id"


def _found(root):
    return [tuple(row) for row in verify(root).itertuples(index=False)]


def test_whole_reports_match(reports):
    assert _found(reports[0]) == []


def test_a_changed_and_a_missing_file_are_named(reports):
    root, folder, name = reports
    page = folder / "round.id.html"
    page.write_text(page.read_text("utf-8").replace("words", "other words"), "utf-8")
    assert _found(root) == [(name, "round.id.html", "changed")]
    page.unlink()
    assert _found(root) == [(name, "round.id.html", "missing")]


def test_a_manifest_that_was_touched_is_named(reports):
    root, folder, name = reports
    path = folder / "round.id.json"
    entry = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**entry, "headline": "All is well"}), "utf-8")
    assert _found(root) == [(name, "round.id.json", "altered")]
    path.write_text(json.dumps({**entry, "run": {"seconds": 9.0}}), "utf-8")
    assert _found(root) == [], "the time a report took is no part of what is hashed"
    path.write_text("{", "utf-8")
    assert _found(root) == [(name, "round.id.json", "unreadable")]
    path.unlink()
    assert _found(root) == [(f"{name}.html", "round.id.html", "page_without_manifest")]


def test_inputs_that_changed_went_or_came_are_named(reports, monkeypatch):
    root, _, name = reports
    now = keys.facts(batches.jobs(1)[0], ())["inputs"]
    first, second = sorted(now)[:2]
    other = {**now, first: "0" * 64, "official/new.csv": "1" * 64}
    del other[second]
    monkeypatch.setattr("scevaluation.press.verify.facts", lambda job, formats: {"inputs": other})
    assert _found(root) == [
        (name, *row)
        for row in sorted([(first, "input_changed"), (second, "input_missing"), ("official/new.csv", "input_new")])
    ]


def test_a_folder_without_reports_is_refused(tmp_path):
    with pytest.raises(ReportError, match="holds no reports"):
        verify(tmp_path)


def test_the_command_counts_reports_not_files(reports):
    from typer.testing import CliRunner

    from scevaluation.cli import app

    root, folder, _ = reports
    for ending in ("html", "ipynb"):
        (folder / f"round.id.{ending}").unlink()
    said = CliRunner().invoke(app, ["verify", str(root), "--lang", "id"])
    assert said.exit_code == 1 and said.output.count(": hilang") == 2 and "1 laporan, 1 tidak cocok" in said.output
    said = CliRunner().invoke(app, ["verify", str(root), "--lang", "en"])
    assert said.exit_code == 1 and said.output.count(": missing") == 2 and "1 reports, 1 do not match" in said.output
