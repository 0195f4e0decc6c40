"""Where data, notebooks and reports are by layers (nothing else knows a path); how a file is put in its place, and how a place is held."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
HOUSE = PACKAGE.parent
SHIPPED = PACKAGE if (PACKAGE / "data").is_dir() else HOUSE  # a wheel carries data and notebooks inside the package
MARK = "scevaluation.toml"


def _folder() -> Path:
    """The working directory; of one that was deleted, the place it had is not known and none of ours is taken for it."""
    try:
        return Path.cwd()
    except OSError:
        return Path(tempfile.gettempdir())


def _workspace() -> Path | None:
    """The workspace named, else the one the working directory stands in, else the clone the package runs from."""
    if named := os.environ.get("SCEVALUATION_WORKSPACE"):
        return _folder() / named
    here = _folder()
    found = next((p for p in (here, *here.parents) if (p / MARK).is_file()), None)
    return found or (HOUSE if SHIPPED == HOUSE else None)


def _own(variable: str, room: str) -> Path:
    return _folder() / (os.environ.get(variable) or (WORKSPACE or SHIPPED) / room)


WORKSPACE = _workspace()
DATA = _own("SCEVALUATION_DATA", "data")
NOTEBOOKS = _own("SCEVALUATION_NOTEBOOKS", "notebooks")
REPORTS = _folder() / (os.environ.get("SCEVALUATION_REPORTS") or (_folder() if DATA.parent == PACKAGE else DATA.parent) / "reports")
# Folders in which a file is looked for, the first that has it wins: one's own, then what the package ships.
LAYERS = {"data": tuple(dict.fromkeys((DATA, SHIPPED / "data"))), "notebooks": tuple(dict.fromkeys((NOTEBOOKS, SHIPPED / "notebooks")))}
BESIDE = ".making-"
READY = "ready"  # a folder in such a place, whose files are all written and on their way into the folder around it
TICK = 0.1  # seconds within which a second change of a file may leave its time as it was


class Held(Exception):
    """Another process holds a place; as text, which one and since when, if it is known (`by`: pid and since)."""

    def __init__(self, by: dict):
        self.by = by
        super().__init__(f" (process {by['pid']}, since {by['since']})" if by else "")


class NotWritable(Exception):
    """A place cannot be written; as text, what the system says."""


class Carried(NotWritable):
    """A place is part of what the package ships, which is never written; as text, its name below data/."""


def find(*parts: str, room: str = "data") -> Path:
    """Place of a file below data/ (or another room of `LAYERS`): in the first layer that has it, else where it would be in one's own."""
    places = [layer.joinpath(*parts) for layer in LAYERS[room]]
    return next((p for p in places if p.exists()), places[0])


def forms(name: str, endings: Sequence[str], folder: Path | None = None) -> list[Path]:
    """The files of a name below data/ (or in `folder`) that end in one of several ways, all in the first layer that has any."""
    homes = [folder] if folder else LAYERS["data"]
    found = ([p for ending in endings if (p := home / f"{name}{ending}").exists()] for home in homes)
    return next(filter(None, found), [])


def every(pattern: str, room: str = "data") -> list[Path]:
    """Files of all layers that match a pattern, by name; of several of one name that of the first layer."""
    found = {p.relative_to(layer): p for layer in reversed(LAYERS[room]) for p in layer.glob(pattern)}
    return [found[name] for name in sorted(found)]


def named(path: Path) -> str:
    """A file's name below data/, such as "official/results.csv"; of one that lies in no layer its bare name."""
    layer = next((layer for layer in LAYERS["data"] if path.is_relative_to(layer)), path.parent)
    return path.relative_to(layer).as_posix()


def read_once(files: Callable[..., Iterable[Path]]) -> Callable[[Callable], Callable]:
    """Keep what a reader gives for its arguments, until one of the `files` it reads for them is another file or has changed.

    Files are looked at, not opened: where they stand, size, time and number on the disk. One that changed just before it was read
    is read again the next time, for it may have changed within the same tick of the clock.
    """

    def kept(read: Callable) -> Callable:
        known: dict[tuple, tuple[list[tuple], object]] = {}

        @wraps(read)
        def reader(*args):
            try:
                now = [_state(path) for path in files(*args)]
            except (OSError, ValueError):  # such as a name that no file can have: the reader says what is wrong
                return read(*args)
            if args not in known or known[args][0] != now:
                at, found = time.time(), read(*args)
                if any(0 <= at - changed < TICK for _, changed, *_ in now):
                    return found
                known[args] = now, found
            return known[args][1]

        reader.known = known  # type: ignore[attr-defined]
        return reader

    return kept


