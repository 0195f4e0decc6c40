"""The map in docs/architecture.md against the imports in the code; a light command line."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from scevaluation.intake.blank import blank
from scevaluation.programme import load_programme

PACKAGE = Path(__file__).resolve().parents[1] / "scevaluation"
DOC = PACKAGE.parent / "docs" / "architecture.md"
FILES = sorted(p for p in PACKAGE.rglob("*.py"))


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "scevaluation"


def _imports(path: Path) -> set[str]:
    out = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("scevaluation"):
            out |= {f"{node.module}.{a.name}" for a in node.names} if node.module == "scevaluation" else {node.module}
        elif isinstance(node, ast.Import):
            out |= {a.name for a in node.names if a.name.startswith("scevaluation")}
    return {_room(m) for m in out}


def _allowed() -> dict[str, set[str]]:
    """Rows "room | may import" of the table in the architecture's map."""
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", DOC.read_text("utf-8"), re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", text)) for room, text in rows}


def _own(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0].removesuffix(".py") if inside.name != "__init__.py" or len(inside.parts) > 1 else "scevaluation"


def test_the_map_names_every_room_and_no_other():
    assert set(_allowed()) == {_own(p) for p in FILES} - {"scevaluation"}


@pytest.mark.parametrize("path", [p for p in FILES if _own(p) != "scevaluation"], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_imports_only_what_the_map_allows(path):
    own = _own(path)
    extra = _imports(path) - _allowed()[own] - {own, "__version__"}
    assert not extra, f"{path.name} imports {extra}; docs/architecture.md does not allow it"


def test_evaluate_draws_nothing_and_charts_compute_no_verdict():
    for path in (PACKAGE / "evaluate").glob("*.py"):
        assert "matplotlib" not in path.read_text("utf-8")
    for path in (PACKAGE / "charts").glob("*.py"):
        assert "scevaluation.evaluate" not in path.read_text("utf-8")


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


def test_a_check_loads_no_tables(tmp_path):
    """What a check of a workbook has no need of takes longer to load than the workbook takes to check."""
    heavy = ("pandas", "pandera", "scipy", "matplotlib", "IPython", "scevaluation.evaluate", "scevaluation.publish")
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
