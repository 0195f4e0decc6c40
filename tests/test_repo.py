"""Habits of the tree: no machine, host or person in it; files of a readable size; everything that is said to exist does."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BINARY = {".png", ".pdf", ".xlsx", ".woff2"}


def _files():
    try:
        out = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / f for f in out if f and (ROOT / f).is_file()]


def test_no_registry_host_and_no_path_of_a_machine_stands_in_any_file():
    hosts = ["py" + "pi.org", "pythonhost" + "ed.org", "registry.npm" + "js", "deb.debi" + "an"]
    for path in (p for p in _files() if p.suffix not in BINARY):
        text = path.read_text("utf-8", errors="replace")  # some of the bad forms are no text on purpose
        for host in hosts:
            assert host not in text, f"{path}: {host}"
        assert not re.search(r"(?<![\w.])/(?:home|root|Users)/\w", text), path


def test_code_files_are_of_a_readable_size_and_hold_no_leftovers():
    for path in (p for p in _files() if p.suffix == ".py"):
        text = path.read_text("utf-8")
        # A file of the library holds one subject; a file of tests may hold all the cases of one.
        assert text.count("\n") <= (600 if path.parent.name == "tests" else 400), path
        assert not re.search(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b", text), path


def test_the_files_the_readme_links_to_exist():
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", (ROOT / name).read_text("utf-8")):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_reports_are_not_carried():
    assert [p.name for p in _files() if p.is_relative_to(ROOT / "reports")] == [".gitkeep"]