def _state(path: Path) -> tuple[Path, float, int, int, int]:
    """What tells a file from another one in its place; of one that is not there, only where it would be."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return path, 0.0, 0, 0, 0
    return path, found.st_mtime, found.st_mtime_ns, found.st_size, found.st_ino


def refuse_carried(path: Path) -> None:
    """Stop at a place that is part of what the package ships, but for a clone that is one's own workspace.

    Raises
    ------
    Carried
        If it is.
    """
    shipped = SHIPPED / "data"
    if path.is_relative_to(shipped) and (SHIPPED == PACKAGE or LAYERS["data"][0] != shipped):
        raise Carried(path.relative_to(shipped).as_posix())


def running_in() -> Path:
    """The folder notebooks are run in: one's own of notebooks, else the workspace, else the working directory; never the package."""
    own = LAYERS["notebooks"][0]
    return own if own.is_dir() and not own.is_relative_to(PACKAGE) else WORKSPACE or _folder()


@contextlib.contextmanager
def held(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold a place for one process at a time by the lock file `path`; the system lets go of it when the process ends.

    Raises
    ------
    Held
        If another process holds it and `wait` is not asked for.
    NotWritable
        If the lock file cannot be made.
    """
    import filelock

    refuse_carried(path)
    said = path.with_name(f"{path.name}.by")
    lock = filelock.FileLock(path, timeout=-1 if wait else 0, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(poll_interval=0.1)
    except filelock.Timeout as error:
        raise Held(_holder(said)) from error
    except OSError as error:
        raise NotWritable(error.strerror) from error
    try:
        with contextlib.suppress(OSError):
            said.write_text(json.dumps({"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}), "utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            said.unlink(missing_ok=True)
        lock.release()


def _holder(said: Path) -> dict:
    try:
        by = json.loads(said.read_text("utf-8"))
        return {"pid": by["pid"], "since": by["since"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file to write beside the place of `path`, put there whole when the block ends well, and gone when it does not.

    Its name says whose it is (`.making-<process>.<second it began>-`), so that the next run can take away what a killed one
    left: see `swept`.

    Raises
    ------
    NotWritable
        If folder or file cannot be written.
    """
    refuse_carried(path)
    new = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        swept(path.parent)
        handle, name = tempfile.mkstemp(prefix=making(), suffix=path.suffix, dir=path.parent)
        os.close(handle)
        new = Path(name)
        yield new
        new.chmod(0o666 & ~_umask())
        with new.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(new, path)
        _sync(path.parent)
    except OSError as error:
        raise NotWritable(error.strerror or str(error)) from error
    finally:
        if new is not None:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)


def making() -> str:
    """How the name begins of what this process is writing beside its place."""
    return f"{BESIDE}{os.getpid()}.{_began(os.getpid())}-"


def put(path: Path, raw: bytes) -> None:
    """Put bytes in a file's place, whole or not at all.

    Raises
    ------
    NotWritable
        If folder or file cannot be written.
    """
    with beside(path) as new:
        new.write_bytes(raw)


def sha256(data: bytes | str) -> str:
    """Hash of bytes or of a text's UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def swept(folder: Path, put: bool = True) -> None:
    """Take away what killed processes left in a folder while writing; what a living one is writing stays.

    A set of files that was whole, of which some were in their places when its process was killed, is `put` there now.
    """
    import shutil

    for path in folder.glob(f"{BESIDE}*"):
        process, _, began = path.name.removeprefix(BESIDE).partition("-")[0].partition(".")
        if process.isdigit() and _alive(int(process), began):
            continue
        if not path.is_dir():
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        elif not put or _all_put(path / READY, folder):
            shutil.rmtree(path, ignore_errors=True)


def _all_put(ready: Path, folder: Path) -> bool:
    """Put all files of a whole set into their places; False if one could not be, as a workbook that is open on Windows."""
    files = [p for p in ready.rglob("*") if p.is_file()]
    for path in files:
        with contextlib.suppress(OSError):
            place = folder / path.relative_to(ready)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, place)
    return not any(p.exists() for p in files)


def _alive(process: int, began: str) -> bool:
    """Whether a process is at work; if it is said when it began, no other that was given its number later."""
    now = _began(process)
    return now != "" and (not began or began == now)


def _began(process: int) -> str:
    """The second in which a living process began; '' if there is none, '0' if the system does not tell."""
    import psutil

    try:
        return str(int(psutil.Process(process).create_time()))
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""
    except psutil.Error:
        return "0"


def _umask() -> int:
    """The process's mask of rights; there is no way to ask for it but to set it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    """Make a rename last through a loss of power, where the system can: some shared folders cannot, and the file is there."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
