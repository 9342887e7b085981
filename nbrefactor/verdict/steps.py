"""What a program does to where modules are found: the path, the working directory, files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nbrefactor.effects import known
from nbrefactor.python.excerpt import first_line
from nbrefactor.verdict.origins import Origins

StepKind = Literal["front", "behind", "directory", "unknown", "other"]

_PATH_READS = frozenset({"index", "count", "copy"})
_MODULES_READS = frozenset({"keys", "items", "get", "copy"})
_CHDIR = frozenset({"os.chdir", "os.fchdir", "contextlib.chdir"})
_HOOKS = frozenset({"sys.meta_path", "sys.path_hooks", "sys.path_importer_cache"})
# They find, describe or run a module that is found, and put none in the place of another.
_FIND = ("importlib.import_module", "importlib.metadata", "importlib.resources")
_FIND_SPEC = frozenset({"importlib.util.find_spec", "importlib.invalidate_caches"})
_LOADS = ("importlib.", "imp.", "pkgutil.", "runpy.")
_LOOKS = frozenset(
    {"builtins.print", "builtins.len", "builtins.list", "builtins.sorted", "builtins.set"}
    | {"builtins.dir", "builtins.any", "builtins.all", "builtins.enumerate", "builtins.tuple"}
    | {"builtins.str", "builtins.repr", "builtins.display", "pprint.pprint", "builtins.id"}
)
# Commands that write no module into the working directory.
_HARMLESS_COMMANDS = re.compile(
    r"\s*(?:sudo\s+)?(?:pip3?|conda|mamba|apt(?:-get)?|ls|cat|head|tail|wc|grep|tree|nvidia-smi|"
    r"jupyter|echo(?![^\n]*>)|python3?\s+-m\s+(?:pip|spacy|ipykernel))\b"
)
_OPAQUE = re.compile(
    r"\bchdir\b|\bmeta_path\b|\bsys\s*\.\s*(?:path|modules)\b|^\s*%\s*(?:cd|pushd|popd)\b",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may change which module answers to a name.

    Parameters
    ----------
    kind : {"front", "behind", "directory", "unknown", "other"}
        A folder in front of the path or behind it, a change of the working directory, an unknown
        change of the path, or another module put in the place of the one that is asked for.
    text : str
        What does it, shortened.
    folder : ast.expr or None
        The folder, where an expression gives it.
    sure : bool
        Whether it always happens.
    """

    kind: StepKind
    text: str
    folder: ast.expr | None = None
    sure: bool = True


@dataclass(frozen=True)
class Files:
    """The files of a module, by which texts may name it.

    Parameters
    ----------
    name : str
        Its dotted name.
    installed : bool
        Whether the environment has it, so that only a file of its top name comes before it.
    """

    name: str
    installed: bool

    @cached_property
    def _named(self) -> re.Pattern[str]:
        parts = self.name.split(".")
        wanted = {f"{parts[0]}.py", f"{parts[0]}/__init__.py"}
        if not self.installed:
            wanted |= {f"{part}.py" for part in parts}
        for end in range(2, 1 if self.installed else len(parts) + 1):
            wanted.add(f"{'/'.join(parts[:end])}.py")
        alternatives = "|".join(re.escape(one) for one in sorted(wanted))
        return re.compile(rf"(?<![\w.-])(?:{alternatives})(?![\w.])")

    def named_in(self, text: str) -> bool:
        """Tell whether a text names one of the files."""
        return self._named.search(text) is not None

    def holds(self, module: str) -> bool:
        """Tell whether a module is this one, or a package around it."""
        return f"{self.name}.".startswith(f"{module}.")

    def brought_by(self, text: str) -> bool:
        """Tell whether a shell line may bring in one of the files, or a folder of that name."""
        if self.named_in(text):
            return True
        top = re.escape(self.name.partition(".")[0])
        return not self.installed and re.search(rf"(?<![\w.-]){top}(?![\w.-])", text) is not None


