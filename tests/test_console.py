"""What commands print reaches any pipe: a letter that its encoding lacks is replaced by what reads the same, and ends no command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scevaluation import __version__, console

ROOT = Path(__file__).resolve().parents[1]
OLD_PIPES = ("cp1252", "cp437")


def said(*argv, encoding, cwd, code="from scevaluation.cli import main; main()", **env):
    """Status, output and errors of a command whose output goes to a pipe of an encoding, read back with it."""
    how = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding, "COLUMNS": "100"}
    call = [sys.executable, "-c", f"import sys; sys.argv[0] = 'scevaluation'; {code}", *map(str, argv)]
    done = subprocess.run(call, cwd=cwd, env=os.environ | how | env, capture_output=True, timeout=200)
    out, wrong = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert "Traceback" not in wrong, wrong
    return done.returncode, out.splitlines(), wrong.splitlines()


def test_a_version_is_said(tmp_path):
    assert said("--version", encoding="ascii", cwd=tmp_path) == (0, [f"scevaluation {__version__}"], [])


@pytest.mark.parametrize("encoding", OLD_PIPES)
def test_a_number_keeps_its_minus(encoding, tmp_path):
    code = """
import typer
from scevaluation import cli
from scevaluation.words import words
cli.app.command('kurang')(lambda: typer.echo('selisih ' + words('id').num(-0.03, 2)))
cli.main()"""
    assert said("kurang", encoding=encoding, cwd=tmp_path, code=code) == (0, ["selisih -0,03"], [])


@pytest.mark.parametrize("encoding", OLD_PIPES)
def test_errors_and_names_that_cannot_be_written_are_said(encoding, tmp_path):
    name = "nilai−akhir 中 “satu”.xlsx"
    (tmp_path / name).write_bytes(b"no workbook")
    status, _, wrong = said("check", name, "--programme", "contoh", "--round", "2024-S2", encoding=encoding, cwd=tmp_path)
    quotes = "“satu”" if encoding == "cp1252" else '"satu"'
    assert status == 1 and f"nilai-akhir ? {quotes}.xlsx" in wrong[0]
    status, out, wrong = said("report", "…−中", "--round", "2023-S2", encoding=encoding, cwd=tmp_path)
    assert (status, out) == (1, []) and ("-?" in wrong[0]) and len(wrong) == 2


BATCH = """
from scevaluation.press import batch, progress
from scevaluation.press.jobs import Job
from scevaluation.press.pool import Outcome
good, bad = Job("mimika", "2023-S2"), Job("−中", "2023-S2")
def make_all(jobs, how, told=None, watch=None, planned=None):  # what takes minutes, in a moment
    made, failed = [Outcome(good, 1.0, "selisih −0,03")], [Outcome(bad, 1.0, failed="… “−0,5”")]
    summary = batch.Summary(made, [], failed, reasons={good: ("new",), bad: ("input −",)})
    if planned:
        planned(summary, [good, bad])
        watch([good, bad])
    for outcome in (*made, *failed) if told else ():
        told(outcome)
    return summary
progress.make_all = make_all
from scevaluation.cli import main
main()
"""


@pytest.mark.parametrize("encoding", OLD_PIPES)
def test_a_batch_shows_its_bar_and_table_and_json_stays_json(encoding, tmp_path):
    asked = ("batch", "mimika", "--out", tmp_path / "−中")
    status, out, wrong = said(*asked, "--explain", encoding=encoding, cwd=tmp_path, code=BATCH)
    assert status == 1 and out[0].startswith("1 dibuat, 0 tidak berubah, 1 gagal dalam ") and out[0].endswith(f"{tmp_path}/-?/index.html")
    dots, quotes = ("…", "“-0,5”") if encoding == "cp1252" else ("...", '"-0,5"')
    assert f"gagal: -? 2023-S2 round id: {dots} {quotes}" in wrong and "-? 2023-S2 round id: masukan -" in wrong
    assert any("2/2" in line for line in wrong) and any(line.split()[:2] == ["mimika", "1"] for line in wrong)
    status, out, _ = said(*asked, "--json", encoding=encoding, cwd=tmp_path, code=BATCH)
    found = json.loads("\n".join(out))
    assert (found["made"][0]["headline"], found["failed"][0]["reason"]) == ("selisih −0,03", "… “−0,5”")
    status, _, wrong = said(*asked, "--quiet", encoding=encoding, cwd=tmp_path, code=BATCH)
    assert (status, wrong) == (1, [f"gagal: -? 2023-S2 round id: {dots} {quotes}"])


def test_every_replacement_can_be_written_anywhere_and_what_is_no_lack_of_letters_is_raised():
    assert all(plain.isascii() and plain for plain in console._PLAIN.values())
    with pytest.raises(UnicodeDecodeError):
        console._plain(UnicodeDecodeError("ascii", b"\xff", 0, 1, "no"))


def test_a_stream_that_is_none_or_writes_everything_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    console.any_console()
