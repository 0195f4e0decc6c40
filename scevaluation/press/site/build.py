"""The site of a folder of reports, brought up to what is made there: changed pages are copied anew, vanished ones taken out."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scevaluation.errors import EvaluationError
from scevaluation.kinds import KINDS
from scevaluation.place import sha256
from scevaluation.press.fonts import page_css
from scevaluation.press.jobs import NATION, manifests
from scevaluation.press.keys import package_hash, words_hash
from scevaluation.press.lock import locked
from scevaluation.press.pool import context, said
from scevaluation.press.report import write_together
from scevaluation.press.site.copied import STYLE, Look, copied
from scevaluation.press.site.tree import Page, Tree, ranking
from scevaluation.programme import load_programme
from scevaluation.words import LANGUAGES

FOLDER, KNOWN = "site", "site.json"
FEW = 16  # pages that are copied in this process: a start of others takes longer
CSS = Path(__file__).parents[1] / "page" / "site.css"


@dataclass(frozen=True)
class Site:
    """What became of a site: its folder, how many pages it has, how many files were written and taken out, and its size in bytes."""

    folder: Path
    pages: int
    written: int
    removed: int
    size: int


def build(
    root: Path,
    out: Path | None = None,
    look_at: Callable[[str, Mapping[str, bytes]], None] = lambda _p, _f: None,
    workers: int = 0,
) -> Site:
    """Bring the site of a folder of reports up to what is made there, in every language; no report is made.

    Parameters
    ----------
    root : Path
        Folder of reports.
    out : Path, optional
        Folder of the site; default `site` in that of the reports.
    look_at : callable of a programme and files
        The last look at what is about to be written; raises to stop it.
    workers : int
        Pages copied at a time; 0: one a core.

    Raises
    ------
    ReportError
        If the folder cannot be written.
    """
    folder = out or root / FOLDER
    entries = [(p.with_suffix(".html"), e) for p, e in manifests(root) if e and e["kind"] in KINDS and e["lang"] in LANGUAGES]
    tree = Tree(Page(e, p.relative_to(root).as_posix()) for p, e in entries if p.is_file())
    work = _Work(root, folder, tree, _known(folder), look_at, workers)
    try:
        work.all()
        removed = work.swept()
    finally:
        work.remember()
    pages = sum(n.endswith(".html") and bool(page["files"]) for n, page in work.now.items())
    return Site(folder, pages, work.written, removed, work.size())


class _Work:
    """One run: what stands there, what has to be written."""

    def __init__(
        self, root: Path, folder: Path, tree: Tree, known: dict, look_at: Callable[[str, Mapping[str, bytes]], None], workers: int
    ):
        self.root, self.folder, self.tree, self.known, self.look_at, self.workers = root, folder, tree, known, look_at, workers
        self.public = any(p.entry.get("public") for p in tree.pages)
        self.made_by = [package_hash(), *(words_hash(lang) for lang in tree.langs)]
        self.now: dict[str, dict] = {}  # name of a page: its key, and its files' hashes
        self.written, self.ended = 0, False
        self._nations: dict = {}

    def all(self) -> None:
        """Everything, in an order in which what is linked to comes first."""
        sheet = (page_css() + CSS.read_text("utf-8")).encode()
        self.put(STYLE, [sha256(sheet)], partial(dict, {STYLE: sheet}))
        cells = self.cells()
        looks = [(page, self.tree.look(page, cells)) for page in self.tree.pages]
        made_from = [[page.entry["outputs"].get(page.href.rsplit("/", 1)[1]), vars(look)] for page, look in looks]
        each = list(zip(looks, made_from, strict=True))
        stale = [(page.href, look) for (page, look), parts in each if not self.stands(page.href, parts)]
        copies = _copies(self.root, stale, self.workers)
        for (page, _), parts in each:
            self.put(page.href, parts, copies.__next__, page.programme)
        of: list = [{r: [p.entry.get("key") for p in self.tree.pages if p.programme == NATION and p.round == r] for r in self.tree.letters}]
        of.append(sorted(p.href for p in self.tree.pages))
        for lang in self.tree.langs:
            for name in self.tree.letters:
                self.put(ranking(name, lang), of, partial(self.ranked, name, lang))
            said = [[p.href, p.text, p.entry["headline"], p.entry.get("label")] for p in self.tree.pages if p.lang == lang]
            self.put(self.tree.start(lang), [*of, said], partial(self.start, lang))

    def start(self, lang: str) -> dict[str, bytes]:
        """The start page in a language."""
        from scevaluation.press.site.pages import start

        return {self.tree.start(lang): start(self.tree, lang, self.nations()).encode()}

    def ranked(self, name: str, lang: str) -> dict[str, bytes]:
        """The page that ranks the regions of a letter."""
        from scevaluation.press.site.pages import rank_page

        return {ranking(name, lang): rank_page(self.tree, self.nations()[name], self.nations(), lang).encode()}

    def cells(self) -> dict[tuple[str, str, str], str]:
        """The pages with the cells that scored rounds were read from, by programme, round and language."""
        out = {}
        for key in self.tree.by:
            programme, name, lang = key
            page = self.tree.find(programme, name, lang)
            if page is None:
                continue
            out[key] = href = f"{programme}/{name}/cells.{lang}.html"
            others = [[p.href, p.text] for p in self.tree.by[key].values()]
            if not self.put(href, [page.entry.get("key"), others], partial(self.read, key, href), programme):
                del out[key]
        return out

    def read(self, key: tuple[str, str, str], href: str) -> dict[str, bytes]:
        """The page of a round's cells; nothing where its files cannot be read any more."""
        from scevaluation.intake import release
        from scevaluation.intake.check import load_scores
        from scevaluation.press.site.pages import cells_page

        programme, name, lang = key
        try:
            plan = load_programme(programme)
            scores, _ = load_scores(plan, name)
            instrument = plan.instrument(name)
            plan = release.public(plan) if self.public else plan
        except EvaluationError:
            return {}
        scores = scores[scores["round"] == name]
        return {href: cells_page(self.tree, plan, name, lang, scores, instrument, self.public).encode()}

    def nations(self) -> dict:
        """The letters' tables, evaluated once where any page needs them."""
        if not self._nations:
            from scevaluation.evaluate.national import evaluate_nation

            self._nations = {r: evaluate_nation(r) for r in self.tree.letters}
        return self._nations

    def put(self, name: str, made_from: list, make: Callable[[], Mapping[str, bytes]], programme: str = "") -> bool:
        """A page in its place: what stands there, if it was made from the same and is whole, else made anew; whether there is one."""
        if self.stands(name, made_from):
            self.now[name] = self.known[name]
            return bool(self.now[name]["files"])
        files = make()
        self.look_at(programme, files)
        new = {n: data for n, data in files.items() if n == name or not _same(self.folder / n, len(data))}
        if new:
            write_together(self.folder, new)
        self.written += len(new)
        self.now[name] = {"key": self.key(made_from), "files": {n: len(data) for n, data in files.items()}}
        return bool(files)

    def key(self, made_from: list) -> str:
        """The hash of all that a page is made of."""
        return sha256(json.dumps([self.made_by, made_from], sort_keys=True, ensure_ascii=False))

    def stands(self, name: str, made_from: list) -> bool:
        """Whether a page made from that stands in its place, whole."""
        if not (old := self.known.get(name)) or old["key"] != self.key(made_from):
            return False
        return all(_same(self.folder / n, size) for n, size in old["files"].items())

    def swept(self) -> int:
        """Take out what is no longer of the site, and say how much that was."""
        self.ended = True
        kept = {n for page in self.now.values() for n in page["files"]}
        gone = {n for page in self.known.values() for n in page["files"]} - kept
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # a folder that still holds something stays
                for above in (self.folder / name).parents:
                    if above == self.folder:
                        break
                    above.rmdir()
        return len(gone)

    def remember(self) -> None:
        """Write down what stands there, last of all; of a run that was stopped also what it did not come to."""
        gone = {name: page for name, page in self.known.items() if not self.ended}
        if (now := {**gone, **self.now}) != self.known:
            write_together(self.folder, {KNOWN: json.dumps(now, indent=0, sort_keys=True, ensure_ascii=False) + "\n"})

    def size(self) -> int:
        """Bytes of the site."""
        return sum({n: size for page in self.now.values() for n, size in page["files"].items()}.values())


