"""The wheel in an empty environment and an empty folder, with pinned and with the lowest versions allowed; the lock on other systems.

All of it installs from the package index that the machine is set up with, and is skipped, saying so, where there is none.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import book
import pytest
from packaging.requirements import Requirement
from test_workspace import state

from scevaluation import __version__

ROOT = Path(__file__).resolve().parents[1]
NEEDS = [Requirement(r) for r in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]]
REGIONS = 12  # of the letter's: a batch of all takes minutes
SECONDS = 600
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("package")]


def clean(**more):
    """The variables of a user who has none of ours, nor our code on the path."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("SCEVALUATION_", "PYTHONPATH", "VIRTUAL_ENV", "MAKE"))} | more


def done(*call, cwd, **more):
    """What a command printed; it must end well."""
    run = subprocess.run([*map(str, call)], cwd=cwd, env=clean(**more), capture_output=True, text=True, timeout=SECONDS)
    assert run.returncode == 0 and "Traceback" not in run.stderr, f"{call}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.fixture(scope="module")
def uv(tmp_path_factory):
    """The machine's uv, else one installed for these tests."""
    if found := shutil.which("uv"):
        return found
    folder = tmp_path_factory.mktemp("uv")
    run = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "uv"], capture_output=True, text=True)
    if run.returncode:
        pytest.skip(f"no uv here, and none to be had from a package index: {run.stderr.strip()[-200:]}")
    return folder / "bin" / "uv"


