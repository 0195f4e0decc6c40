"""How long hostile and large files hold `scevaluation check` and `intake`: processor seconds of whole commands, children included.

Run: python benchmarks/reader_speed.py [--against FOLDER]      (ends with 1 if a line of acceptance is missed)

`--against` is another checkout, such as the version before: `check` of the workbook of the made-up programme is then timed in
pairs that take turns, so that both meet the same load.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import xlsxwriter
import yaml

from scevaluation.place import DATA
from scevaluation.programme import load_programme

HOUSE = Path(__file__).resolve().parent.parent
ROUND, PAIRS, LINES = "2025-S1", 12, 1_000_000
CODE = "from scevaluation.cli import main; main()"
VALUES = [f"{1 + n / 4:g}" for n in range(13)]
FORM, TEXT, BOMB, SLOWER, START = 3.0, 10.0, 0.3, 1.15, 0.3


def seconds(argv: list[str], house: Path, data: Path) -> tuple[float, str]:
    """Processor seconds of a command and all its children, and what it printed."""
    env = {**os.environ, "PYTHONPATH": str(house), "SCEVALUATION_DATA": str(data)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", CODE, *argv], cwd=data.parent, env=env, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout + done.stderr


def rows() -> list[list]:
    """A filled form of the made-up programme."""
    nodes = load_programme("contoh").instrument("2024-S2").nodes
    leaves = load_programme("contoh").instrument("2024-S2").leaves
    head = ["Indikator", "Nama", "Perangkat daerah", "Nilai mandiri", "Keadaan", "Bukti", "Mutu data"]
    return [head, *([p, nodes[p].label.id, nodes[p].agency, 2.5, None, "bukti.pdf", "B"] for p in leaves)]


def book(styled: int = 0) -> bytes:
    """The form as a workbook, with so many styled empty rows below it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as file:
        page, style = file.add_worksheet("Skor"), file.add_format({"bg_color": "#EEEEEE"})
        for r, row in enumerate(rows()):
            page.write_row(r, 0, row)
        for r in range(len(rows()), len(rows()) + styled):
            for c in range(7):
                page.write_blank(r, c, None, style)
    return out.getvalue()


def far() -> bytes:
    """The form with a blank in the last cell that a sheet has."""
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row></sheetData>'
    return _edited(book(), b"</sheetData>", cell)


def _edited(raw: bytes, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old, new) if name == "xl/worksheets/sheet1.xml" else data)
    return out.getvalue()


def bomb() -> bytes:
    """A workbook that unpacks to 1.9 GB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(1900):
                part.write(bytes(2**20))
    return out.getvalue()


def text(scores: list[str]) -> bytes:
    """A million lines in the project's own columns: every indicator by every agency and a thousand assessors."""
    plan = load_programme("contoh")
    of = [f"{path},{a.id}" for path in plan.instrument("2024-S2").leaves for a in plan.agencies]
    lines = (f"{of[n % len(of)]},assessor:A{n // len(of)},{scores[n % len(scores)]},scored,," for n in range(LINES))
    return ("indicator,agency,source,score,status,evidence,quality\n" + "\n".join(lines) + "\n").encode()


def data_of(folder: Path) -> Path:
    """A copy of the data whose made-up programme has one more round."""
    data = folder / "data"
    shutil.copytree(DATA, data)
    file = data / "programmes" / "contoh" / "programme.yaml"
    said = yaml.safe_load(file.read_text("utf-8"))
    said["rounds"].append({**said["rounds"][-1], "id": ROUND})
    file.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    return data


def files(folder: Path) -> dict[str, tuple[Path, float]]:
    """The files by name, each with the seconds that it may take."""
    made = {
        "form": ("form.xlsx", book(), FORM), "form, 150,000 styled empty rows": ("styled.xlsx", book(150_000), FORM),
        "form, a blank in XFD1048576": ("far.xlsx", far(), FORM), "empty file": ("empty.xlsx", b"", FORM),
        "zip that unpacks to 1.9 GB": ("bomb.xlsx", bomb(), FORM), "1,000,000 lines, clean": ("clean.csv", text(VALUES), TEXT),
        "1,000,000 lines, decimal commas": ("comma.csv", text([f'"{v}"'.replace('.', ',') for v in VALUES]), TEXT),
        "1,000,000 lines, all wrong": ("wrong.csv", text(["baik"]), TEXT),
    }  # fmt: skip
    for name, raw, _ in made.values():
        (folder / name).write_bytes(raw)
    return {what: (folder / name, limit) for what, (name, _, limit) in made.items()}


def pairs(other: Path, path: Path, data: Path) -> tuple[float, float, float]:
    """Median seconds of `check` here and there, and the median of their ratio, run in turns."""
    here, there = [], []
    for n in range(PAIRS):
        for house, taken in ((HOUSE, here), (other, there)) if n % 2 else ((other, there), (HOUSE, here)):
            taken.append(seconds(["check", str(path), "--programme", "contoh", "--round", "2024-S2"], house, data)[0])
    return statistics.median(here), statistics.median(there), statistics.median(a / b for a, b in zip(here, there, strict=True))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--against", type=Path)
    against, missed = options.parse_args().against, []
    with tempfile.TemporaryDirectory() as folder:
        data = data_of(Path(folder))
        print("| file | MB | check s | intake s | problems | at most s |\n|---|---|---|---|---|---|")
        taken = {}
        for what, (path, limit) in files(Path(folder)).items():
            checked, said = seconds(["check", str(path), "--programme", "contoh", "--round", ROUND], HOUSE, data)
            took, _ = seconds(["intake", str(path), "--programme", "contoh", "--round", ROUND], HOUSE, data)
            taken[what] = checked
            missed += [what] if max(checked, took) > limit else []
            size = path.stat().st_size / 2**20
            print(f"| {what} | {size:.1f} | {checked:.2f} | {took:.2f} | {len(said.splitlines())} | {limit:g} |", flush=True)
        if taken["zip that unpacks to 1.9 GB"] - taken["empty file"] > BOMB:
            missed.append("zip bomb")
        start = statistics.median(seconds(["--help"], HOUSE, data)[0] for _ in range(5))
        print(f"\n`--help`: {start:.2f} s (at most {START} s)")
        missed += ["--help"] if start > START else []
        if against:
            here, there, ratio = pairs(against.resolve(), Path(folder) / "form.xlsx", data)
            print(f"`check` of a form, {PAIRS} pairs: {here:.3f} s, {there:.3f} s in {against.name}; ratio {ratio:.2f} (at most {SLOWER})")
            missed += ["check"] if ratio > SLOWER else []
    print("missed: " + ", ".join(missed) if missed else "all met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
