"""Put notebooks into their normal form: no outputs but anchors', no numbers, no machine metadata, stable cell ids.

`python -m scevaluation.press.normalise [--check] PATHS` rewrites, or with --check only names, what is not so.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

ANCHOR = "nbval-check-output"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def normal(text: str) -> str:
    """The notebook's JSON (of format 4.5) in its normal form.

    A cell's id is made from its own text, and cells are not numbered, so that a new cell leaves all others as they were.
    """
    cells = []
    seen: Counter[str] = Counter()
    for cell in json.loads(text)["cells"]:
        kind, tags, source = cell["cell_type"], cell.get("metadata", {}).get("tags", []), _lines(cell["source"])
        name = sha256("".join(source).encode()).hexdigest()[:8]
        seen[name] += 1
        out = {
            "cell_type": kind,
            "id": name if seen[name] == 1 else f"{name}-{seen[name]}",
            "metadata": {"tags": tags} if tags else {},
            "source": source,
        }
        if kind == "code":
            kept = _kept(cell) if ANCHOR in tags else []
            out |= {"execution_count": 1 if kept else None, "outputs": kept}  # nbval takes no output of a cell that never ran
        cells.append(dict(sorted(out.items())))
    whole = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _kept(cell: dict) -> list[dict]:
    """What an anchor printed."""
    return [_output(o) for o in cell.get("outputs", []) if o["output_type"] == "stream" and o.get("name") == "stdout"]


def _lines(source) -> list[str]:
    return ("".join(source)).rstrip().splitlines(keepends=True)


def _output(output: dict) -> dict:
    return {"name": "stdout", "output_type": "stream", "text": "".join(output["text"]).splitlines(keepends=True)}


def main(arguments: list[str]) -> int:
    """Rewrite or check the notebooks named, or all in the folders named; 1 if --check found any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only name what is not in its normal form")
    parser.add_argument("paths", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    paths = [p for path in given.paths for p in (sorted(path.glob("*.ipynb")) if path.is_dir() else [path])]
    changed = []
    for path in paths:
        text = path.read_text("utf-8")
        wanted = normal(text)
        if text != wanted:
            changed.append(path)
            if not given.check:
                path.write_text(wanted, "utf-8", newline="\n")
    for path in changed:
        print(f"{path}: {'not in its normal form; run it without --check' if given.check else 'rewritten'}")
    return int(given.check and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
