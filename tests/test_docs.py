"""The book: every block does what it says, every error and message is explained, and the pages made of it need no network."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path

import pytest
from book import (
    PAGES,
    ROOT,
    RUN,
    Step,
    asked,
    by_hand,
    changes_package,
    checkout,
    commands,
    in_indonesian,
    missing_line,
    other_words,
    steps,
    told_in_indonesian,
    written,
)
from reader import Reader

from scevaluation import errors
from scevaluation.words import catalogue

# Commands that a page shows and this test does not run: it only checks that they and their options exist.
NOT_RUN = {
    "make report": "sets up the environment; tests/test_readme.py runs it in a fresh clone",
    "conda env create": "installs an environment",
    "conda activate": "belongs to the reader's own shell",
    ". .venv/bin/activate": "belongs to the reader's own shell",
    "scevaluation batch --national": "makes 130 reports",
    "scevaluation site --": "makes hundreds of reports",
    "scevaluation batch contoh": "makes the reports of fifteen rounds",
    "dask ": "stays open until it is closed; tests/test_cluster.py makes reports on a cluster",
}
# Lines that an Indonesian block says otherwise without being run too, for what it costs or because it needs the Indonesian blocks
# before it: they are compared by the messages that both are made of.
BY_WORDS: dict[str, tuple[Callable[[dict], str], ...]] = {
    "site": (lambda c: c["site.made"],),
    "batch": (
        lambda c: c["batch.done"],
        lambda c: " ".join(c["batch.head." + head] for head in ("programme", "made", "unchanged", "failed", "seconds")),
        lambda c: "{job}: " + c["batch.why.new"],
        lambda c: "{job}: " + c["batch.why.input"],
        lambda c: c["batch.failure"].replace("{why}", c["batch.late"]),
        lambda c: c["verify.counts"],
    ),
    "round": (lambda c: "{job}: {file}: " + c["verify.input_changed"], lambda c: c["verify.counts"]),
}
BIN = Path(sys.executable).parent
DOCS = ROOT / "docs"
INDONESIAN = [p for p in PAGES if p.parent.name == "id"]
WITH_BLOCKS = [p for p in PAGES if any(s.kind in RUN for s in steps(p))]


def _why_not(command: str) -> str:
    return next((why for start, why in NOT_RUN.items() if command.startswith(start)), "")


def _env(folder: Path) -> dict[str, str]:
    own = {"SCEVALUATION_DATA": str(folder / "data"), "SCEVALUATION_REPORTS": str(folder / "reports"), "COLUMNS": "200"}
    own |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # commands are forked: no threads of libraries
    return os.environ | own | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A place to work and one who works there; every page gets the place anew, as a checkout without reports."""
    folder = tmp_path_factory.mktemp("book") / "checkout"
    with Reader(_env(folder)) as reader:
        yield folder, reader


def _beside(page: Path) -> list[Step | None]:
    """For each step of a page what the Indonesian one prints in other words, which has to be run too; None where it does not."""
    other = in_indonesian(page)
    if other is None:
        return [None] * len(steps(page))
    both = zip(steps(page), steps(other), strict=True)
    return [None if all(a == b or _by_words(page.stem, a, b) for a, b in _lines(s, t)) else other_words(s, t) for s, t in both]


def _lines(step: Step, indonesian: Step) -> list[tuple[str, str]]:
    """What a block and the Indonesian one print, line beside line; "" where one has fewer."""
    both = (told_in_indonesian(step), indonesian) if step.kind == "console" else ()
    return list(zip_longest(*([line for _, lines in commands(s) for line in lines] for s in both), fillvalue=""))


def _by_words(page: str, line: str, indonesian: str) -> list[Callable[[dict], str]]:
    """Of the page's messages that are compared those which both lines are, with the same in their places."""
    return [m for m in BY_WORDS.get(page, ()) if (said := _said(m, "en", line)) is not None and said == _said(m, "id", indonesian)]


def _said(message: Callable[[dict], str], lang: str, line: str) -> dict | None:
    """What stands in the places of a message, numbers in one form; None if the line is another one."""
    found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(message(catalogue(lang)))), line)
    return {k: v.replace(",", ".") for k, v in found.groupdict().items()} if found else None


def _try(folder: Path, run, step) -> None:
    """Do a step and put everything back as it was."""
    aside = folder.with_name("aside")
    shutil.copytree(folder, aside)
    try:
        _do(folder, run, step)
    finally:
        shutil.rmtree(folder)
        aside.rename(folder)


