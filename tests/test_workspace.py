"""A folder of one's own: made whole or not at all, found from where one stands, first of all layers; what is shipped is never written."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from scevaluation import __version__, place, workspace
from scevaluation.errors import IntakeError, ProgrammeError, WorkspaceError
from scevaluation.intake.journal import put
from scevaluation.press.jobs import NATION
from scevaluation.press.site.build import FOLDER
from scevaluation.programme import load_programme, programmes, read_programme
from scevaluation.region import TAKEN
from scevaluation.words import words

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("contoh", "contoh-mentah", "contoh-spbe", "kab-malang", "mimika")


def said(*argv, cwd, package=ROOT, **env):
    """Status, output and errors of a command in a folder, with none of our variables but those named."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCEVALUATION_")}
    call = [sys.executable, "-m", "scevaluation", *map(str, argv)]
    done = subprocess.run(call, cwd=cwd, env=clean | {"PYTHONPATH": str(package)} | env, capture_output=True, text=True, timeout=200)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def state(folder):
    """Every file below a folder with its hash."""
    files = (p for p in Path(folder).rglob("*") if p.is_file() and p.suffix != ".pyc")
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return workspace.new("kabupatenku", "34.04", "en", tmp_path_factory.mktemp("of my own"))


@pytest.fixture
def home(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "kabupatenku"))


@pytest.fixture
def layered(home, monkeypatch):
    """The workspace as the first layer of this process."""
    monkeypatch.setitem(place.LAYERS, "data", (home / "data", ROOT / "data"))
    return home / "data"


def test_a_new_workspace_holds_what_a_programme_needs_and_no_more(made):
    files = {".gitignore", ".published.zip", "README.md", "scevaluation.toml", "data/programmes/kabupatenku/programme.yaml"}
    assert set(state(made)) == files
    assert (made / "data/instruments").is_dir() and (made / "data/programmes/kabupatenku/rounds").is_dir() and (made / "reports").is_dir()
    mark = tomllib.loads((made / "scevaluation.toml").read_text("utf-8"))
    assert (mark["version"], mark["language"]) == (__version__, "en")
    with zipfile.ZipFile(made / ".published.zip") as known:
        assert known.read("official/results.csv") == (ROOT / "data/official/results.csv").read_bytes()
        assert not [n for n in known.namelist() if "programmes/" in n]
    plan = yaml.safe_load((made / "data/programmes/kabupatenku/programme.yaml").read_text("utf-8"))
    assert (plan["id"], plan["region"], plan["region_label"]["en"]) == ("kabupatenku", "34.04", "Sleman Regency")
    assert (made / ".gitignore").read_text("utf-8").split() == ["received/", "reports/"]
    assert "A workspace of scevaluation for Sleman Regency" in (made / "README.md").read_text("utf-8")
    assert [p.name for p in made.parent.iterdir()] == ["kabupatenku"]


def test_the_new_programme_is_read_without_a_complaint(layered):
    plan = load_programme("kabupatenku")
    assert (plan.label.id, plan.rounds) == ("Gerakan Menuju Smart City Kabupaten Sleman", ())
    assert plan.folder == layered / "programmes/kabupatenku"
    from scevaluation.intake.check import of_programme

    assert [i for i in of_programme("kabupatenku") if i["severity"] != "note"] == []


def test_the_languages_differ_in_the_readme_and_a_code_of_no_region_goes_by_the_name(tmp_path):
    home = workspace.new("suka-maju", "99.99", "id", tmp_path)
    assert "Ruang kerja scevaluation untuk Suka Maju." in (home / "README.md").read_text("utf-8")
    plan = yaml.safe_load((home / "data/programmes/suka-maju/programme.yaml").read_text("utf-8"))
    assert plan["label"] == {"id": "Smart City Suka Maju", "en": "Smart City of Suka Maju"} and plan["region"] == "99.99"


