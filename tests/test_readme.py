"""What the README promises: its make commands exist, and the first works in a fresh clone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_make_command_of_the_readme_exists():
    wanted = set(re.findall(r"`?make ([a-z-]+)", README))
    have = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"report", "test", "lab", "help"} <= wanted <= have


def test_every_command_of_the_readme_is_known():
    wanted = set(re.findall(r"(?:^    |`)scevaluation ([a-z]+)", README, re.MULTILINE))
    from scevaluation.cli import app

    assert wanted <= {c.name or c.callback.__name__ for c in app.registered_commands}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None or shutil.which("git") is None, reason="make and git are needed")
def test_make_report_works_in_a_fresh_clone(tmp_path):
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True, capture_output=True)
    # The environment of this run stands in for the install; PYTHONPATH puts the clone's own code in front of it.
    venv = Path(sys.executable).parents[1]
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("MAKE")},
        "PYTHONPATH": str(clone),
        "SCEVALUATION_DATA": str(clone / "data"),
        "SCEVALUATION_REPORTS": str(clone / "reports"),
    }
    run = subprocess.run(
        ["make", "report", f"VENV={venv}", "--assume-old=" + str(venv / ".installed")],
        cwd=clone,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert run.returncode == 0, run.stderr
    path, headline = run.stdout.strip().splitlines()[-2:]
    assert Path(path) == clone / "reports" / "mimika" / "2023-S2" / "round.id.html" and Path(path).exists()
    assert headline.startswith("Indeks 2,47 dari 4; selisih")