def _do(folder: Path, run, step) -> None:
    if step.kind == "hand":
        return by_hand(folder, step.text)
    if step.kind in ("file", "append", "change"):
        return written(folder, step)
    if step.kind == "python":
        code, printed = run(code=step.text)
        wrong = missing_line([" ".join(p.split()) for p in step.prints.splitlines() if p.strip()], printed) if step.prints else ""
        assert code == 0 and not wrong, f"{step.text}\nshould print: {wrong}\nprinted:\n{printed}"
        return None
    lines = [(c, e) for c, e in commands(step) if not _why_not(c)]
    for n, (command, expected) in enumerate(lines, 1):
        code, printed = run(command)
        assert (code != 0) == (step.fails and n == len(lines)), f"{command}\n{printed}"
        wrong = missing_line(expected, printed) if step.kind == "console" else ""
        assert not wrong, f"{command}\nshould print: {wrong}\nprinted:\n{printed}"
    return None


@pytest.mark.slow
@pytest.mark.xdist_group("book")
@pytest.mark.skipif(not hasattr(os, "fork") or shutil.which("bash") is None, reason="fork and bash are needed")
@pytest.mark.parametrize("page", [p for p in WITH_BLOCKS if p not in INDONESIAN], ids=lambda p: p.stem)
def test_every_block_of_a_page_runs_and_prints_what_stands_there(page, desk):
    folder, reader = desk
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    checkout(folder, whole=changes_package(page))
    run = partial(reader.run, folder)
    for step, indonesian in zip(steps(page), _beside(page), strict=True):
        if step.place.startswith("scevaluation/"):
            run = partial(reader.run, folder, own=True)  # from here on the page's own copy of the package
        if indonesian:
            _try(folder, run, indonesian)
        _do(folder, run, step)


NOTE = re.compile(r" +#.*")  # what a page notes behind a line, in its own language
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _fenced(page: Path) -> list[tuple[str, str]]:
    """Blocks of a page other than of commands, each with its language."""
    return [(kind, NOTE.sub("", text)) for kind, text in FENCED.findall(page.read_text("utf-8")) if kind != "console"]


def _indented(page: Path) -> list[str]:
    """Lines of a page that are set as code without being run; what a person notes behind them is left off."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    code = [line for line in lines if not line.startswith(("failed: ", "gagal: "))]
    return [re.sub(r"\ben\b", "id", NOTE.sub("", line.replace(" --lang en", ""))) for line in code]


@pytest.mark.parametrize("page", INDONESIAN, ids=lambda p: p.stem)
def test_an_indonesian_page_has_the_blocks_of_the_english_one(page):
    english = DOCS / page.name
    for own, other in zip(steps(english), steps(page), strict=True):
        assert (own.kind, own.place, own.fails, own.prints) == (other.kind, other.place, other.fails, other.prints), own.text
        if own.kind == "console":
            assert asked(told_in_indonesian(own)) == asked(other)
    assert _fenced(english) == _fenced(page)
    assert _indented(english) == _indented(page)
    assert f"](../{page.name})" in page.read_text("utf-8").split("\n\n")[1]
    assert f"](id/{page.name})" in english.read_text("utf-8").split("\n\n")[1]


@pytest.mark.parametrize("page", BY_WORDS)
def test_what_an_indonesian_block_prints_without_being_run_is_the_same_message(page):
    both = zip(steps(DOCS / f"{page}.md"), steps(DOCS / "id" / f"{page}.md"), strict=True)
    lines = [pair for s, t in both for pair in _lines(s, t) if pair[0] != pair[1]]
    found = [_by_words(page, *pair) for pair in lines]
    assert {m for each in found for m in each} == set(BY_WORDS[page])
    assert page == "round" or all(found), [pair for pair, each in zip(lines, found, strict=True) if not each]


def test_what_an_indonesian_block_prints_in_other_words_is_run():
    shown = [t for p in PAGES if p not in INDONESIAN for t in _beside(p) if t]
    assert len(shown) > 15
    assert any("kesalahan" in t.text for t in shown) and not any("--lang" in t.text for t in shown)


def _options() -> dict[str, set[str]]:
    """Options of every command of scevaluation, as its own parser knows them."""
    from typer.main import get_command

    from scevaluation.cli import app

    return {n: {o for p in c.params for o in (*p.opts, *p.secondary_opts)} | {"--help"} for n, c in get_command(app).commands.items()}


def _shown() -> list[tuple[str, str]]:
    """Every command that a page shows in a block, with its page."""
    return [(p.name, c) for p in WITH_BLOCKS for s in steps(p) if s.kind in ("console", "sh") for c, _ in commands(s)]


def test_every_command_and_option_that_a_page_shows_exists():
    known, targets = _options(), set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page, command in _shown():
        words = shlex.split(command, comments=True)
        if words[0] == "make":
            assert set(words[1:]) <= targets, f"{page}: {command}"
        elif words[0] == "scevaluation" and words[1:2] != ["--help"]:
            assert words[1] in known, f"{page}: {command}"
            assert {w.partition("=")[0] for w in words if w.startswith("--")} <= known[words[1]], f"{page}: {command}"


def test_every_command_named_inside_a_sentence_exists():
    known = _options()
    for page in PAGES:
        text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for name, rest in re.findall(r"`scevaluation ([a-z]+)((?: [^`]*)?)`", text):
            assert name in known, f"{page.name}: {name}"
            assert set(re.findall(r"--[a-z-]+", rest)) <= known[name], f"{page.name}: {name}{rest}"


@pytest.mark.parametrize("page", ["batch.md", "id/batch.md"])
def test_every_option_of_a_batch_is_explained(page):
    text = (DOCS / page).read_text("utf-8")
    known = {o for o in _options()["batch"] - {"--help"} if o.startswith("--") and not o.startswith("--no-")}
    assert {o for o in known if f"`{o}`" not in text} == set()


def test_what_is_not_run_is_shown_somewhere_and_has_a_reason():
    shown = [c for _, c in _shown()]
    for start, why in NOT_RUN.items():
        assert why and any(c.startswith(start) for c in shown), start


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", text):
            goal = (page.parent / target) if target else page
            assert goal.exists(), f"{page.name}: {target}"
            if anchor:
                heads = re.findall(r"^#+ (.+)$", goal.read_text("utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in heads}, f"{page.name}: #{anchor}"


def test_the_file_that_a_block_belongs_to_is_named_above_it():
    for page in WITH_BLOCKS:
        parts = re.split(r"^<!-- (?:file|append|change): (.*?) -->$", page.read_text("utf-8"), flags=re.MULTILINE)
        for above, place in zip(parts[::2], parts[1::2], strict=False):
            assert Path(place).name in above.rpartition("```")[2], f"{page.name}: {place}"


@pytest.mark.parametrize("page", ["faq.md", "id/faq.md"])
def test_every_class_of_error_is_explained(page):
    text = (DOCS / page).read_text("utf-8")
    kinds = [v.__name__ for v in vars(errors).values() if isinstance(v, type) and issubclass(v, errors.EvaluationError)]
    assert len(kinds) >= 10
    assert [k for k in kinds if f"`{k}`" not in text] == []


def _template(text: str) -> str:
    """A message as the book prints it: what differs from case to case is …."""
    return re.sub(r"\{\w+\}", "…", text)


@pytest.mark.parametrize(("page", "lang"), [("faq.md", "id"), ("faq.md", "en"), ("id/faq.md", "id")])
def test_every_message_of_the_check_is_explained_in_its_words_of_today(page, lang):
    text = (DOCS / page).read_text("utf-8")
    messages = {k: _template(m) for k, m in catalogue(lang).items() if k.startswith("issue.")}
    assert len(messages) > 40
    assert {k: m for k, m in messages.items() if m not in text} == {}


class _Asked(HTMLParser):
    """What a page fetches when it is opened: scripts, styles, pictures, fonts; links that a reader follows are not fetched."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        fetched = [a.get("src"), a.get("srcset"), a.get("poster"), a.get("data") if tag == "object" else None]
        fetched += [a.get("href")] if tag == "link" and a.get("rel") not in ("canonical", "edit") else []
        self.found += [f for f in fetched if f]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs")
    out = tmp_path_factory.mktemp("book") / "site"
    argv = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.mark.slow