@pytest.mark.parametrize(
    ("name", "code", "problem"),
    [
        ("Sleman", "34.04", "workspace_name"),
        ("../x", "34.04", "workspace_name"),
        ("wilayah-34-04", "34.04", "workspace_name"),
        *((name, "34.04", "workspace_name") for name in TAKEN),
        ("sleman", "91.09", "region_old"),
        ("sleman", "9109", "region_bps_old"),
        ("sleman", "nowhere", "region_unknown"),
    ],
)
def test_a_name_or_region_that_cannot_be_is_refused_and_nothing_is_made(name, code, problem, tmp_path):
    with pytest.raises(WorkspaceError) as found:
        workspace.new(name, code, "id", tmp_path)
    assert [i["problem"] for i in found.value.issues] == [problem] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [NATION, FOLDER, f"{FOLDER}-public"])
def test_a_programme_called_like_a_folder_of_reports_is_not_read(name, tmp_path):
    (tmp_path / name).mkdir()
    (tmp_path / name / "programme.yaml").write_text(f"id: {name}\n", "utf-8")
    with pytest.raises(ProgrammeError) as found:
        read_programme(tmp_path / name)
    assert [i["problem"] for i in found.value.issues] == ["workspace_name"] and name in TAKEN


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_what_is_there_is_never_written_over(there, tmp_path):
    path = tmp_path / "sleman"
    {"file": path.touch, "folder": path.mkdir, "link": lambda: path.symlink_to("nowhere")}[there]()
    with pytest.raises(WorkspaceError, match="of that name already"):
        workspace.new("sleman", "34.04", "id", tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_fails_at_the_last_step_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace.os, "rename", fail)
    with pytest.raises(WorkspaceError, match="No space left on device"):
        workspace.new("sleman", "34.04", "id", tmp_path)
    assert list(tmp_path.iterdir()) == []


# layers


def test_a_file_is_that_of_the_first_layer_that_has_it(layered):
    own = layered / "instruments/skm-2017.yaml"
    shutil.copy(ROOT / "data/instruments/skm-2017.yaml", own)
    assert place.find("instruments", "skm-2017.yaml") == own
    assert place.find("instruments", "spbe-2020.yaml") == ROOT / "data/instruments/spbe-2020.yaml"
    assert place.find("instruments", "none.yaml") == layered / "instruments/none.yaml"
    names = [p.name for p in place.every("instruments/*.yaml")]
    assert names == sorted(p.name for p in (ROOT / "data/instruments").glob("*.yaml")) and own in place.every("instruments/*.yaml")
    assert place.named(own) == "instruments/skm-2017.yaml" == place.named(ROOT / "data/instruments/skm-2017.yaml")
    assert place.named(Path("elsewhere/x.csv")) == "x.csv"


def test_a_programme_of_ones_own_takes_the_place_of_a_shipped_one_with_all_its_files(layered):
    assert programmes() == tuple(sorted((*SHIPPED, "kabupatenku"))) and workspace.own_programmes() == ("kabupatenku",)
    (layered / "programmes/mimika").mkdir()
    assert load_programme("mimika").folder == ROOT / "data/programmes/mimika"  # a folder without programme.yaml is none
    text = (layered / "programmes/kabupatenku/programme.yaml").read_text("utf-8").replace("id: kabupatenku", "id: mimika")
    (layered / "programmes/mimika/programme.yaml").write_text(text, "utf-8")
    plan = load_programme("mimika")
    assert (plan.folder, plan.rounds, plan.events) == (layered / "programmes/mimika", (), ())


def test_an_evaluation_over_two_layers_names_its_files_as_ever(layered):
    from scevaluation import evaluate_round

    before = evaluate_round("contoh", "2024-S2").provenance
    shutil.copytree(ROOT / "data/programmes/contoh", layered / "programmes/latihan")
    plan = layered / "programmes/latihan/programme.yaml"
    plan.write_text(plan.read_text("utf-8").replace("id: contoh", "id: latihan"), "utf-8")
    after = evaluate_round("latihan", "2024-S2").provenance
    assert {n.replace("/latihan/", "/contoh/") for n in after} == set(before)
    assert {n: h for n, h in after.items() if "programmes" not in n} == {n: h for n, h in before.items() if "programmes" not in n}


