"""The map in docs/architecture.md against the imports in the code; a light command line."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from scevaluation.intake.blank import blank
from scevaluation.programme import load_programme

PACKAGE = Path(__file__).resolve().parents[1] / "scevaluation"
DOC = PACKAGE.parent / "docs" / "architecture.md"
FILES = sorted(p for p in PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_name(p): p for p in FILES}


def _imports(path: Path) -> set[str]:
    """Modules of the package that a file imports, anywhere in it."""
    out = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "scevaluation":
            out |= {m if (m := f"{node.module}.{a.name}") in MODULES else str(node.module) for a in node.names}
        elif isinstance(node, ast.Import):
            out |= {a.name for a in node.names if a.name in MODULES}
    return out - {_name(path), "scevaluation"}


@cache
def imports() -> dict[str, set[str]]:
    return {name: _imports(path) for name, path in MODULES.items()}


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def _rooms() -> list[str]:
    """Rooms of the table in the architecture's map, in its order."""
    return re.findall(r"^\| `(\w+)` \|", DOC.read_text("utf-8"), re.MULTILINE)


def test_the_map_names_every_room_and_no_other():
    assert sorted(_rooms()) == sorted({_room(m) for m in MODULES} - {"scevaluation", "__main__"})


@pytest.mark.parametrize("module", [m for m in MODULES if _room(m) not in ("scevaluation", "__main__")])
def test_a_file_imports_only_rooms_above_its_own(module):
    above = _rooms()[: _rooms().index(_room(module)) + 1]
    extra = {m for m in imports()[module] if _room(m) not in above}
    assert not extra, f"{module} imports {extra}; in docs/architecture.md they stand below it"


def test_no_file_imports_itself_by_others():
    left = {m: set(found) for m, found in imports().items()}
    while free := [m for m, found in left.items() if not found & left.keys()]:
        for m in free:
            del left[m]
    assert not left, f"in a circle, or above one: {sorted(left)}"


def test_a_file_can_be_read_in_one_sitting():
    long = {name: n for name, path in MODULES.items() if (n := len(path.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_evaluate_draws_nothing_and_charts_compute_no_verdict():
    for path in (PACKAGE / "evaluate").glob("*.py"):
        assert "matplotlib" not in path.read_text("utf-8")
    for path in (PACKAGE / "charts").glob("*.py"):
        assert "scevaluation.evaluate" not in path.read_text("utf-8")


def test_seaborn_is_for_own_drawing_and_loaded_for_no_report():
    assert not [name for name, path in MODULES.items() if re.search(r"^\s*(import|from) seaborn", path.read_text("utf-8"), re.MULTILINE)]


@pytest.mark.parametrize("code", ["import scevaluation", "import scevaluation.cli"])
def test_importing_is_light(code):
    heavy = ("pandas", "matplotlib", "papermill", "pandera", "nbformat", "seaborn", "numpy")
    ask = f"import sys; {code}; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_help_loads_nothing_it_does_not_say():
    ask = (
        "import sys; sys.argv = ['scevaluation', '--help']\nfrom scevaluation.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "print([m for m in ('rich', 'pandas', 'numpy', 'yaml') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("Usage: ") and run.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("module", ["scevaluation", "scevaluation.cli"])
def test_a_module_run_by_its_name_is_the_command_line(module):
    said = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"Usage: python -m {module} ")
    wrong = subprocess.run(
        [sys.executable, "-m", module, "report", "nowhere", "--round", "2023-S2"], capture_output=True, text=True
    )
    assert wrong.returncode == 1 and "nowhere" in wrong.stderr and not wrong.stdout


def test_a_check_loads_no_tables(tmp_path):
    """What a check of a workbook has no need of takes longer to load than the workbook takes to check."""
    heavy = (
        "pandas",
        "pandera",
        "scipy",
        "matplotlib",
        "IPython",
        "scevaluation.evaluate",
        "scevaluation.press",
        "scevaluation.report",
    )
    ask = (
        "import sys; sys.argv = ['scevaluation', 'check', sys.argv[1]]\n"
        "from scevaluation.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "from scevaluation.words import catalogue\n"
        f"print([m for m in {heavy} if m in sys.modules], catalogue.cache_info().currsize)"
    )
    form = blank(load_programme("contoh"), "2024-S2", tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(form)
    book["Skor"]["F2"], book["Skor"]["F3"] = 9, "2,5"
    book.save(form)
    run = subprocess.run([sys.executable, "-c", ask, str(form)], capture_output=True, text=True, check=True)
    *said, summary, loaded = run.stdout.splitlines()
    assert loaded == "[] 0" and summary.startswith("1 kesalahan") and said[0].startswith("Catatan: form.xlsx, Skor!F3")
