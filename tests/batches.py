"""Small notebooks for tests of batches: quick to run, and mischievous where a test asks for it."""

import json
from pathlib import Path

import nbformat.v4 as v4

from scevaluation.press.jobs import Job
from scevaluation.region import regions_of

ROUND = "2023-S2"
CODES = regions_of(ROUND)[:6]
PYTHON = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}
SHOW = """
from IPython.display import HTML, display
says = f"{programme} in words of {lang}"
display(HTML(f"<h1>{says}</h1>"), metadata={"scevaluation": {"title": says, "headline": says}})
"""
MISCHIEF = {
    "raises": "raise ValueError('the scores are upside down')",
    "exits": "import os; os._exit(3)",
    "killed": "import os; os.kill(os.getpid(), 9)",
    "hangs": "import time; time.sleep(1000)",
    "swells": "swollen = bytearray(20_000_000_000)",
    "full_rename": "import os, errno\ndef full(*a, **k): raise OSError(errno.ENOSPC, 'No space left on device')\nos.replace = full",
    "full_write": "import pathlib, errno\ndef full(*a, **k): raise OSError(errno.ENOSPC, 'No space left on device')\n"
    "pathlib.Path.write_bytes = full",
    "read_only": "import tempfile, errno\ndef closed(*a, **k): raise OSError(errno.EROFS, 'Read-only file system')\n"
    "tempfile.mkdtemp = closed",
}


def cook(folder: Path, body: str = SHOW, name: str = "2_round_report") -> Path:
    """Write a small notebook; a file mischief.json beside it tells which programmes run what else first."""
    parameters = v4.new_code_cell('programme = ""\nround = ""\nlang = "id"\npublic = False\npeers = ""', metadata={"tags": ["parameters"]})
    asked = folder / "mischief.json"
    mischief = "import json, pathlib\nexec(json.loads(pathlib.Path('mischief.json').read_text()).get(programme, ''))"
    asked.write_text("{}")
    cells = [parameters, v4.new_code_cell(mischief), v4.new_code_cell(body.strip())]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(v4.new_notebook(cells=cells, metadata=PYTHON), indent=1))
    return path


def misbehave(folder: Path, what: dict[str, str]) -> None:
    """Let programmes run something else first: {programme: code}."""
    (folder / "mischief.json").write_text(json.dumps(what))


def jobs(count: int = 3, lang: str = "id") -> list[Job]:
    """Jobs of the first regions."""
    return [Job(f"wilayah-{code.replace('.', '-')}", ROUND, lang) for code in CODES[:count]]


def visible(root: Path) -> list[str]:
    """Every file that a reader of the folder can see."""
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and not p.name.startswith("."))


def litter(root: Path) -> list[Path]:
    """What a batch left beside its reports."""
    return list(root.rglob(".making-*"))
