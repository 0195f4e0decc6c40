"""Strict YAML: a mapping whose keys stand once, and the line of everything in it, so that what is wrong can be named there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from scevaluation.errors import EvaluationError
from scevaluation.grid.table import bytes_if_there, near_of, text_of
from scevaluation.issues import issue, refusal, sentence
from scevaluation.words import CHECK, words

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is at hand, ten times as fast
NODES = 200_000  # that a file may hold, what it repeats by reference counted again
M = TypeVar("M", bound=BaseModel)
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
TYPES = {  # pydantic's name of an error: ours, and the remedy
    "string_pattern_mismatch": ("not_plain", "write_plain"),
    "finite_number": ("not_finite", "correct_value"),
    "literal_error": ("none_of", "correct_value"),
    "tuple_type": ("no_list", "write_list"),
    **dict.fromkeys(("string_type", "invalid_key"), ("no_text", "quote_text")),
    **dict.fromkeys(("float_type", "float_parsing"), ("no_number", "write_number")),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), ("not_whole", "correct_value")),
    **dict.fromkeys(("bool_type", "bool_parsing"), ("no_flag", "write_flag")),
    **dict.fromkeys(("model_type", "model_attributes_type"), ("no_mapping", "write_keys")),
}
BOUNDS = {"greater_than": ("gt", ">"), "greater_than_equal": ("ge", "\u2265")}
BOUNDS |= {"less_than": ("lt", "<"), "less_than_equal": ("le", "\u2264")}


class Wrong(ValueError):
    """What a model finds wrong with itself: raised in validators, a row of ISSUES once the file and the line are known.

    `at` is the way from the model to the part that is meant.
    """

    def __init__(self, problem: str, found="", expected="", remedy: str = "correct_value", at: tuple = ()):
        self.problem, self.found, self.expected, self.remedy, self.at = problem, found, expected, remedy, at
        super().__init__(problem)

    def __str__(self) -> str:
        return sentence(self.about("", ""), words("en", CHECK), place=False)

    def about(self, file: str, cell: str) -> dict:
        """It as a row of ISSUES."""
        return issue(file, cell, self.problem, "error", self.found, self.expected, self.remedy)


class Document(dict):
    """What a YAML file says, knowing the line of each part."""

    def __init__(self, file: str, data: dict, root: yaml.MappingNode):
        self.file, self._root = file, root
        super().__init__(data)

    def at(self, path: Sequence = ()) -> str:
        """Place of a part by its keys and numbers: "line 3, scale.high"; of one that is not there, where it belongs."""
        node, line, names = self._root, self._root.start_mark.line, []
        for part in path:
            key, node = _step(node, part)
            if node is None:
                names += [part] if isinstance(part, str) else []
                break
            line = key.start_mark.line
            names.append(part + 1 if key is node else key.value)
        return f"line {line + 1}" + (f", {'.'.join(map(str, names))[:80]}" if names else "")

    def issue(self, path: Sequence, problem: str, found="", expected="", remedy: str = "correct_value", severity="error") -> dict:
        """A row of ISSUES about a part."""
        return issue(self.file, self.at(path), problem, severity, found, expected, remedy)


def _step(node, part):
    """The node of a key (of an entry of a list: the entry) and that of its value; a number in a mapping counts its sorted keys."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    if isinstance(node, yaml.MappingNode) and isinstance(part, int):
        pairs = sorted(node.value, key=lambda pair: str(pair[0].value))
        return pairs[part] if part < len(pairs) else (None, None)
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == part), (None, None))
    return None, None


def read_yaml(path: Path, kind: type[EvaluationError], absent: Callable[[], dict] | None = None) -> Document:
    """Read a YAML file that must hold a mapping.

    Raises
    ------
    EvaluationError
        Of that class: not there (`absent` says it), not UTF-8, no YAML, empty, no mapping, a key twice; each with its line.
    """
    raw = bytes_if_there(path, kind)
    if raw is None:
        raise refusal(kind, [absent() if absent else issue(path.name, "", "not_there", remedy="check_folder")])
    return parse(text_of(raw, path.name, kind), path.name, kind)


def parse(text: str, file: str, kind: type[EvaluationError]) -> Document:
    """The same of a text that was read from `file`."""
    try:
        return _parsed(text, file, kind)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise refusal(kind, [issue(file, f"line {line}", "yaml_character", remedy="correct_line")]) from error
    except yaml.MarkedYAMLError as error:
        raise refusal(kind, [_syntax(text, file, error)]) from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise refusal(kind, [issue(file, "", "yaml_value", remedy="correct_line")]) from error


def _parsed(text: str, file: str, kind: type[EvaluationError]) -> Document:
    loader = LOADER(text)
    try:
        root = loader.get_single_node()
        if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
            raise refusal(kind, [issue(file, "", "empty_file", remedy="copy_file")])
        if not isinstance(root, yaml.MappingNode):
            raise refusal(kind, [issue(file, "line 1", "no_mapping", remedy="copy_file")])
        scan = _Scan(file)
        if wrong := [issue(file, "", "yaml_large", found=NODES, remedy="shorten")] if scan.size(root) > NODES else scan.wrong:
            raise refusal(kind, wrong)
        return Document(file, _constructed(loader, root), root)
    finally:
        loader.dispose()


