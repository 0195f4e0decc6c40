"""A workspace: a folder of one's own beside what the package ships; made, looked at, and brought to a newer version."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path

from scevaluation import __version__
from scevaluation.errors import WorkspaceError
from scevaluation.issues import clean_text, issue, refusal
from scevaluation.place import (
    BESIDE,
    HOUSE,
    LAYERS,
    MARK,
    REPORTS,
    SHIPPED,
    WORKSPACE,
    NotWritable,
    every,
    making,
    put,
    swept,
)
from scevaluation.words import LANGUAGES, Words, words

CATALOGUES = ("workspace", "common")
FIGURES = ("official", "instruments", "context")  # what the package publishes of others, whose change changes reports
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
KEPT, MOST = ".published.zip", 30  # the figures as the workspace knows them; lines of a table that are listed
_VERSION = re.compile(r"^version *=.*$", re.MULTILINE)


@cache
def settings() -> dict:
    """What the workspace's file says: version, language; empty for a clone, or where no workspace is.

    Raises
    ------
    WorkspaceError
        If the workspace named has no such file, or it cannot be read.
    """
    if WORKSPACE is None or (WORKSPACE == HOUSE and not (HOUSE / MARK).is_file()):
        return {}
    if not (WORKSPACE / MARK).is_file():
        raise refusal(WorkspaceError, [issue(str(WORKSPACE), "", "no_workspace", "error", "", "", "make_workspace")])
    import tomllib

    try:
        said = tomllib.loads((WORKSPACE / MARK).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise refusal(WorkspaceError, [issue(MARK, "", "workspace_broken", "error", str(error), "", "mend_workspace")]) from error
    wrong = [key for key in ("version", "language") if not isinstance(said.get(key), str)]
    if wrong or said["language"] not in LANGUAGES:
        about = f"{', '.join(wrong) or 'language'} = {said.get((wrong or ['language'])[0], '')}"
        raise refusal(WorkspaceError, [issue(MARK, "", "workspace_broken", "error", about, "", "mend_workspace")])
    return said


def language() -> str:
    """The language of the workspace; "id" where there is none, or its file cannot be read, which `settings` says."""
    with contextlib.suppress(WorkspaceError):
        return settings().get("language", "id")
    return "id"


def published() -> dict[str, str]:
    """Texts of the tables and instruments that the package ships, by their names below data/."""
    shipped = SHIPPED / "data"
    paths = (p for part in FIGURES for p in sorted((shipped / part).glob("*.*")) if p.suffix in (".csv", ".yaml"))
    return {p.relative_to(shipped).as_posix(): p.read_text("utf-8") for p in paths}


def _packed(figures: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, text in sorted(figures.items()):
            box.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _known(home: Path) -> dict[str, str]:
    """The published figures as the workspace was made with them, or last brought to; refused if they cannot be read."""
    try:
        with zipfile.ZipFile(home / KEPT) as box:
            if sum(one.file_size for one in box.infolist()) > 64e6:
                raise ValueError("too large")
            return {name: box.read(name).decode("utf-8") for name in box.namelist()}
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise refusal(WorkspaceError, [issue(KEPT, "", "workspace_broken", "error", str(error), "", "mend_workspace")]) from error


def _rows(before: str, now: str) -> list[str]:
    """What a table said and now says: its lines that are not alike, by a number each if there are many."""
    old, new = before.splitlines(), now.splitlines()
    gone, come = ([line for line in a if line not in known] for a, known in ((old, set(new)), (new, set(old))))
    return [f"  - {clean_text(line, 200)}" for line in gone] + [f"  + {clean_text(line, 200)}" for line in come]


def new(name: str, code: str, lang: str = "id", beside: Path | None = None) -> Path:
    """Make a workspace for a programme of a region: a folder `name` in the working directory, or in `beside`; whole or not at all.

    Raises
    ------
    WorkspaceError
        If the name or the region cannot be, something of that name is there already, or the folder cannot be written.
    """
    from scevaluation import region

    if not NAME.fullmatch(name) or name.startswith(region.PREFIX) or name in region.TAKEN:
        raise refusal(WorkspaceError, [issue("", "", "workspace_name", "error", clean_text(name, 40), "", "choose_name")])
    files, home = _files(name, code, words(lang, CATALOGUES)), (beside or Path.cwd()) / name
    if os.path.lexists(home):
        raise refusal(WorkspaceError, [issue(str(home), "", "folder_there", "error", "", "", "choose_other_name")])
    making_in = None
    try:
        swept(home.parent)
        making_in = Path(tempfile.mkdtemp(prefix=making(), dir=home.parent))
        for place, text in files.items():
            path = making_in / name / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        (making_in / name / KEPT).write_bytes(_packed(published()))
        for folder in (f"data/programmes/{name}/rounds", "data/instruments", "reports"):
            (making_in / name / folder).mkdir(parents=True)
        os.rename(making_in / name, home)
    except OSError as error:
        about = issue(str(home), "", "not_writable", "error", error.strerror or str(error), "", "make_room")
        raise refusal(WorkspaceError, [about]) from error
    finally:
        if making_in:
            shutil.rmtree(making_in, ignore_errors=True)
    return home


def _files(name: str, code: str, w: Words) -> dict[str, str]:
    """Every file of a new workspace by its place in it."""
    import yaml

    code, label, called = _region(name, code)
    plan = {"id": name, "label": label, "region": code, "region_label": called, "cycles": [], "agencies": [], "rounds": []}
    text = yaml.safe_dump(plan, sort_keys=False, allow_unicode=True, width=140)
    mark = f'# {w("workspace.file")}\nversion = "{__version__}"\nlanguage = "{w.lang}"\n'
    return {
        MARK: mark,
        ".gitignore": "received/\nreports/\n",
        "README.md": w("workspace.readme", name=name, region=called[w.lang]),
        f"data/programmes/{name}/programme.yaml": "".join(f"# {line}\n" for line in w("workspace.plan").splitlines()) + text,
    }


def _region(name: str, code: str) -> tuple[str, dict, dict]:
    """A region's code of today, and what its programme and it are called; a code that no region has goes by the programme's name."""
    from scevaluation import region

    found = region.region_of(code)
    if found.taken and found.kind in ("exact", "name"):
        return found.taken, *region.labels(found.taken)
    if found.kind != "none" or not re.fullmatch(r"\d\d\.\d\d", code):
        problem, shown, remedy = region.region_doubt(found)
        raise refusal(WorkspaceError, [issue("", "", problem, "error", clean_text(code, 40), shown, remedy)])
    title = name.replace("-", " ").title()
    return code, {"id": f"Smart City {title}", "en": f"Smart City of {title}"}, {"id": title, "en": title}


def made(name: str, code: str, lang: str) -> list[str]:
    """What is said of a new workspace: where it is, and whether its region is none that is known."""
    from scevaluation import region

    home = new(name, code, lang)
    known = region.region_of(code).kind != "none"
    return [str(home)] if known else [str(home), words(lang, CATALOGUES)("workspace.unknown_region", code=code)]


def own_programmes() -> tuple[str, ...]:
    """Names of the programmes of one's own; of all that are shipped where there is none."""
    plans = every("programmes/*/programme.yaml")
    mine = [p for p in plans if p.is_relative_to(LAYERS["data"][0])]
    return tuple(p.parent.name for p in mine or plans)


