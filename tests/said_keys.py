"""Keys of words as the source says them: whole, as a literal, or put together of fixed parts and places that something fills.

A key is said if it stands somewhere as it is, or if an f-string or sum that begins with at least one dotted part ("card.") makes
it: every place filled by a literal of the source, or by literals put together (f"{rule}_most").
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Set
from itertools import product
from math import prod
from pathlib import Path

Parts = tuple[str | None, ...]  # None: a place
PLACE: frozenset[Parts] = frozenset({(None,)})
MOST = 64  # texts that one expression may be
TEXT = re.compile(r"[A-Za-z0-9_.]*")
HEAD = re.compile(r"[a-z0-9_]+\.")  # a key's beginning
INNER = re.compile(r"^[a-z0-9_]*([a-z]_|_[a-z])[a-z0-9_]*$")  # a part of a word, such as _most
QUOTED = re.compile(r"""(["'])([\w.]+)\1""")


def files(package: Path, notebooks: Path) -> dict[str, frozenset[Parts]]:
    """What every file of the package and every notebook says, by its name."""
    code = {p.relative_to(package).as_posix(): texts_in(p.read_text("utf-8")) for p in sorted(package.rglob("*.py"))}
    pages = {p.name: frozenset((m[1],) for m in QUOTED.findall(p.read_text("utf-8"))) for p in sorted(package.rglob("*.j2"))}
    return code | pages | {p.name: texts_in(_code(p)) for p in sorted(notebooks.glob("*.ipynb"))}


def _code(notebook: Path) -> str:
    cells = (c for c in json.loads(notebook.read_text("utf-8"))["cells"] if c["cell_type"] == "code")
    return "\n".join(re.sub("^%", "# %", "".join(c["source"]), flags=re.MULTILINE) for c in cells)


def texts_in(code: str) -> frozenset[Parts]:
    """Every literal of a piece of code, and every text put together in it, as parts."""
    return frozenset(_scope(ast.parse(code), {}))


def _scope(scope: ast.AST, names: dict) -> Iterator[Parts]:
    nodes = _own(scope)
    names = names | _named(nodes)
    terms = {id(side) for n in nodes if isinstance(n, ast.BinOp) for side in (n.left, n.right) if isinstance(side, ast.BinOp)}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            yield from _scope(node, names)
        elif isinstance(node, ast.AugAssign):
            yield from _parts(node.target, names)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "contract":  # its columns are named by keywords
            yield from ((k.arg,) for k in node.keywords)
        elif isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and id(node) not in terms:
            yield from _parts(node, names)


def _own(scope: ast.AST) -> list[ast.AST]:
    """What stands in a scope; of a function inside only the function."""
    found = list(ast.iter_child_nodes(scope))
    for node in found:
        if not isinstance(node, ast.FunctionDef):
            found.extend(ast.iter_child_nodes(node))
    return found


def _named(nodes: list[ast.AST]) -> dict[str, list[ast.expr]]:
    """What names stand for: all that is given to each, a place for what comes from elsewhere, and what is added behind these."""
    plain = [pair for node in nodes for pair in _assigned(node)]
    added = [(n.target, n.value) for n in nodes if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)]
    told = {id(target) for target, _ in plain + added}
    given: dict[str, list[ast.expr]] = {}
    for target, value in plain:
        given.setdefault(target.id, []).append(value)
    for node in nodes:
        if isinstance(node, ast.arg) or (
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in told
        ):
            given.setdefault(node.arg if isinstance(node, ast.arg) else node.id, []).append(ast.Name(""))
    for target, value in added:
        before = given.setdefault(target.id, [ast.Name("")])
        before += [ast.BinOp(one, ast.Add(), value) for one in before]
    return given


def _assigned(node: ast.AST) -> Iterator[tuple[ast.Name, ast.expr]]:
    for target in node.targets if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Name):
            yield target, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from ((t, v) for t, v in zip(target.elts, node.value.elts, strict=False) if isinstance(t, ast.Name))


def _parts(node: ast.AST, names: dict) -> frozenset[Parts]:
    """The texts that an expression may be."""
    match node:
        case ast.Constant(value=str(text)) if TEXT.fullmatch(text):
            return frozenset({(text,)})
        case ast.Constant(value=str(text)) if TEXT.fullmatch(text.replace("{says}", "")):  # a template of keys
            first, *others = text.split("{says}")
            return frozenset({_folded((first, *(p for other in others for p in (None, other))))})
        case ast.FormattedValue():
            return _parts(node.value, names)
        case ast.IfExp():
            return _parts(node.body, names) | _parts(node.orelse, names)
        case ast.Name() if node.id in names:
            rest = {n: values for n, values in names.items() if n != node.id}
            return frozenset().union(*(_parts(value, rest) for value in names[node.id]))
        case ast.JoinedStr():
            return _together([_parts(v, names) for v in node.values])
        case ast.BinOp(op=ast.Add()):
            return _together([_parts(node.left, names), _parts(node.right, names)])
        case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant(value=str(between)))):
            return frozenset({(None,), (None, between, None), (None, between, None, between, None)})
    return PLACE


def _together(choices: list[frozenset[Parts]]) -> frozenset[Parts]:
    """Every text of these one behind the other; what may be very many things is a place."""
    while prod(map(len, choices)) > MOST:
        choices[choices.index(max(choices, key=len))] = PLACE
    return frozenset(_folded(sum(chosen, ())) for chosen in product(*choices))


def _folded(parts: Parts) -> Parts:
    """Parts with neighbouring texts as one."""
    out: list[str | None] = []
    for part in parts:
        if out and part is not None and out[-1] is not None:
            out[-1] += part
        elif part != "":
            out.append(part)
    return tuple(out)


class Said:
    """Whether a key is said in these texts; places are filled by them and by what stands beside them."""

    def __init__(self, texts: Set[Parts], beside: Set[Parts] = frozenset()):
        self.whole = {p[0] for p in texts if len(p) == 1}
        self.keys = [p for p in texts if len(p) > 1 and HEAD.match(p[0] or "")]
        literals = {p[0] for p in texts | beside if len(p) == 1 and p[0]}
        self.literals = literals | {x.lower() for x in literals} | {""}
        self.inner = [p for p in texts | beside if len(p) > 1 and any(INNER.search(x or "") for x in p)]

    def __contains__(self, key: str) -> bool:
        return key in self.whole or any(self._made(key, p) for p in self.keys)

    def _made(self, text: str, parts: Parts) -> bool:
        if not parts:
            return not text
        first, rest = parts[0], parts[1:]
        if first is not None:
            return text.startswith(first) and self._made(text[len(first) :], rest)
        return any(self._made(text[n:], rest) and self._fills(text[:n]) for n in range(len(text) + 1))

    def _fills(self, text: str) -> bool:
        return text in self.literals or any(self._made(text, p) for p in self.inner)