def test_what_is_shipped_is_not_written_from_a_workspace_but_is_in_the_clone_itself(layered, tmp_path, monkeypatch):
    path = ROOT / "data/programmes/contoh/rounds/1999-S1.csv"
    with pytest.raises(place.Carried, match=re.escape("programmes/contoh/rounds/1999-S1.csv")):
        place.put(path, b"x")
    with pytest.raises(place.Carried), place.held(path.with_name(".lock")):
        pass
    with pytest.raises(IntakeError) as found:
        put(path, b"x")
    assert [(i["file"], i["problem"]) for i in found.value.issues] == [("programmes/contoh", "carried")]
    assert not path.exists()
    monkeypatch.setattr(place, "SHIPPED", tmp_path / "clone")
    monkeypatch.setitem(place.LAYERS, "data", (tmp_path / "clone/data",))
    place.put(tmp_path / "clone/data/x.csv", b"x")
    monkeypatch.setattr(place, "PACKAGE", tmp_path / "clone")
    with pytest.raises(place.Carried):
        place.put(tmp_path / "clone/data/x.csv", b"y")
    assert (tmp_path / "clone/data/x.csv").read_bytes() == b"x"


def test_no_other_file_joins_a_path_below_data_by_hand():
    joined = re.compile(r"\b(DATA|NOTEBOOKS|SHIPPED|HOUSE)\b(?! / (?:\"(?:data|notebooks)\"|room|MARK))\s*/|\bDATA\b|\bNOTEBOOKS\b")
    others = [p for p in (ROOT / "scevaluation").rglob("*.py") if p.name != "place.py"]
    assert {p.name: m[0] for p in others if (m := joined.search(p.read_text("utf-8")))} == {}


# commands


def test_commands_stand_in_the_workspace_from_any_folder_below_it(home, tmp_path):
    here = ["Workspace: " + f"{home}, made with version {__version__}", f"Data: {home / 'data'} (own)", f"Data: {ROOT / 'data'} (shipped)"]
    here += [f"Notebooks: {ROOT / 'notebooks'} (shipped)", "Programmes: kabupatenku (own)", f"Programmes: {', '.join(SHIPPED)} (shipped)"]
    here += [f"Reports: {home / 'reports'}"]
    for way in (
        said("where", cwd=home),
        said("where", cwd=home / "data/programmes/kabupatenku"),
        said("--workspace", "kabupatenku", "where", cwd=tmp_path),
        said("where", cwd=tmp_path, SCEVALUATION_WORKSPACE=str(home)),
    ):
        assert way == (0, here, [])
    assert said("where", "--lang", "id", cwd=home)[1][0] == f"Ruang kerja: {home}, dibuat dengan versi {__version__}"
    assert said("where", cwd=tmp_path)[1][0] == f"Ruang kerja: {ROOT}, klon proyek"


@pytest.mark.parametrize(
    ("variables", "reports"),
    [
        ({}, "kabupatenku/reports"),
        ({"SCEVALUATION_DATA": "{tmp}/other/data"}, "other/reports"),
        ({"SCEVALUATION_REPORTS": "../made"}, "made"),
        ({"SCEVALUATION_DATA": "{tmp}/other/data", "SCEVALUATION_REPORTS": "{tmp}/made"}, "made"),
    ],
)
def test_reports_go_where_the_variables_say_else_beside_the_data(home, tmp_path, variables, reports):
    (tmp_path / "other/data").mkdir(parents=True)
    lines = said("where", cwd=home, **{k: v.format(tmp=tmp_path) for k, v in variables.items()})[1]
    assert Path(os.path.normpath(lines[-1].removeprefix("Reports: "))) == tmp_path / reports
    own = tmp_path / "other/data" if "SCEVALUATION_DATA" in variables else home / "data"
    assert lines[1:3] == [f"Data: {own} (own)", f"Data: {ROOT / 'data'} (shipped)"]


def test_where_names_what_stands_in_place_of_something_shipped_and_an_older_version(home):
    shutil.copy(ROOT / "data/instruments/skm-2017.yaml", home / "data/instruments")
    (home / "notebooks").mkdir()
    mark = home / "scevaluation.toml"
    mark.write_text(mark.read_text("utf-8").replace(f'version = "{__version__}"', 'version = "0.0.9"'), "utf-8")
    lines = said("where", cwd=home)[1]
    assert "In place of what is shipped: instruments/skm-2017.yaml" in lines and f"Notebooks: {home / 'notebooks'} (own)" in lines
    assert lines[-1] == f"The workspace was made with version 0.0.9, this package is {__version__}: run scevaluation upgrade."


