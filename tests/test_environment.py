"""conda's list and pyproject's are the same; the lock pins all of it by hash and names no index; licences of the runtime."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAME = {"brotli": "brotli-python", "matplotlib": "matplotlib-base", "seaborn": "seaborn-base"}
_TOML = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, BUILD = _TOML["project"], _TOML["build-system"]["requires"]
PARTS = ("requirements.lock", "requirements-test.lock")


def _locked(part):
    """Every pin of a part of the lock, with its hashes."""
    for entry in re.split(r"\n(?=\S)", (ROOT / part).read_text("utf-8").strip()):
        head, *rest = entry.replace("\\\n", "").split("--hash=")
        yield Requirement(head.strip()), [h.strip() for h in rest]


def _pyproject():
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    return {CONDA_NAME.get(r.name, r.name): str(r.specifier) for r in map(Requirement, wanted)}


def _conda():
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    pip = next(e["pip"] for e in entries if isinstance(e, dict))
    texts = [e for e in entries if isinstance(e, str) and e != "pip"] + [p for p in pip if not p.startswith("--")]
    return {name: spec for name, _, spec in (t.partition(" ") for t in texts)}


def test_environment_yml_equals_pyproject():
    conda = _conda()
    assert set(conda.pop("python").split(",")) == set(PROJECT["requires-python"].split(","))
    assert conda == _pyproject()


def test_pips_part_of_environment_yml_holds_only_what_pip_reads_from_a_list():
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    lines = next(e["pip"] for e in entries if isinstance(e, dict))
    assert [line for line in lines if line.startswith("-")] == ["--editable ."]  # --no-deps, say, is no option inside a list


def test_each_part_of_the_lock_holds_its_own_and_names_no_address():
    for part in PARTS:
        assert not re.search(r"https?:|--index|--extra-index|--find-links|@ ", (ROOT / part).read_text("utf-8"))
    runtime, more = ({r.name for r, _ in _locked(part)} for part in PARTS)
    extras = PROJECT["optional-dependencies"]
    wanted = {Requirement(r).name.lower() for r in [*PROJECT["dependencies"], *extras["pdf"], *BUILD, "pip"]}
    tests = {Requirement(r).name.lower() for r in extras["dev"]}
    assert wanted <= runtime and tests - wanted <= more and not runtime & more


@pytest.mark.parametrize("part", PARTS)
def test_every_pin_is_one_version_held_to_its_hashes(part):
    for pin, hashes in _locked(part):
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)) and hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), pin


def test_the_lock_is_whole_so_that_it_may_be_installed_without_looking_for_what_is_missing():
    """As set-up does, with --no-deps: what a pinned package needs here is pinned as well, in a version that will do."""
    here = {canonicalize_name(d.name) for d in metadata.distributions()}
    pinned, missing = {}, []
    for part in PARTS:  # the first is whole by itself
        pins = [pin for pin, _ in _locked(part) if pin.marker is None or pin.marker.evaluate()]
        pinned |= {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
        todo, seen = [(canonicalize_name(pin.name), "") for pin in pins], set()
        while todo:
            name, extra = todo.pop()
            if name not in here or (name, extra) in seen:
                continue
            seen.add((name, extra))
            for need in map(Requirement, metadata.requires(name) or ()):
                if need.marker is None or need.marker.evaluate({"extra": extra}):
                    to = canonicalize_name(need.name)
                    todo += [(to, e) for e in need.extras]
                    if not need.specifier.contains(pinned.get(to, "0.dev0"), prereleases=True) or to not in pinned:
                        missing.append(f"{part}: {name} needs {need}")
        assert len(seen) > 0.9 * len(pins)
    assert missing == []


def test_every_install_of_a_list_asks_for_its_hashes():
    setup = (ROOT / ".ci/setup").read_text("utf-8")
    calls = re.findall(r"^ *install (.*)", setup, re.MULTILINE)
    assert len(calls) == 3 and [c for c in calls if "-r " in c and "--require-hashes" not in c] == []
    assert [c for c in calls if "-r " not in c] == ["--no-build-isolation --editable ."]


@pytest.mark.parametrize("name", [Requirement(r).name for r in PROJECT["dependencies"]])
def test_a_runtime_dependency_has_a_permissive_licence(name):
    facts = metadata.metadata(name)
    said = " ".join(
        [facts.get("License-Expression") or "", (facts.get("License") or "")[:200], *(facts.get_all("Classifier") or [])]
    )
    assert not re.search(r"(?<!L)GPL|(?<!Lesser )General Public License", said.replace("LGPL", "")), said


def test_the_installed_versions_are_the_locked_ones():
    lock = {pin.name: str(pin.specifier).removeprefix("==") for part in PARTS for pin, _ in _locked(part)}
    for name in ("pandas", "matplotlib", "papermill", "pandera", "pytest"):
        assert metadata.version(name) == lock[name]


def test_the_version_is_one_and_the_changelog_has_released_ones_with_their_day():
    from scevaluation import __version__

    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert PROJECT["version"] == __version__ == cited["version"]
    assert (cited["cff-version"], cited["license"], [a["name"] for a in cited["authors"]]) == (
        "1.2.0", PROJECT["license"], [a["name"] for a in PROJECT["authors"]],
    )  # fmt: skip
    first, *released = re.findall(r"^## (.*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first == "Unreleased" and [r for r in released if not re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", r)] == []
    assert ("date-released" in cited) == bool(released)


def test_every_extra_that_a_message_names_exists():
    places = [p for ending in ("*.py", "*.po") for p in (ROOT / "scevaluation").rglob(ending)]
    said = {m for p in places for m in re.findall(r"scevaluation\[(\w+)\]", p.read_text("utf-8"))}
    assert said == set(PROJECT["optional-dependencies"]) - {"dev"}
    dev = {str(Requirement(r)) for r in PROJECT["optional-dependencies"]["dev"]}
    assert all(str(Requirement(r)) in dev for name in said for r in PROJECT["optional-dependencies"][name])
