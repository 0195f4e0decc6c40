"""What all tests share."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
sys.path.insert(0, str(Path(__file__).parent))
gc.set_threshold(50_000, 20, 50)  # a suite holds much that lasts; searching it for unused cycles is a tenth of its time
if "SCEVALUATION_TESTS_KEPT" not in os.environ:  # the first process of a run; its workers inherit the folder
    os.environ["SCEVALUATION_TESTS_KEPT"] = tempfile.mkdtemp(prefix="scevaluation-tests-")
    atexit.register(shutil.rmtree, os.environ["SCEVALUATION_TESTS_KEPT"], ignore_errors=True)


@pytest.fixture(scope="session")
def contoh():
    """The newest round of the made-up programme, evaluated."""
    from evaluated import evaluate_round

    return evaluate_round("contoh", "2024-S2")


@pytest.fixture(scope="session")
def mimika():
    """The newest real round, evaluated."""
    from evaluated import evaluate_round

    return evaluate_round("mimika", "2023-S2")


@pytest.fixture(scope="module")
def killer():
    """What a process that is killed at one of its operations leaves: tests/faults.py."""
    import faults

    with faults.killer() as kill:
        yield kill


@pytest.fixture(scope="session")
def soffice(tmp_path_factory):
    """Let LibreOffice write files in another form into a folder; it sets its home up once for all tests of a process."""
    import subprocess

    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    home = tmp_path_factory.mktemp("soffice").as_uri()

    def convert(what: str, folder: Path, *paths: Path) -> None:
        call = [office, f"-env:UserInstallation={home}", "--headless", "--convert-to", what, "--outdir", str(folder), *map(str, paths)]
        subprocess.run(call, check=True, capture_output=True, timeout=300)

    return convert


@pytest.fixture(scope="session")
def kitchen_folder(tmp_path_factory):
    """A folder of small notebooks that the children of every pool of these tests run instead of the package's own."""
    from multiprocessing import forkserver

    from scevaluation.press import pool

    folder = tmp_path_factory.mktemp("notebooks")
    before, os.environ["SCEVALUATION_NOTEBOOKS"] = os.environ.get("SCEVALUATION_NOTEBOOKS"), str(folder)
    pool.context()
    forkserver.ensure_running()
    os.environ.pop("SCEVALUATION_NOTEBOOKS")
    if before is not None:
        os.environ["SCEVALUATION_NOTEBOOKS"] = before
    return folder


@pytest.fixture
def kitchen(kitchen_folder, monkeypatch):
    """The folder of small notebooks, with the usual one in it, known to this process too."""
    import batches

    from scevaluation import place
    from scevaluation.press import keys

    monkeypatch.setitem(place.LAYERS, "notebooks", (kitchen_folder,))
    keys.forget()
    batches.cook(kitchen_folder)
    yield kitchen_folder
    keys.forget()


def pytest_make_parametrize_id(val):
    """Long texts and bytes name a test by their beginning: every process tells every other each name, some of megabytes."""
    return f"{val[:40]!a}+{len(val) - 40}" if isinstance(val, str | bytes) and len(val) > 200 else None


# The groups that take longest, in half a minute to three, the longest first.
LONGEST = ("forms", "lab", "book", "made_up", "test_claims", "family", "test_workspace", "test_notebooks", "test_charts_report")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The tests of a file run in one process, so that what they share is made once; a group named by a test goes before.

    The longest groups begin, then others with slow tests, so that no process is left alone with one (with --no-loadscope-reorder).
    """
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    group = {item: item.get_closest_marker("xdist_group").args[0] for item in items}
    slow = {group[item] for item in items if item.get_closest_marker("slow")}
    place = {name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (place.get(group[item], len(LONGEST)), group[item] not in slow))