def test_the_book_as_pages_asks_nothing_of_the_network(site):
    pages = [p for p in site.rglob("*.html") if "sample" not in p.parts]
    assert len(pages) > 8
    for page in pages:
        parser = _Asked()
        parser.feed(page.read_text("utf-8"))
        assert parser.found and not [f for f in parser.found if re.match(r"(?:https?:)?//", f)], page
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?\s*(?:https?:)?//", style.read_text("utf-8")), style


@pytest.mark.slow
def test_every_page_of_the_book_is_in_its_contents(site):
    contents = (site / "index.html").read_text("utf-8")
    pages = [p.relative_to(DOCS).with_suffix(".html").as_posix() for p in (*DOCS.glob("*.md"), *INDONESIAN)]
    assert [p for p in pages if p != "index.html" and f'href="{p}' not in contents] == []


@pytest.mark.slow
def test_a_page_says_its_language_and_has_the_words_of_the_theme_in_it(site):
    for lang, folder, label in (("en", site, "Navigation menu"), ("id", site / "id", "Menu navigasi")):
        for page in folder.glob("*.html"):
            text = page.read_text("utf-8")
            assert f'lang="{lang}"' in text[:200] and f'aria-label="{label}"' in text, page


def _words_of(page: Path) -> list[tuple[str, str]]:
    """The words of a glossary, each with that of the other language."""
    return re.findall(r"^\| (?!word|istilah|-)([^|]+) \| ([^|]+) \| [^|]+ \|$", page.read_text("utf-8"), re.MULTILINE)


def test_the_glossary_has_the_words_of_the_reports_in_both_languages():
    english, indonesian = _words_of(DOCS / "glossary.md"), _words_of(DOCS / "id" / "glossary.md")
    assert len(english) > 50 and english == [(other, own) for own, other in indonesian]
    for lang, terms in (("en", english), ("id", indonesian)):
        said = "\n".join(catalogue(lang).values()).casefold()
        assert [term for term, _ in terms if term.casefold() not in said] == []