def test_a_workspace_that_is_none_or_cannot_be_read_is_said_in_the_language_asked_for(home, tmp_path):
    for lang, text in (("en", "there is no workspace here"), ("id", "tidak ada ruang kerja di sini")):
        status, out, wrong = said("--workspace", "nowhere", "check", "mimika", "--lang", lang, cwd=tmp_path)
        assert (status, out) == (1, []) and text in wrong[0] and len(wrong) == 2
    (home / "scevaluation.toml").write_text('version = "1"\nlanguage = "fr"\n', "utf-8")
    assert said("where", "--lang", "en", cwd=home)[2][0] == "scevaluation.toml: the workspace's file cannot be read: language = fr."
    (home / "scevaluation.toml").write_text("version = ", "utf-8")
    assert "tidak dapat dibaca" in said("where", cwd=home)[2][0]


def test_an_upgrade_lists_the_figures_that_changed_line_by_line_and_touches_nothing_of_ones_own(home):
    mark, known, before = home / "scevaluation.toml", home / ".published.zip", state(home)
    text, figures = mark.read_text("utf-8"), known.read_bytes()
    with zipfile.ZipFile(known) as box:
        held = {name: box.read(name).decode("utf-8") for name in box.namelist()}
    results = held["official/results.csv"].splitlines()
    held["official/results.csv"] = "\n".join([*results[:2], results[2].replace("2.07", "2.70"), *results[3:], ""])
    held["instruments/skm-2011.yaml"] = held.pop("instruments/skm-2017.yaml")
    with zipfile.ZipFile(known, "w") as box:
        for name, said_then in held.items():
            box.writestr(name, said_then)
    mark.write_text("# a remark of mine\n" + text.replace(f'"{__version__}"', '"0.0.9"') + '\n[mine]\nnote = "kept"\n', "utf-8")
    lines = [f"{home}: version 0.0.9 to {__version__}", "instruments/skm-2011.yaml: no longer there", "instruments/skm-2017.yaml: new"]
    lines += ["official/results.csv: changed", "  - " + results[2].replace("2.07", "2.70"), "  + " + results[2]]
    assert "2.07" in results[2] and said("upgrade", cwd=home) == (0, lines, [])
    assert mark.read_text("utf-8") == "# a remark of mine\n" + text + '\n[mine]\nnote = "kept"\n'
    assert known.read_bytes() == figures
    assert said("upgrade", cwd=home)[1] == [f"{home}: version {__version__} to {__version__}", "No published figure has changed."]
    assert {k: v for k, v in state(home).items() if k != mark.name} == {k: v for k, v in before.items() if k != mark.name}


@pytest.mark.parametrize("raw", [None, b"", b"no zip", b"PK\x03\x04 cut"])
def test_figures_of_a_workspace_that_cannot_be_read_are_a_sentence(home, raw):
    known = home / ".published.zip"
    known.unlink() if raw is None else known.write_bytes(raw)
    status, out, wrong = said("upgrade", cwd=home)
    assert (status, out, len(wrong)) == (1, [], 2) and wrong[0].startswith(".published.zip: ")


def test_there_is_nothing_to_upgrade_in_the_clone(tmp_path):
    status, out, wrong = said("upgrade", "--lang", "en", cwd=tmp_path)
    assert (status, out) == (1, []) and "there is no workspace here" in wrong[0]


def test_new_says_where_it_is_and_a_code_that_no_region_has(tmp_path):
    assert said("new", "sleman", "--region", "Kabupaten Sleman", cwd=tmp_path) == (0, [str(tmp_path / "sleman")], [])
    status, out, _ = said("new", "coba", "--region", "99.99", "--lang", "en", cwd=tmp_path)
    assert status == 0 and out[1] == words("en")("workspace.unknown_region", code="99.99")
    status, out, wrong = said("new", "coba", "--region", "99.99", "--lang", "en", cwd=tmp_path)
    assert (status, out) == (1, []) and wrong[1] == "Choose another name, or go to another folder."


# the wheel


