"""A program for tests: start a batch again and again, kill it at a random moment, and look at what is visible then.

Batches are forked from this warm process, so that a start costs nothing and the moments fall into the making of reports.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import batches
import psutil

import scevaluation.press.warm  # noqa: F401 - warm before the first fork
from scevaluation.place import sha256
from scevaluation.press.batch import How, make_all
from scevaluation.press.verify import verify


def fork_batch(root: Path, force: bool) -> int:
    """A process of its own group that makes the batch; its number."""
    pid = os.fork()
    if pid:
        return pid
    os.setpgid(0, 0)
    summary = make_all(batches.jobs(6), How(out=root, workers=2, method="fork", force=force))
    sys.exit(len(summary.failed))


def alive(group: int) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def problems(root: Path, group: int) -> list[str]:
    """What a reader must never see, and processes that outlived their batch by two seconds."""
    end = time.monotonic() + 2
    while alive(group) and time.monotonic() < end:
        time.sleep(0.05)
    out = [f"process {p} is alive" for p in alive(group)]
    for page in root.glob("*/*/*.html"):
        if not page.read_text("utf-8").endswith("</html>\n"):
            out.append(f"half a page: {page}")
    for path in [*root.glob("*/*/*.json"), *root.glob("*/*/*.ipynb")]:
        try:
            entry = json.loads(path.read_text("utf-8"))
        except ValueError:
            out.append(f"half a file: {path}")
            continue
        for name, digest in entry.get("outputs", {}).items():
            if sha256((path.parent / name).read_bytes()) != digest:
                out.append(f"not what its manifest says: {path.parent / name}")
    return out


def whole(pid: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def main() -> None:
    root, moments, chance, found, killed = Path(sys.argv[1]), int(sys.argv[2]), random.Random(20), [], 0
    start = time.monotonic()
    assert whole(fork_batch(root / "timed", False))
    taken = time.monotonic() - start
    for number in range(moments):
        folder = root / str(number % 4)  # empty at first, then with whole reports that are made anew
        pid = fork_batch(folder, number >= 4)
        time.sleep(chance.uniform(0, taken))
        os.kill(pid, signal.SIGKILL)
        killed += not whole(pid)
        found += problems(folder, pid)
    made = [whole(fork_batch(root / str(n), False)) for n in range(4)]
    matching = [len(verify(root / str(n))) == 0 for n in range(4)]
    said = {"moments": moments, "killed": killed, "problems": found, "made_at_last": all(made), "matching": all(matching)}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