class StepReader:
    """Finds steps in the code of one program.

    Parameters
    ----------
    origins : Origins
        What its names may mean.
    files : Files
        The module that is to be imported.
    """

    def __init__(self, origins: Origins, files: Files) -> None:
        self._origins = origins
        self._files = files

    def steps(
        self, tree: ast.Module, parents: Mapping[ast.AST, ast.AST]
    ) -> Iterator[tuple[int, Step]]:
        """Yield the steps of a tree, each with its row.

        Parameters
        ----------
        tree : ast.Module
            A cell or a module.
        parents : mapping of ast.AST to ast.AST
            The node around each node.

        Yields
        ------
        tuple of (int, Step)
            In the order of the tree.
        """
        for node in ast.walk(tree):
            for step in self._at(node, parents):
                yield getattr(node, "lineno", 0), step

    def _at(self, node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Step]:
        if isinstance(node, (ast.Name, ast.Attribute)):
            origins = self._origins.of(node)
            if "sys.path" in origins:
                yield from self._path(node, parents)
            elif origins & _CHDIR:
                yield from self._directory(node, parents)
            elif "sys.modules" in origins:
                yield from self._modules(node, parents)
            elif origins & _HOOKS and not self._is_looked_at(node, parents):
                yield Step("other", first_line(_statement(node, parents)))
        elif isinstance(node, ast.Call):
            yield from self._call(node, parents)
        elif isinstance(node, ast.Constant):
            named = isinstance(node.value, str) and self._files.named_in(node.value)
            if named and self._may_write(node, parents):
                yield Step("other", first_line(_statement(node, parents)))

    # -- the path ----------------------------------------------------------------------------

    def _path(
        self, node: ast.Name | ast.Attribute, parents: Mapping[ast.AST, ast.AST]
    ) -> Iterator[Step]:
        parent = parents.get(node)
        call = parents.get(parent) if parent is not None else None
        statement = _statement(node, parents)
        text, sure = first_line(statement), _is_sure(statement, parents)
        match parent:
            case ast.Attribute(attr=method) if isinstance(call, ast.Call) and call.func is parent:
                yield from self._edited(method, call, text, sure)
            case ast.Attribute(attr=method) if method in _PATH_READS:
                pass
            case ast.AugAssign(target=target, value=value) if target is node:
                yield from _each("behind", value, text, sure)
            case ast.Assign(value=value) if value is node:
                pass  # an alias, which is followed
            case ast.Assign(targets=[target], value=value) if target is node:
                yield from self._assigned(value, text, sure)
            case ast.Subscript(ctx=ast.Store()):
                folders = statement.value if isinstance(statement, ast.Assign) else None
                yield from _each("front", folders, text, sure)
            case _ if not self._is_looked_at(node, parents):
                yield Step("unknown", text)

    def _edited(self, method: str, call: ast.Call, text: str, sure: bool) -> Iterator[Step]:
        match method, call.args:
            case "append", [folder]:
                yield Step("behind", text, folder, sure)
            case "insert", [_, folder]:
                yield Step("front", text, folder, sure)
            case "extend", [folders]:
                yield from _each("behind", folders, text, sure)
            case _ if method not in _PATH_READS:
                yield Step("unknown", text)

    def _assigned(self, value: ast.expr, text: str, sure: bool) -> Iterator[Step]:
        match value:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                for kind, old, new in (("front", right, left), ("behind", left, right)):
                    if "sys.path" in self._origins.of(old):
                        yield from _each(kind, new, text, sure)  # type: ignore[arg-type]
                        return
        yield Step("unknown", text)

    def _is_looked_at(self, node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
        """Tell whether an object is only asked or shown, and nobody keeps it."""
        parent = parents.get(node)
        match parent:
            case ast.Compare() | ast.Expr() | ast.FormattedValue() | ast.Starred() | ast.BinOp():
                return True
            case ast.Subscript(value=value, ctx=ast.Load()) if value is node:
                behind = parents.get(parent)
                return not isinstance(getattr(behind, "ctx", ast.Load()), (ast.Store, ast.Del))
            case ast.For(iter=value) | ast.comprehension(iter=value):
                return value is node
            case ast.Call(func=func):
                return bool(self._origins.called(func) & _LOOKS)
            case ast.Attribute(attr=method):
                return method in _PATH_READS
        return False

    # -- the working directory ---------------------------------------------------------------

    def _directory(
        self, node: ast.Name | ast.Attribute, parents: Mapping[ast.AST, ast.AST]
    ) -> Iterator[Step]:
        parent, statement = parents.get(node), _statement(node, parents)
        match parent:
            case ast.Call(func=func, args=[folder]) if func is node:
                is_local = "contextlib.chdir" in self._origins.of(node)
                sure = _is_sure(statement, parents) and not is_local
                yield Step("directory", first_line(statement), folder, sure)
            case ast.Assign(value=value) if value is node:
                pass  # an alias, which is followed
            case _:
                yield Step("directory", first_line(statement), None, False)

    # -- modules and files -------------------------------------------------------------------

    def _modules(
        self, node: ast.Name | ast.Attribute, parents: Mapping[ast.AST, ast.AST]
    ) -> Iterator[Step]:
        parent = parents.get(node)
        match parent:
            case ast.Compare() | ast.For() | ast.comprehension() | ast.Expr():
                return
            case ast.Attribute(attr=method) if method in _MODULES_READS:
                return
            case ast.Subscript(ctx=ast.Load()):
                return  # whoever changes what it holds is found there
            case ast.Subscript(ctx=ast.Store(), slice=key):
                texts = self._origins.texts_of(key)
                if texts is not None and not any(map(self._files.holds, texts)):
                    return
            case ast.Call(func=func) if self._origins.called(func) & _LOOKS:
                return
            case ast.Assign(value=value) if value is node:
                return
        yield Step("other", first_line(_statement(node, parents)))

    def _call(self, node: ast.Call, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Step]:
        origins = self._origins.called(node.func)
        top = self._files.name.partition(".")[0]
        texts = [
            argument.value
            for argument in node.args
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        ]
        for origin in origins:
            statement = _statement(node, parents)
            if origin.startswith(_FIND) or origin in _FIND_SPEC:
                continue
            if origin == "site.addsitedir":
                folder = node.args[0] if node.args else None
                yield Step("behind", first_line(statement), folder, _is_sure(statement, parents))
            elif origin.endswith(".reload") and origin.startswith(_LOADS):
                reloaded = self._origins.of(node.args[0]) if node.args else frozenset()
                if any(name.partition(".")[0] == top for name in reloaded):
                    yield Step("other", first_line(statement))
            elif origin.startswith(_LOADS) and any(text.partition(".")[0] == top for text in texts):
                yield Step("other", first_line(statement))
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="get_ipython")),
                    attr="run_line_magic" | "magic" | "system" | "getoutput" as method,
                )
            ) if texts:
                prefix = "!" if method in ("system", "getoutput") else "%"
                yield from self.magic(prefix + " ".join(texts).lstrip("%"), sure=False)

    def _may_write(self, node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
        """Tell whether a text is given to something that may write the file that it names."""
        around = parents.get(node)
        while around is not None and not isinstance(around, ast.stmt):
            if isinstance(around, ast.Call) and not self._only_reads(around):
                return True
            around = parents.get(around)
        return False

    def _only_reads(self, call: ast.Call) -> bool:
        origins = self._origins.called(call.func)
        if origins == {"builtins.open"}:
            modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
            return all(
                isinstance(m, ast.Constant) and set(str(m.value)) <= set("rbt") for m in modes
            )
        if not origins:
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            found = known.method(None, method) if method else None
            return found is not None and not _writes(found)
        return all(
            origin in _LOOKS or ((one := known.function(origin)) is not None and not _writes(one))
            for origin in origins
        )

    # -- text --------------------------------------------------------------------------------

    def magic(self, text: str, *, sure: bool = True) -> Iterator[Step]:
        """Yield the steps of a magic or shell line, or of a cell magic with its body."""
        line = text.strip().partition("\n")[0]
        if line.startswith("!"):
            yield from self._shell(line.lstrip("!"), text)
            return
        name, _, rest = line.lstrip("%").partition(" ")
        words = [word for word in rest.split() if not word.startswith("-")]
        if name in ("cd", "pushd"):
            # `%cd` alone goes home, and text in braces is computed.
            plain = len(words) == 1 and not re.search(r"[{$~]", words[0])
            folder = ast.Constant(words[0].strip("'\"")) if plain else None
            yield Step("directory", line, folder, sure and folder is not None)
        elif name in ("popd", "bookmark"):
            yield Step("directory", line, None, False)
        elif name in ("writefile", "file"):
            if words and (self._files.named_in(words[0]) or re.search(r"[{$]", words[0])):
                yield Step("other", line)
        elif name in ("sx", "system"):
            yield from self._shell(rest, text)
        elif line.startswith("%%"):
            yield from self._shell(text.partition("\n")[2], text)

    def opaque(self, text: str) -> Iterator[Step]:
        """Yield what a text that is no Python may do."""
        if _OPAQUE.search(text) or self._files.named_in(text):
            yield Step("unknown", "text that does not parse")

    def _shell(self, commands: str, text: str) -> Iterator[Step]:
        for command in re.split(r"\n|&&|;|\|\|?", commands):
            if not _HARMLESS_COMMANDS.match(command) and self._files.brought_by(command):
                yield Step("other", text.strip().partition("\n")[0])
                return


def _each(kind: StepKind, value: ast.expr | None, text: str, sure: bool) -> Iterator[Step]:
    if isinstance(value, (ast.List, ast.Tuple)):
        for element in value.elts:
            yield Step(kind, text, element, sure)
    else:
        yield Step(kind, text, None, sure)


def _writes(found: known.Known) -> bool:
    harmless = {"reads-files", "reads-environment", "prints", "draws", "displays"}
    return bool(set(found.effects) - harmless)


def _statement(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.AST:
    while not isinstance(node, ast.stmt) and node in parents:
        node = parents[node]
    return node


def _is_sure(statement: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Tell whether a statement always runs: at the top, or unless it has been done already."""
    while statement in parents:
        around = parents[statement]
        match around:
            case ast.If(test=ast.Compare(ops=[ast.NotIn()]), body=body) if statement in body:
                pass
            case ast.Module() | ast.With():
                pass
            case _:
                return False
        statement = around
    return True