@pytest.fixture(scope="module")
def wheel(uv, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    done(uv, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module", params=["pinned", "lowest"])
def installed(request, uv, wheel, tmp_path_factory):
    """An environment with the wheel and what it needs: of everything the pinned version, or of its direct needs the lowest allowed."""
    folder = tmp_path_factory.mktemp(request.param)
    pins = [line.rstrip(" \\") for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines() if line[:1] not in (" ", "")]
    if request.param == "lowest":
        free = {*(r.name.lower() for r in NEEDS), "pydantic-core"}  # the last has one version for each of pydantic
        pins = [pin for pin in pins if pin.split("==")[0] not in free]
    (folder / "pins.txt").write_text("\n".join(pins), "utf-8")
    done(uv, "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
    into = (uv, "pip", "install", "--quiet", "--python", folder / "env", "--constraints", folder / "pins.txt")
    if request.param == "lowest":
        done(*into, "--resolution", "lowest-direct", "-r", ROOT / "pyproject.toml", cwd=folder)
    done(*into, *(["--no-deps"] if request.param == "lowest" else []), wheel, cwd=folder)
    return request.param, folder / "env" / "bin"


@pytest.fixture
def command(installed, tmp_path):
    """Call the installed command in a folder; afterwards the package must be as it was."""
    (package,) = installed[1].parent.glob("lib/python*/site-packages/scevaluation")
    before = state(package)

    def call(*argv, cwd=tmp_path):
        return done(installed[1] / "scevaluation", *argv, cwd=cwd).splitlines()

    yield call
    assert state(package) == before


def test_the_lowest_versions_are_those_of_pyproject(installed):
    which, folder = installed
    ask = f"import json; from importlib.metadata import version as v; print(json.dumps({{n: v(n) for n in {[r.name for r in NEEDS]}}}))"
    found = json.loads(done(folder / "python", "-c", ask, cwd=folder))
    floors = {r.name: re.search(r">=([\d.]+)", str(r.specifier))[1] for r in NEEDS}
    assert [n for n, v in found.items() if not Requirement(f"{n}=={floors[n]}").specifier.contains(v)] == [] or which == "pinned"


def test_a_report_of_what_is_shipped_in_an_empty_folder(installed, command, tmp_path):
    assert command("--version") == [f"scevaluation {__version__}"]
    page, headline = command("report", "mimika", "--round", "2023-S2")
    assert Path(page) == tmp_path / "reports/mimika/2023-S2/round.id.html" and headline.startswith("Indeks 2,47 dari 4; selisih −0,03")
    if installed[0] == "lowest":  # it loads what no other report does
        page, _ = command("report", "contoh", "--round", "2024-S2", "--kind", "methods", "--lang", "en")
        assert Path(page).name == "methods.en.html"


def test_a_workspace_from_the_blank_form_to_a_batch_over_the_regions(command, tmp_path):
    assert command("new", "kabupatenku", "--region", "34.04", "--lang", "en") == [str(tmp_path / "kabupatenku")]
    home = tmp_path / "kabupatenku"
    book.planned(home)
    asked = ("--programme", "kabupatenku", "--round", "2026-S1")
    command("blank", "kabupatenku", "--round", "2026-S1", "--out", "form.xlsx", cwd=home)
    book.fill(home, "form.xlsx")
    command("intake", "form.xlsx", *asked, cwd=home)
    page, _ = command("report", "kabupatenku", "--round", "2026-S1", "--formats", "html,xlsx,figures", cwd=home)
    assert "Sleman Regency" in Path(page).read_text("utf-8") and Path(page).with_suffix(".xlsx").is_file()

    with (ROOT / "data/official/results.csv").open(encoding="utf-8", newline="") as file:  # a letter of one's own, with fewer regions
        head, *rows = csv.reader(file)
    kept = sorted({r[0] for r in rows if r[1] == "2023-S2" and r[3] == "index" and r[5] == "scored"})[:REGIONS]
    (home / "data/official").mkdir()
    with (home / "data/official/results.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *(r for r in rows if r[0] in kept)])
    (said,) = command("batch", "--national", "2023-S2", cwd=home)
    assert said.startswith(f"{REGIONS + 1} made, 0 unchanged, 0 failed in ") and (home / "reports/index.html").is_file()
    assert len(list(home.glob("reports/wilayah-*/2023-S2/round.en.html"))) == REGIONS


def test_the_desk_answers_in_the_lab_of_the_environment(installed, command, tmp_path):
    """JupyterLab begins in a workspace and answers, and what the notebooks of the desk call works there."""
    ask = (
        "import scevaluation as sc\nr = sc.evaluate_round('contoh', '2024-S2')\n"
        "print(type(sc.desk.what_if(r, sc.Words('id'))).__name__, type(sc.desk.explore(r, sc.Words('id'))).__name__)"
    )
    assert done(installed[1] / "python", "-W", "ignore", "-c", ask, cwd=tmp_path) == "Live Live\n"
    own = {f"JUPYTER_{part}_DIR": str(tmp_path / part) for part in ("CONFIG", "DATA", "RUNTIME")}
    options = ["--no-browser", "--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={tmp_path}", "--allow-root"]
    lab = subprocess.Popen([installed[1] / "jupyter", "lab", *options], cwd=tmp_path, env=clean(**own), stderr=subprocess.PIPE, text=True)
    try:
        end, said = time.monotonic() + 120, None
        while said is None and lab.poll() is None and time.monotonic() < end:
            time.sleep(0.3)
            for path in (tmp_path / "RUNTIME").glob("jpserver-*.json"):
                with_token = json.loads(path.read_text("utf-8") or "{}")
                if with_token:
                    said = with_token
        assert said, lab.poll()
        with urllib.request.urlopen(f"{said['url']}lab?token={said['token']}", timeout=60) as page:
            assert page.status == 200 and b"JupyterLab" in page.read()
    finally:
        lab.terminate()
        lab.communicate(timeout=30)


# the lock


def _tried(uv, folder, lock, *how):
    call = [uv, "pip", "install", "--dry-run", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", folder]
    call += [*how, "-r", lock]
    return subprocess.run(list(map(str, call)), cwd=ROOT, env=clean(), capture_output=True, text=True, timeout=SECONDS)


@pytest.mark.parametrize("system", ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"])
@pytest.mark.parametrize("python", ["3.11", "3.14"])
def test_the_lock_is_had_as_wheels_for_the_first_and_last_python_on_every_system(uv, system, python, tmp_path):
    run = _tried(uv, tmp_path, "requirements.lock", "--python-version", python, "--python-platform", system)
    assert run.returncode == 0 and "Would install" in run.stderr, run.stderr


def test_set_up_refuses_a_file_that_is_not_the_pinned_one(tmp_path):
    pin = next(e for e in re.split(r"\n(?=\S)", (ROOT / "requirements-test.lock").read_text("utf-8")) if e.startswith("iniconfig=="))
    pip = next(e for e in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8")) if e.startswith("pip=="))
    (tmp_path / "requirements.lock").write_text(pip + "\n", "utf-8")
    call = ["sh", ROOT / ".ci/setup", tmp_path / "env", sys.executable, "other.lock"]
    for hashes, words in ((r"sha256:[0-9a-f]{64}", "[Hh]ash|HASH"), ("nothing", "pyproject.toml|setup.py|project")):
        wrong = re.sub(hashes, "sha256:" + "0" * 64, pin)
        (tmp_path / "other.lock").write_text(wrong + "\n", "utf-8")
        run = subprocess.run(list(map(str, call)), cwd=tmp_path, env=clean(), capture_output=True, text=True, timeout=SECONDS)
        assert run.returncode and re.search(words, run.stderr), run.stderr
        there = list((tmp_path / "env").glob("lib/python*/site-packages/iniconfig"))
        assert len(there) == (hashes == "nothing")
