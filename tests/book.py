"""The blocks of docs/*.md and README as a reader would run them: in order, in a copy of the data, with what they should print.

A block of text after one of Python is what that prints. A comment before a block says what a reader does by hand there:

    <!-- file: PATH -->, <!-- append: PATH -->    the next block is written to, or added to the end of, that file
    <!-- change: PATH -->                         the next block is a change of that file: lines marked - go, lines marked + come
    <!-- by hand: WHAT ARG ... -->                what a person does in a spreadsheet, editor or notebook; one of HANDS
    <!-- fails -->                                the next block's last command ends with an error
"""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "id").glob("*.md")))
RUN = ("console", "sh", "python")
TOKEN = re.compile(r"^<!-- (file|append|change|by hand|fails)(?:: (.*?))? -->$|^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GAP = "…"
REASON = re.compile(r' --reason "[^"]*"')


@dataclass(frozen=True)
class Step:
    """One thing to do: run a block (console, sh, python), write a file, or a reader's hand; `prints` is what code should print."""

    kind: str
    text: str
    place: str = ""
    fails: bool = False
    prints: str = ""


def steps(page: Path) -> list[Step]:
    """What a page asks its reader to do, in order."""
    out, target, fails = [], ("", ""), False
    for word, value, lang, body in TOKEN.findall(page.read_text("utf-8")):
        if word == "by hand":
            out.append(Step("hand", value))
        elif word == "fails":
            fails = True
        elif word:
            target = (word, value)
        elif target[0]:
            out.append(Step(target[0], body, target[1]))
            target = ("", "")
        elif lang in RUN:
            out.append(Step(lang, body, fails=fails))
            fails = False
        elif lang == "text" and out and out[-1].kind == "python":
            out[-1] = replace(out[-1], prints=body)
    return out


def commands(step: Step) -> list[tuple[str, list[str]]]:
    """Command lines of a console or sh block, each with the lines it should print."""
    out: list[tuple[str, list[str]]] = []
    for line in step.text.splitlines():
        if step.kind == "sh" or line.startswith("$ "):
            bare = line.removeprefix("$ ").strip()
            out += [(bare, [])] if bare and not bare.startswith("#") else []
        elif out and line.strip():
            out[-1][1].append(" ".join(line.split()))
    return out


def in_indonesian(page: Path) -> Path | None:
    """The Indonesian page that stands beside an English one; None if there is none."""
    other = page.parent / "id" / page.name
    return other if other.exists() else None


def told_in_indonesian(step: Step) -> Step:
    """An English step as the Indonesian page has it if it prints no words: without --lang, and with id in names of files and reports."""
    if step.kind != "console":
        return step
    return replace(step, text=re.sub(r"\ben\b", "id", step.text.replace(" --lang en", "")))


def other_words(step: Step, indonesian: Step) -> Step | None:
    """The commands of an Indonesian block that print other words than the English one, as a block; None if there are none."""
    if step.kind != "console":
        return None
    both = zip(commands(told_in_indonesian(step)), commands(indonesian), strict=True)
    apart = [(command, lines) for other, (command, lines) in both if other[1] != lines]
    return replace(indonesian, text="".join(f"$ {c}\n" + "".join(f"{p}\n" for p in lines) for c, lines in apart)) if apart else None


def asked(step: Step) -> list[str]:
    """Command lines of a step; the reasons that people give are in their own language."""
    return [REASON.sub("", command) for command, _ in commands(step)]


def missing_line(expected: list[str], printed: str) -> str:
    """The first expected line that was not printed at its place; '' if all were. A line of … alone stands for any lines."""
    lines, at, free = [" ".join(p.split()) for p in printed.splitlines() if p.strip()], 0, False
    for line in expected:
        if line == GAP:
            free = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split(GAP)))
        reach = range(at, len(lines)) if free else range(at, min(at + 1, len(lines)))
        found = next((n for n in reach if pattern.fullmatch(lines[n])), None)
        if found is None:
            return line
        at, free = found + 1, False
    return "" if free or at == len(lines) else f"(nothing more, but there is) {lines[at]}"


def _scores(path: Path):
    book = openpyxl.load_workbook(path)
    return book, book["Skor"]


def _column(sheet, name: str) -> int:
    return next(c.column for c in sheet[1] if str(c.value).endswith(f"/ {name}"))


def fill(folder: Path, path: str) -> None:
    """Every verified score of a workbook: middling, not all alike."""
    book, sheet = _scores(folder / path)
    column = _column(sheet, "Verified")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column, 2 + row % 5 / 4)
    book.save(folder / path)


