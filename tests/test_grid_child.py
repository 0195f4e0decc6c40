"""The child that reads: its limits, its death, its replacement; a bad file costs itself."""

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from raw_books import xlsx, zipped

from scevaluation.errors import IntakeError
from scevaluation.grid import child as parent
from scevaluation.grid import worker
from scevaluation.grid.book import read_book
from scevaluation.grid.child import CHILD, Child
from scevaluation.grid.limits import Refused

FORM = xlsx('<row r="1"><c r="A1"><v>2.5</v></c></row>')
ROOM = Path(worker.__file__).parent
posix = pytest.mark.skipif(os.name != "posix", reason="limits and signals of POSIX")


@pytest.fixture
def child():
    made = Child()
    yield made
    made.close()


def value(answer):
    kind, _, sheets = answer
    return kind, sheets[0][1][0][0][0]


def stub(monkeypatch, tmp_path, code):
    """A child that does something else with the file it gets."""
    path = tmp_path / "worker.py"
    path.write_text(f"import os, signal, struct, sys, time\nsize = struct.unpack('<Q', sys.stdin.buffer.read(8))[0]\n{code}\n")
    monkeypatch.setattr(parent, "_WORKER", path)


def test_one_child_reads_one_file_after_another(child):
    assert value(child.ask(FORM)) == ("xlsx", 2.5)
    first = child.process.pid
    with pytest.raises(Refused) as caught:
        child.ask(zipped({"a": "b"}))
    assert caught.value.problem == "file_no_workbook"
    assert value(child.ask(FORM)) == ("xlsx", 2.5) and child.process.pid == first


@posix
def test_a_child_that_is_killed_is_started_again(child):
    child.ask(FORM)
    os.kill(child.process.pid, signal.SIGKILL)
    assert value(child.ask(FORM)) == ("xlsx", 2.5)
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert value(child.ask(FORM)) == ("xlsx", 2.5)


@posix
def test_a_file_that_kills_its_reader_costs_only_itself(child, monkeypatch, tmp_path):
    with monkeypatch.context() as other:
        stub(other, tmp_path, "sys.stdin.buffer.read(size)\nos.kill(os.getpid(), signal.SIGKILL)")
        with pytest.raises(Refused) as caught:
            child.ask(FORM)
    assert caught.value.problem == "file_ends_reader"
    assert value(child.ask(FORM)) == ("xlsx", 2.5)


def test_a_child_that_hangs_is_ended_by_the_parents_clock(monkeypatch, tmp_path):
    hangs = Child(seconds=0.5)
    stub(monkeypatch, tmp_path, "time.sleep(60)")
    start = time.monotonic()
    with pytest.raises(Refused) as caught:
        hangs.ask(b"a" * 2**20)  # more than a pipe holds: the parent waits while writing
    assert caught.value.problem == "file_too_slow" and time.monotonic() - start < 10
    assert hangs.process is None


@posix
def test_memory_ends_where_it_is_limited():
    code = f"import sys; sys.path.insert(0, {str(ROOM.parents[1])!r})\nfrom scevaluation.grid import worker\n"
    code += "import resource\nworker.limited(512 * 2**20)\n"
    code += "print(worker.answers(lambda raw: len(b'a' * 2**30), LookupError, b''))\n"
    code += "print([resource.getrlimit(getattr(resource, 'RLIMIT_' + n))[0] for n in ('AS', 'CORE', 'FSIZE')])\n"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code], stdout=subprocess.PIPE, check=True)
    said, limits = run.stdout.decode().splitlines()
    assert said == "(('refused', 'file_memory', '', 'only_the_table'), False)" and limits == f"[{512 * 2**20}, 0, 0]"


