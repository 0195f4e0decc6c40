"""conda's list and pyproject's are the same; the lock pins all of it and names no index; licences of the runtime."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAME = {"brotli": "brotli-python", "matplotlib": "matplotlib-base", "seaborn": "seaborn-base"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


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


def test_the_lock_pins_every_dependency_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"https?:|--index|--extra-index|--find-links|@ ", lock)
    pinned = {line.split("==")[0] for line in lock.splitlines() if "==" in line}
    wanted = {Requirement(r).name.lower() for r in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]}
    assert wanted <= pinned


@pytest.mark.parametrize("name", [Requirement(r).name for r in PROJECT["dependencies"]])
def test_a_runtime_dependency_has_a_permissive_licence(name):
    facts = metadata.metadata(name)
    said = " ".join(
        [facts.get("License-Expression") or "", (facts.get("License") or "")[:200], *(facts.get_all("Classifier") or [])]
    )
    assert not re.search(r"(?<!L)GPL|(?<!Lesser )General Public License", said.replace("LGPL", "")), said


def test_the_installed_versions_are_the_locked_ones():
    lock = dict(re.findall(r"^([\w.-]+)==([\w.]+)$", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    for name in ("pandas", "matplotlib", "papermill", "pandera"):
        assert metadata.version(name) == lock[name]