def planned(home: Path, instrument: str = "sektor-siklus-2") -> None:
    """A first round, and the agencies of the first hour, in the programme of a new workspace."""
    plan = home / "data" / "programmes" / home.name / "programme.yaml"
    lines = (ROOT / "docs" / "first-hour.md").read_text("utf-8").splitlines()
    agencies = "agencies:\n" + "\n".join(line for line in lines if line.startswith("- {id: ") and "label" in line)
    rounds = f"rounds:\n- {{id: 2026-S1, state: scored, instrument: {instrument}}}\n"
    plan.write_text(plan.read_text("utf-8").replace("rounds: []\n", rounds).replace("agencies: []", agencies), "utf-8")


def answer(folder: Path, forms: str, *agencies: str) -> None:
    """An agency's own score of every indicator: last round's and a little more, with evidence."""
    for agency in agencies:
        (path,) = (folder / forms).glob(f"*-{agency}.xlsx")
        book, sheet = _scores(path)
        own, evidence = _column(sheet, "Self"), _column(sheet, "Evidence")
        last = next(c.column for c in sheet[1] if "Last score" in str(c.value))
        for row in range(2, sheet.max_row + 1):
            before = re.match(r"[\d,]+", str(sheet.cell(row, last).value or "2,5"))
            sheet.cell(row, own, min(round(float(before[0].replace(",", ".")) + 0.05, 2), 4))
            sheet.cell(row, evidence, "bukti.pdf")
        book.save(path)


def verify(folder: Path, path: str, table: str) -> None:
    """A verified score a little below every own one."""
    with (folder / table).open(encoding="utf-8") as file:
        own = {r["indicator"]: float(r["score"]) for r in csv.DictReader(file) if r["source"] == "self" and r["score"]}
    book, sheet = _scores(folder / path)
    column = _column(sheet, "Verified")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column, round(max(own[sheet.cell(row, 1).value] - 0.1, 1), 2))
    book.save(folder / path)


def type_into(folder: Path, path: str, cell: str, text: str) -> None:
    """One cell of the sheet of scores."""
    book, sheet = _scores(folder / path)
    sheet[cell] = float(text) if re.fullmatch(r"[\d.]+", text) else text
    book.save(folder / path)


def swap(folder: Path, path: str, old: str, new: str) -> None:
    """A text in a file, which must be there."""
    text = (folder / path).read_text("utf-8")
    assert old in text, f"{path} has no {old}"
    (folder / path).write_text(text.replace(old, new), "utf-8")


def cell_below(folder: Path, path: str, above: str, source: str) -> None:
    """A cell of a notebook below the one with that source."""
    notebook = json.loads((folder / path).read_text("utf-8"))
    at = next(n for n, c in enumerate(notebook["cells"], 1) if "".join(c["source"]) == above)
    new = {"cell_type": "code", "id": "new", "metadata": {}, "source": [source], "outputs": [], "execution_count": None}
    notebook["cells"].insert(at, new)
    (folder / path).write_text(json.dumps(notebook), "utf-8")


HANDS = {"fill": fill, "answer": answer, "verify": verify, "type": type_into, "replace": swap, "cell": cell_below}


def by_hand(folder: Path, text: str) -> None:
    """Do what a person does by hand at that place of the page."""
    what, *args = shlex.split(text)
    HANDS[what](folder, *args)


def written(folder: Path, step: Step) -> None:
    """Write, add to or change the file that the page shows."""
    path = folder / step.place
    path.parent.mkdir(parents=True, exist_ok=True)
    before = "" if step.kind == "file" else path.read_text("utf-8")
    if step.kind == "change":
        for part in step.text.split(f"{GAP}\n"):
            old, new = ("".join(f"{p[1:]}\n" for p in part.splitlines() if p[:1] in (mark, " ")) for mark in "-+")
            assert before.count(old) == 1, f"{step.place} holds {before.count(old)} times\n{old}"
            before = before.replace(old, new)
        path.write_text(before, "utf-8")
    else:
        path.write_text(before + step.text, "utf-8")


def changes_package(page: Path) -> bool:
    """Whether a page writes into the package: then its commands run a copy of it."""
    return any(s.place.startswith("scevaluation/") for s in steps(page))


def checkout(folder: Path, whole: bool = False) -> Path:
    """A folder like a checkout: the data copied, no report; `whole` with package, notebooks and scenarios."""
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "reports").mkdir()
    for name in ("scevaluation", "notebooks", "tests/scenarios") if whole else ():
        shutil.copytree(ROOT / name, folder / name)
    if whole:
        shutil.copy(ROOT / "tests" / "scenario.py", folder / "tests")
    return folder