def _wheel():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The package laid out as pyproject.toml says of its wheel, with what Python has compiled of it."""
    site, wheel = tmp_path_factory.mktemp("site"), _wheel()
    for part in wheel["only-include"]:
        head, _, rest = part.partition("/")
        target = site / wheel["sources"].get(head, head) / rest
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target)
        else:
            shutil.copy(ROOT / part, target)
    return site


def test_the_wheel_carries_all_data_and_notebooks_of_the_repository_and_no_other_programme():
    wheel = _wheel()
    try:
        out = subprocess.run(["git", "ls-files", "data", "notebooks"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    files = [f for f in out.splitlines() if (ROOT / f).is_file()]
    assert len(files) > 60 and [f for f in files if not any(f == p or f.startswith(p + "/") for p in wheel["only-include"])] == []
    assert "data" not in wheel["only-include"] and "data/programmes" not in wheel["only-include"]


def test_the_installed_package_alone_checks_and_reports_into_the_working_directory_and_stays_as_it_is(site, tmp_path):
    before = state(site)
    lines = said("where", "--lang", "en", cwd=tmp_path, package=site)[1]
    assert lines[0] == "Workspace: none; only what the package ships is used" and lines[-1] == f"Reports: {tmp_path / 'reports'}"
    assert said("check", "mimika", "--lang", "en", cwd=tmp_path, package=site)[1][-1] == "0 errors, 0 warnings."
    status, out, _ = said("report", "mimika", "--round", "2023-S2", cwd=tmp_path, package=site)
    assert status == 0 and out[0] == str(tmp_path / "reports/mimika/2023-S2/round.id.html") and out[1].startswith("Indeks 2,47 dari 4")
    status, _, wrong = said("correct", "kab-malang", "--round", "2023-S2", "--indicator", "baseline/01-1.1.1", "--score", "2", "--source",
                            "final", "--reason", "x", "--by", "y", "--lang", "en", cwd=tmp_path, package=site)  # fmt: skip
    assert status == 1 and wrong[0] == "programmes/kab-malang: this is part of what the package ships, which is never written."
    assert state(site) == before


def test_a_data_folder_of_ones_own_adds_to_what_the_installed_package_ships(site, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(ROOT / "data/programmes/kab-malang", own / "programmes/punyaku")
    plan = own / "programmes/punyaku/programme.yaml"
    plan.write_text(plan.read_text("utf-8").replace("id: kab-malang", "id: punyaku"), "utf-8")
    status, out, wrong = said(
        "report", "punyaku", "--round", "2023-S2", "--kind", "agencies", cwd=tmp_path, package=site, SCEVALUATION_DATA="own"
    )
    assert status == 0, wrong
    assert out[0] == str(tmp_path / "reports/punyaku/2023-S2/agencies.id.html")


@pytest.mark.slow
def test_a_workspace_of_the_installed_package_goes_from_form_to_report(site, tmp_path):
    """Also with a notebook of one's own and in an ordinary kernel, which starts in another folder."""
    import book

    assert said("new", "kabupatenku", "--region", "34.04", "--lang", "en", cwd=tmp_path, package=site)[0] == 0
    home, before = tmp_path / "kabupatenku", state(site)
    book.planned(home)
    assert said("blank", "kabupatenku", "--round", "2026-S1", "--out", "form.xlsx", cwd=home, package=site)[0] == 0
    book.fill(home, "form.xlsx")
    taken = said("intake", "form.xlsx", "--programme", "kabupatenku", "--round", "2026-S1", cwd=home, package=site)
    assert taken[0] == 0, taken
    (home / "notebooks").mkdir()
    shutil.copy(site / "scevaluation/notebooks/2_round_report.ipynb", home / "notebooks")
    pages = []
    for engine in ("inprocess", "kernel"):
        status, out, wrong = said("report", "kabupatenku", "--round", "2026-S1", "--engine", engine, cwd=home / "data", package=site)
        assert status == 0, wrong
        assert out[0] == str(home / "reports/kabupatenku/2026-S1/round.en.html")
        pages.append(Path(out[0]).read_bytes())
    assert pages[0] == pages[1] and b"Sleman Regency" in pages[0]
    assert state(site) == before