def _copies(root: Path, stale: Sequence[tuple[str, Look]], workers: int) -> Iterator[Mapping[str, bytes]]:
    """The site's copies of pages in their order, made by that many processes; here, where few are to be made or processes are lost or
    not to be had."""
    done = 0
    if len(stale) >= FEW:
        with contextlib.suppress(BrokenExecutor, OSError), ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context()) as pool:
            for files in pool.map(partial(_copy, root), stale, chunksize=4):
                done += 1
                yield files
    yield from map(partial(_copy, root), stale[done:])


def _copy(root: Path, page: tuple[str, Look]) -> dict[str, bytes]:
    """The site's copy of a report's page, and its pictures."""
    href, look = page
    text, pictures = copied((root / href).read_text("utf-8"), look, page_css())
    return {**pictures, href: text.encode()}


def _known(folder: Path) -> dict:
    """What a run before wrote down; nothing where that cannot be read."""
    try:
        found = json.loads((folder / KNOWN).read_text("utf-8"))
        return found if all({"key", "files"} <= page.keys() for page in found.values()) else {}
    except (OSError, ValueError, AttributeError):
        return {}


def _same(path: Path, size: int) -> bool:
    """Whether a file stands there in the size it was written in."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def refresh(root: Path, lang: str, workers: int = 0) -> str:
    """The site of a folder of reports brought up to what was made, as after a batch; why it could not be, in a language, "" if it was."""
    try:
        with locked(root, wait=True):
            build(root, workers=workers)
    except (EvaluationError, OSError) as error:
        return said(error, lang)
    return ""
