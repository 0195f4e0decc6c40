"""Runs the commands of a page, each in a fork of one process that has everything heavy loaded and has read no data.

A fork leaves nothing behind for the next command, as a new interpreter would, but starts at once.
"""

from __future__ import annotations

import atexit
import gc
import glob
import json
import os
import runpy
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from importlib import import_module
from multiprocessing import connection, forkserver
from pathlib import Path

TESTS = Path(__file__).resolve().parent
WARM = ("scevaluation.press.warm", "scevaluation.cli")
UNPAINTED = "unpainted"
TIMEOUT = 300  # seconds one command may take


def argv_of(command: str, folder: Path) -> list[str]:
    """Words of a command line of scevaluation as a shell would hand them over; [] if it asks more of the shell."""
    if not command.startswith(("scevaluation ", "python -m scevaluation.")) or set(command) & set("|;&<>$`"):
        return []
    lexer = shlex.shlex(command, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, "#"
    out = []
    for word in lexer:
        found = sorted(glob.glob(word, root_dir=folder)) if "*" in word else []
        out += found or [word]
    return out


class Reader:
    """Someone who types what a page shows: `run` gives exit code and what was printed on both streams.

    Parameters
    ----------
    env : dict of str
        The commands' environment. The package comes from its PYTHONPATH, and reads the data of its SCEVALUATION_DATA.
    """

    def __init__(self, env: dict[str, str]):
        self.env, both = env, {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        # From the folder of tests, which holds no package: that comes from PYTHONPATH.
        self._desk = subprocess.Popen([sys.executable, "-c", "import reader; reader.serve()"], cwd=TESTS, env=env, **both)

    def run(self, folder: Path, command: str = "", code: str = "", own: bool = False) -> tuple[int, str]:
        """Run a command line or Python code in a folder; `own`: with the package that stands in the folder."""
        argv = argv_of(command, folder)
        with tempfile.NamedTemporaryFile(suffix=".txt") as out:
            if code or argv:
                asked = {"argv": argv, "code": code, "folder": str(folder), "env": self.env, "out": out.name, "own": own}
                self._desk.stdin.write(json.dumps(asked) + "\n")
                self._desk.stdin.flush()
                said = self._desk.stdout.readline()
                assert said, "the process from which commands are forked has ended"
                exit_code = int(said)
            else:
                both = {"stdout": out, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
                exit_code = subprocess.run(["bash", "-c", command], cwd=folder, env=self.env, timeout=TIMEOUT, **both).returncode
            return exit_code, Path(out.name).read_text("utf-8")

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_) -> None:
        self._desk.stdin.close()
        self._desk.wait(30)
        self._desk.stdout.close()


def serve() -> None:
    """Fork for every line of standard input; say its exit code."""
    for name in WARM:
        import_module(name)
    sys.path.append(str(TESTS))
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["argv"][1:2] == ["batch"]:
            _batches()
        child = os.fork()
        if not child:
            _obey(**asked)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


@cache
def _batches() -> None:
    """Fork the server of the children of batches off this process, once: each batch would wait seconds for its own."""
    from scevaluation.press.pool import context

    context()  # a folder for temporary files, with a name short enough for sockets
    address, (alive, hold) = connection.arbitrary_address("AF_UNIX"), os.pipe()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        if not os.fork():
            os.close(hold)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            import_module(UNPAINTED)
            forkserver.main(listener.fileno(), alive, ())
            os._exit(0)
    os.close(alive)
    known = forkserver._forkserver
    known._forkserver_address, known._forkserver_alive_fd = address, hold
    known.ensure_running = lambda: None


def _package_of(folder: str) -> None:
    """Forget the package as loaded: what is imported from here on comes from the folder."""
    for name in [n for n in sys.modules if n.partition(".")[0] == "scevaluation"]:
        del sys.modules[name]
    sys.path.insert(0, folder)
    from papermill.engines import papermill_engines

    papermill_engines.register_entry_points()


def _obey(argv: list[str], code: str, folder: str, env: dict[str, str], out: str, own: bool) -> None:
    """In the child: run, and end as an interpreter does but for taking itself to pieces."""
    signal.alarm(TIMEOUT)
    printed = os.open(out, os.O_WRONLY | os.O_APPEND)
    for stream, target in enumerate((os.open(os.devnull, os.O_RDONLY), printed, printed)):
        os.dup2(target, stream)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    if own:
        _package_of(folder)
    if argv[1:2] in (["report"], ["share"]):
        import_module(UNPAINTED)
    exit_code = 0
    try:
        _run(argv, code)
    except SystemExit as end:
        exit_code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        exit_code = 1
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_code)


def _run(argv: list[str], code: str) -> None:
    sys.argv = argv or ["-c"]
    if code:
        exec(compile(code, "<page>", "exec"), {"__name__": "__main__"})
    elif argv[0] == "python":
        sys.argv = argv[2:]
        runpy.run_module(argv[2], run_name="__main__", alter_sys=True)
    else:
        from scevaluation.cli import main

        main()