def test_a_child_out_of_memory_gives_way_to_a_new_one(child, monkeypatch, tmp_path):
    with monkeypatch.context() as other:
        said = "marshal.dumps(('refused', 'file_memory', '', 'only_the_table'))"
        stub(other, tmp_path, f"import marshal\nsys.stdin.buffer.read(size)\nraw = {said}\n"
             "sys.stdout.buffer.write(struct.pack('<Q', len(raw)) + raw)\nsys.stdout.flush()\ntime.sleep(60)")  # fmt: skip
        with pytest.raises(Refused) as caught:
            child.ask(FORM)
    assert caught.value.problem == "file_memory" and child.process is None
    assert value(child.ask(FORM)) == ("xlsx", 2.5)


def test_answers_of_a_file_that_cannot_be_read():
    def fails(error):
        def read(_):
            raise error

        return worker.answers(read, Refused, b"")

    assert fails(Refused("file_old", "x", "save_as_xlsx")) == (("refused", "file_old", "x", "save_as_xlsx"), True)
    assert fails(MemoryError())[0][1] == fails(RecursionError())[0][1] == "file_memory"


@posix
def test_a_fork_gets_a_child_of_its_own():
    read_book(FORM, "form.xlsx")
    before = CHILD.process.pid
    pid = os.fork()
    if not pid:
        good = CHILD.process is None and read_book(FORM, "form.xlsx").grids[0].rows[0][0].value == 2.5
        good = good and CHILD.process.pid != before
        CHILD.close()
        os._exit(0 if good else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert read_book(FORM, "form.xlsx").grids[0].rows[0][0].value == 2.5 and CHILD.process.pid == before


def test_threads_take_turns(child):
    found = []
    threads = [threading.Thread(target=lambda: found.append(value(child.ask(FORM)))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [("xlsx", 2.5)] * 6


def test_nothing_is_left_running_when_the_program_ends():
    code = "from raw_books import xlsx\nfrom scevaluation.grid.child import CHILD\n"
    code += 'CHILD.ask(xlsx(\'<row r="1"><c r="A1"><v>1</v></c></row>\'))\nprint(CHILD.process.pid)'
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOM.parents[1]), str(Path(__file__).parent)])}
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env=env, check=True)
    assert run.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(run.stdout), 0)


def test_the_child_loads_nothing_but_the_standard_library():
    room = [p for p in ROOM.glob("*.py") if p.stem in ("worker", "reading", "kinds", "archive", "sheet", "styles", "xlsx", "ods",
            "ods_styles", "page", "formats", "cell", "limits")]  # fmt: skip
    for path in room:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                own = name.startswith("scevaluation.grid.") or name == "scevaluation.grid"
                assert own or name.partition(".")[0] in sys.stdlib_module_names, f"{path.name}: {name}"
    assert len(room) == 13


def test_a_bomb_is_refused_as_quickly_as_an_empty_file():
    read_book(FORM, "form.xlsx")
    bomb = xlsx(behind="<a/>" * 30_000_000)
    start = time.monotonic()
    with pytest.raises(IntakeError) as caught:
        read_book(bomb, "bomb.xlsx")
    assert time.monotonic() - start < 0.3 and caught.value.issues[0]["problem"] == "file_unpacks"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("<a>" * 2_000_000, "file_strange"),
        ("".join(f"<row>{'<c><v>1</v></c>' * 100}</row>" for _ in range(5_001)), "file_too_many_cells"),
    ],
    ids=["nested", "filled"],
)
def test_what_goes_over_a_limit_costs_only_itself(data, problem):
    with pytest.raises(IntakeError) as caught:
        read_book(xlsx(data), "large.xlsx")
    assert caught.value.issues[0] | {"file": "large.xlsx", "problem": problem} == caught.value.issues[0]
    assert read_book(FORM, "form.xlsx").grids[0].rows[0][0].value == 2.5


def test_a_hundred_thousand_styled_rows_cost_what_is_filled():
    empty = "".join(f'<row r="{r}"><c r="A{r}" s="1"/><c r="G{r}" s="1"/></row>' for r in range(2, 100_000))
    book = read_book(xlsx(f'<row r="1"><c r="A1"><v>2.5</v></c></row>{empty}'), "styled.xlsx")
    assert {r: len(line) for r, line in book.grids[0].rows.items()} == {0: 1}
