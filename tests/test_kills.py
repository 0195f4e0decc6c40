"""Commands killed at any moment: nothing is half written, and the next run leaves all in order."""

import json
import os
import subprocess
import sys
from pathlib import Path

import batches
import pytest

KILLS, FEW = 300, 7  # in all commands together; in the quick suite one of each
PROGRAM = Path(__file__).with_name("killed_commands.py")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL and fork are needed")
@pytest.mark.parametrize("kills", [FEW, pytest.param(KILLS, marks=pytest.mark.long)])
def test_a_command_killed_at_any_moment_leaves_nothing_half_and_the_next_run_all_in_order(kills, tmp_path):
    for name in ("notebooks", "tmp", "reports"):
        (tmp_path / name).mkdir()
    batches.cook(tmp_path / "notebooks")
    env = os.environ | {"SCEVALUATION_NOTEBOOKS": str(tmp_path / "notebooks"), "TMPDIR": str(tmp_path / "tmp")}
    env |= {"PYTHONPATH": os.pathsep.join((str(PROGRAM.parents[1]), str(PROGRAM.parent)))}
    env |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    run = subprocess.run([sys.executable, str(PROGRAM), str(kills)], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=1800)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["problems"] == []
    assert sum(found["killed"].values()) > (kills / 2 if kills > FEW else 1) and len(found["killed"]) == len(found["seconds"])
