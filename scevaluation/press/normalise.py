"""Put notebooks into their normal form: no outputs but anchors', counts 1..n, no machine metadata, stable cell ids.

`python -m scevaluation.press.normalise [--check] PATHS` rewrites, or with --check only names, what is not so.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ANCHOR = "nbval-check-output"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def normal(text: str, stem: str) -> str:
    """The notebook's JSON in its normal form.

    Parameters
    ----------
    text : str
        JSON of a notebook of format 4.5.
    stem : str
        File name without ending; cell ids are made from its number.
    """
    notebook = json.loads(text)
    cells, count = [], 0
    for number, cell in enumerate(notebook["cells"]):
        kind, tags = cell["cell_type"], cell.get("metadata", {}).get("tags", [])
        out = {
            "cell_type": kind,
            "id": f"{stem.partition('_')[0]}-{number:02d}",
            "metadata": {"tags": tags} if tags else {},
            "source": _lines(cell["source"]),
        }
        if kind == "code":
            count += 1
            kept = (
                [_output(o) for o in cell.get("outputs", []) if o["output_type"] == "stream" and o.get("name") == "stdout"]
                if ANCHOR in tags
                else []
            )
            out |= {"execution_count": count, "outputs": kept}
        cells.append(dict(sorted(out.items())))
    whole = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


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
        wanted = normal(text, path.stem)
        if text != wanted:
            changed.append(path)
            if not given.check:
                path.write_text(wanted, "utf-8", newline="\n")
    for path in changed:
        print(f"{path}: {'not in its normal form; run it without --check' if given.check else 'rewritten'}")
    return int(given.check and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
