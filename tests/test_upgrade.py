"""A workspace as people change it by hand goes on under a version with a newer letter, and is told which published figures changed."""

import csv
import json
import re
import shutil
from pathlib import Path

import book
import pytest
from test_workspace import said, site, state  # noqa: F401  (a fixture)

from scevaluation import __version__

MADE = {"scevaluation.toml", ".published.zip"}  # what an upgrade writes
LETTER = "B-9/DJAI/AI.01.04/12/2024"  # made up, as the package of a later year may carry one


@pytest.fixture(scope="module")
def newer(site, tmp_path_factory):  # noqa: F811
    """The package with a letter more: the regions of 2023 with the same figures in 2024, and one of 2023 corrected."""
    package = Path(shutil.copytree(site, tmp_path_factory.mktemp("newer") / "site")) / "scevaluation"
    init = package / "__init__.py"
    init.write_text(init.read_text("utf-8").replace(f'__version__ = "{__version__}"', '__version__ = "9.0.0"'), "utf-8")
    for name, change in (("results", _results), ("letters", _letters)):
        path = package / f"data/official/{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *change(rows)])
    for old in (package / "data/instruments").glob("kominfo-2023-*.yaml"):
        text = re.sub(r"^(id: kominfo-|valid_\w+: )2023", r"\g<1>2024", old.read_text("utf-8"), flags=re.MULTILINE)
        old.with_name(old.name.replace("2023", "2024")).write_text(text, "utf-8")
    return package.parent


def _results(rows):
    corrected = [[*r[:4], "3.05", *r[5:]] if r[:4] == ["34.04", "2023-S2", "KPPN&IKN", "index"] else r for r in rows]
    same = {True: "0.00", False: ""}  # what they improved by, where it is printed
    later = [[*r[2:4], same[bool(r[4])] if r[3] == "improvement" else r[4], r[5], LETTER] for r in rows if r[1] == "2023-S2"]
    regions = [r[0] for r in rows if r[1] == "2023-S2"]
    return corrected + [[region, "2024-S2", *rest] for region, rest in zip(regions, later, strict=True)]


def _letters(rows):
    last = rows[-1]
    return [*rows, [LETTER, "2024-12", "2024-S2", "2024, Tahap II", "2024, Stage II", *last[5:-1], ""]]


def _by_hand(home, shipped):
    """What people add: an instrument of their own, a programme with a round of it, and a notebook of their own."""
    own = (shipped / "data/instruments/sektor-siklus-2.yaml").read_text("utf-8")
    own = own.replace("id: sektor-siklus-2", "id: punyaku", 1).replace("Instrumen sektor, siklus II", "Instrumen punyaku")
    (home / "data/instruments/punyaku.yaml").write_text(own, "utf-8")
    book.planned(home, "punyaku")
    notebook = json.loads((shipped / "notebooks/2_round_report.ipynb").read_text("utf-8"))
    cell = {"cell_type": "markdown", "id": "punyaku0", "metadata": {}, "source": "Catatan kami sendiri."}
    notebook["cells"].append(cell)
    (home / "notebooks").mkdir()
    (home / "notebooks/2_round_report.ipynb").write_text(json.dumps(notebook), "utf-8")


@pytest.mark.long
@pytest.mark.xdist_group("package")
def test_a_workspace_changed_by_hand_still_works_after_an_upgrade_to_a_newer_letter(site, newer, tmp_path):  # noqa: F811
    old, new = site, newer
    assert said("new", "kabupatenku", "--region", "34.04", "--lang", "en", cwd=tmp_path, package=old)[0] == 0
    home = tmp_path / "kabupatenku"
    _by_hand(home, old / "scevaluation")
    assert said("blank", "kabupatenku", "--round", "2026-S1", "--out", "form.xlsx", cwd=home, package=old)[0] == 0
    book.fill(home, "form.xlsx")
    asked = ("--programme", "kabupatenku", "--round", "2026-S1")
    assert said("intake", "form.xlsx", *asked, cwd=home, package=old)[0] == 0
    rounds = ("wilayah-34-04", "--round", "2023-S2")
    status, out, wrong = said("report", *rounds, cwd=home, package=old)
    assert status == 0 and "3.04 of 4" in out[1], (out, wrong)
    assert said("report", "wilayah-34-04", "--round", "2024-S2", cwd=home, package=old)[0] == 1
    mine = {n: h for n, h in state(home).items() if not n.startswith("reports/") and n not in MADE}

    assert said("where", cwd=home, package=new)[1][-1].endswith(f"version {__version__}, this package is 9.0.0: run scevaluation upgrade.")
    status, out, wrong = said("upgrade", cwd=home, package=new)
    assert (status, wrong) == (0, []) and [line for line in out if not line.startswith("  ")] == [
        f"{home}: version {__version__} to 9.0.0",
        "instruments/kominfo-2024-kppn-ikn.yaml: new",
        "instruments/kominfo-2024-reguler.yaml: new",
        "official/letters.csv: changed",
        "official/results.csv: changed",
    ]
    assert sum(line.startswith("  - 34.04,2023-S2,KPPN&IKN,index,3.04,") for line in out) == 1, out
    assert sum(line.startswith("  + 34.04,2023-S2,KPPN&IKN,index,3.05,") for line in out) == 1, out
    assert {n: h for n, h in state(home).items() if not n.startswith("reports/") and n not in MADE} == mine
    assert said("upgrade", cwd=home, package=new)[1][-1] == "No published figure has changed."

    status, out, _ = said("verify", cwd=home, package=new)  # of the report made before: from which figures others would come out today
    assert status == 1 and any("results.csv" in line and "changed" in line for line in out), out
    status, out, wrong = said("report", *rounds, cwd=home, package=new)
    assert status == 0 and "3.05 of 4" in out[1], (out, wrong)
    status, out, wrong = said("report", "kabupatenku", "--round", "2026-S1", cwd=home, package=new)
    assert status == 0, wrong
    page = Path(out[0]).read_text("utf-8")
    assert "Catatan kami sendiri." in page and "Sleman Regency" in page
    assert said("report", "wilayah-34-04", "--round", "2024-S2", cwd=home, package=new)[0] == 0