def where(lang: str) -> list[str]:
    """What comes from where, a line each: workspace, data, notebooks, reports, programmes, and what of one's own hides what is shipped."""
    said, out, w = settings(), [], words(lang, CATALOGUES)
    if said:
        out.append(w("workspace.is", path=WORKSPACE, version=said["version"]))
    else:
        out.append(w("workspace.clone", path=WORKSPACE) if WORKSPACE else w("workspace.none"))
    for room, layers in LAYERS.items():
        for layer in (layer for layer in layers if layer.is_dir()):
            key = "shipped" if layer == SHIPPED / room else "own"
            out.append(w("workspace." + room, path=layer) + " " + w("workspace." + key))
    own, shipped = LAYERS["data"][0], SHIPPED / "data"
    plans = {p.parent.name: own != shipped and p.is_relative_to(own) for p in every("programmes/*/programme.yaml")}
    for key in ("own", "shipped"):
        if names := [n for n, mine in plans.items() if mine == (key == "own")]:
            out.append(w("workspace.programmes", names=", ".join(names)) + " " + w("workspace." + key))
    if hidden := _hidden(own, shipped):
        out.append(w("workspace.hidden", names=", ".join(hidden)))
    out.append(w("workspace.reports", path=REPORTS))
    return [*out, w("workspace.older", version=said["version"], now=__version__)] if said and said["version"] != __version__ else out


def _hidden(own: Path, shipped: Path) -> list[str]:
    """Names below data/ of one's own that are looked at in place of something shipped."""
    patterns = [f"{part}/*.*" for part in FIGURES] + ["programmes/*/programme.yaml"] if own != shipped else []
    names = {p.relative_to(own).as_posix() for pattern in patterns for p in own.glob(pattern) if not p.name.startswith((".", BESIDE))}
    return sorted(n for n in names if (shipped / n).is_file())


def upgrade(lang: str) -> list[str]:
    """Bring the workspace's file to the package's version; a line for each published figure that differs from those it was made with.

    Raises
    ------
    WorkspaceError
        If there is no workspace, or its file cannot be read or written.
    """
    said, w = settings(), words(lang, CATALOGUES)
    if not said or WORKSPACE is None:
        raise refusal(WorkspaceError, [issue(str(WORKSPACE or Path.cwd()), "", "no_workspace", "error", "", "", "make_workspace")])
    before, now, path = _known(WORKSPACE), published(), WORKSPACE / MARK
    text = _VERSION.sub(f'version = "{__version__}"', path.read_text("utf-8"), count=1)
    try:
        put(WORKSPACE / KEPT, _packed(now))
        put(path, text.encode("utf-8"))
    except NotWritable as error:
        raise refusal(WorkspaceError, [issue(str(path), "", "not_writable", "error", str(error), "", "make_room")]) from error
    changed = [n for n in sorted(before.keys() | now.keys()) if before.get(n) != now.get(n)]
    out = [w("workspace.upgraded", path=WORKSPACE, before=said["version"], now=__version__)]
    for name in changed:
        state = "new" if name not in before else "gone" if name not in now else "changed"
        rows = _rows(before[name], now[name]) if state == "changed" else []
        out += [w("workspace.figure", name=name, state=w("workspace." + state)), *rows[:MOST]]
        out += [w("workspace.more", n=len(rows) - MOST)] if len(rows) > MOST else []
    return out if changed else [*out, w("workspace.same")]