def _constructed(loader, root: yaml.Node) -> dict:
    """The document's values; a tag that does not fit its value ("!!timestamp x") fails in the library in many ways."""
    try:
        return loader.construct_document(root)
    except (AttributeError, LookupError, TypeError, ArithmeticError) as error:
        raise yaml.YAMLError from error


class _Scan:
    """One walk through a file's nodes: keys that stand twice, numbers that would be read otherwise than written, and how many nodes."""

    def __init__(self, file: str):
        self.file = file
        self.sizes: dict[int, int] = {}
        self.wrong: list[dict] = []

    def size(self, node) -> int:
        """Nodes in a node; one that holds itself has endless many."""
        if isinstance(node, yaml.ScalarNode):
            if node.tag in _NUMBERS:
                self._plain(node)
            return 1
        known = self.sizes.get(id(node))
        if known is not None:
            return known
        self.sizes[id(node)] = NODES + 1
        if isinstance(node, yaml.MappingNode):
            self._twice(node)
        parts = chain.from_iterable(node.value) if isinstance(node, yaml.MappingNode) else node.value
        total = self.sizes[id(node)] = 1 + sum(map(self.size, parts))
        return total

    def _twice(self, node) -> None:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if isinstance(key.value, str) and key.value in seen:
                self._add(line, "key_twice", key.value, seen[key.value], "keep_one")
            elif isinstance(key.value, str):
                seen[key.value] = line

    def _plain(self, node) -> None:
        """Numbers that YAML reads as another: 010 is eight, 1:30 is ninety, 1_0 is ten."""
        text = node.value.lstrip("+-")
        if ":" in text or "_" in text or (text[:1] == "0" and text[1:2].isalnum()):
            self._add(node.start_mark.line + 1, "odd_number", node.value, "", "quote_text")

    def _add(self, line: int, problem: str, found, expected, remedy: str) -> None:
        self.wrong.append(issue(self.file, f"line {line}", problem, "error", found, expected, remedy))


def _syntax(text: str, file: str, error: yaml.MarkedYAMLError) -> dict:
    """A syntax error in our words: the line, as it stands there."""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    rows = text.split("\n")
    said = rows[line] if line < len(rows) else ""
    if "\t" in said[: len(said) - len(said.lstrip())]:
        return issue(file, f"line {line + 1}", "yaml_tab", remedy="use_spaces")
    return issue(file, f"line {line + 1}", "yaml_syntax", found=said.strip()[:60] or "\u2026", remedy="correct_line")


def model(kind: type[M], document: Document, error: type[EvaluationError], **more) -> M:
    """A model made of a file and what is known beside it.

    Raises
    ------
    EvaluationError
        Of the class `error`, with everything that is wrong, each with its line.
    """
    try:
        return kind.model_validate(dict(document) | more)
    except ValidationError as found:
        raise refusal(error, issues_of(found, kind, document)) from found


def issues_of(error: ValidationError, kind: type[BaseModel], document: Document) -> list[dict]:
    """A model's errors as rows of ISSUES."""
    found = [(row["loc"], described(row, kind)) for row in error.errors(include_url=False)]
    return [wrong.about(document.file, document.at((*path, *wrong.at))) for path, wrong in found]


def described(row: Mapping, kind: type[BaseModel]) -> Wrong:
    """One of pydantic's errors in words of ours."""
    what, found, ctx = row["type"], row["input"], row.get("ctx", {})
    if isinstance(ctx.get("error"), Wrong):
        return ctx["error"]
    said = f"{found:g}" if isinstance(found, float) else found if isinstance(found, str | int) else ""
    if what == "extra_forbidden":
        near, remedy = near_of(row["loc"][-1], _fields(kind, row["loc"][:-1]), "rename_key", "delete_key")
        return Wrong("key_unknown" if not near else "key_near", row["loc"][-1], near, remedy)
    if what == "missing":
        return Wrong("key_missing", row["loc"][-1], "", "add_key")
    if what in BOUNDS:
        name, sign = BOUNDS[what]
        return Wrong("out_of_range", said, f"{sign} {ctx[name]:g}")
    if found is None or found == "":
        return Wrong("value_empty", "", _choices(ctx), "fill_value")
    problem, remedy = TYPES.get(what, ("not_allowed", "correct_value"))
    return Wrong(problem, said, _choices(ctx), remedy)


def _choices(ctx: dict) -> str:
    """What a value must be one of, without pydantic's quotes and "or"."""
    return ", ".join(part for part in ctx.get("expected", "").replace(" or ", ", ").replace("'", "").split(", ") if part)


def _fields(kind: type[BaseModel], path: Sequence) -> list[str]:
    """Names of the fields of the model at a path within a model."""
    for part in path:
        if isinstance(part, str):
            kind = _inner(kind.model_fields[part].annotation) or kind
    return list(kind.model_fields)


def _inner(annotation) -> type[BaseModel] | None:
    """The model within a type such as tuple[Node, ...] or Label | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in getattr(annotation, "__args__", ()) if (m := _inner(part))), None)
