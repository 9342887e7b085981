from __future__ import annotations

import ast
import inspect
import re
import unicodedata
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import PromptStripper, TransformerManager
from IPython.core.magic import Magics, magics_class

from nbrefactor.notebook._escapes import _help
from nbrefactor.notebook.magics import parse, read_cell

READS_DOCTESTS_ANYWHERE = "doctest" in inspect.signature(PromptStripper.__init__).parameters

# Where we say opaque although IPython's text parses, on purpose.
ON_PURPOSE = ("stands below other lines", "IPython versions strip")

JOINED_OPTIONS = {"prun": "D:l:rs:T:q", "debug": "b:", "mprun": "rf:T:c", "snakeviz": "t"}
SETUP_OPTIONS = {"timeit": "n:r:tcp:qov:", "memit": "r:t:i:coq"}
PYTHON_BODY = {"time", "capture", "pyinstrument", *JOINED_OPTIONS, *SETUP_OPTIONS}


# IPython writes a string for the first and a call for the second, where we show Python or nothing.
SHOWN_OTHERWISE = re.compile(
    r"(?<!%)%(time|timeit|prun|lprun|mprun|memit|debug|snakeviz)\b|(?m:^|[\x0b-\u2029])\s*[,;/]"
)


@magics_class
class OptionParser(Magics):
    """IPython's own reading of a magic's options."""


def ipython_reads(source: str) -> tuple[str, list[str]]:
    """Return the kind that IPython makes of a cell, and the Python texts that it runs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = TransformerManager().transform_cell(source)
            tree = ast.parse(text)
    except (SyntaxError, ValueError, IndexError, RuntimeError, MemoryError):
        return "opaque", []
    call = cell_magic_call(tree)
    if call is None:
        return "python", [text]
    name, line, body = call
    if name not in PYTHON_BODY:
        return "data", []
    parts = [body]
    if name in JOINED_OPTIONS:
        try:
            statement = OptionParser(None).parse_options(
                line, JOINED_OPTIONS[name], list_all=True, posix=False
            )[1]
        except ValueError:
            # An unclosed quote: the magic fails, with whatever Python below.
            statement = line
        parts = [f"{statement}\n{body}"]
    elif name in SETUP_OPTIONS:
        setup = OptionParser(None).parse_options(
            line, SETUP_OPTIONS[name], posix=False, strict=False, preserve_non_opts=True
        )[1]
        parts = [setup, body]
    read = [ipython_reads(part) for part in parts]
    kinds = [kind for kind, _ in read]
    if "opaque" in kinds:
        return "opaque", []
    return kinds[-1], [text for _, texts in read for text in texts]


def cell_magic_call(tree: ast.Module) -> tuple[str, str, str] | None:
    match tree.body:
        case [
            ast.Expr(
                ast.Call(
                    ast.Attribute(attr="run_cell_magic"),
                    [ast.Constant(name), ast.Constant(line), ast.Constant(body)],
                )
            )
        ]:
            return name, line, body
    return None


class WithoutMagics(ast.NodeTransformer):
    """Put 0 where IPython calls itself, and leave blank lines in strings out."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            inner = node.func.value.func
            if isinstance(inner, ast.Name) and inner.id == "get_ipython":
                return ast.Constant(0)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str):
            return ast.Constant(re.sub(r"(?m)^[ \t]+$", "", node.value))
        return node


def program(*texts: str) -> list[str]:
    """Return the statements of some Python, as far as magics and positions do not matter."""
    return [
        ast.dump(statement)
        for text in texts
        for statement in WithoutMagics().visit(parse(text)).body
    ]


def assert_positions_hold(source: str) -> None:
    code = read_cell(source)
    tree = parse(code.python)
    # Before Python 3.12 what stands in an f-string has no true position.
    formatted = [
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
    ]
    for node in ast.walk(tree):
        if node in formatted:
            continue
        if isinstance(node, ast.Name):
            start = code.offset(node.lineno, node.col_offset)
            end = code.offset(node.end_lineno, node.end_col_offset)
            assert unicodedata.normalize("NFKC", source[start:end]) == node.id
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            start = code.offset(node.lineno, node.col_offset)
            assert re.match(rf"(async\s+)?(def|class)\s+{node.name}\b", source[start:])


def assert_reads_as_ipython(source: str) -> None:
    code = read_cell(source)
    kind, programs = ipython_reads(source)
    if code.kind != kind:
        assert code.kind == "opaque"
        assert any(why in code.reason for why in ON_PURPOSE), (code.reason, kind)
    assert bool(code.reason) == (code.kind != "python")
    for magic in code.magics:
        assert source[magic.start : magic.end] == magic.text
    if code.kind == "python":
        assert_positions_hold(source)
        if not SHOWN_OTHERWISE.search(source):
            assert program(code.python) == program(*programs)
    else:
        assert code.python == ""


CELLS = {
    "nothing at all": "",
    "only blank lines": "\n  \n\t\n",
    "blank lines above": "\n\n   \nx = 1",
    "a space that is not ASCII above": "\xa0\nx = 1",
    "plain function": "def f(x):\n    return x\n\nf(1)",
    "no final newline": "x = 1",
    "final newline": "x = 1\n",
    "trailing semicolon": "plot(x);",
    "two statements on a line": "x = 1; y = 2",
    "top-level await": "r = await fetch(x)",
    "top-level async for": "async for x in stream():\n    print(x)",
    "top-level async with": "async with a() as b:\n    b()",
    "async comprehension": "[x async for x in s()]",
    "return outside a function": "return 1",
    "yield outside a function": "yield 1",
    "star expression": "*a, b = c",
    "walrus": "(n := 10)",
    "match statement": "match x:\n    case [a, b]:\n        f(a)\n    case _:\n        pass",
    "decorated class": "@d\nclass A:\n    def m(self): pass",
    "backslash continuation": "x = 1 + \\\n    2",
    "backslash at the end": "x = 1 + \\",
    "backslash and an empty line": "x = 1 \\\n\ny = 2",
    "invalid escape in a string": 're.compile("\\d+")',
    "null byte": "x = '\x00'",
    "null byte in a magic": "!echo \x00",
    "lone surrogate": "x = '\ud800'",
    "lone surrogate in a comment": "# \udfff",
    "byte order mark": "\ufeffx = 1",
    "identifier beyond ASCII": "gr\xf6\xdfe = 1\nf(gr\xf6\xdfe, gr\xf6\xdfe)",
    "identifier that normalises": "\ufb01 = 1\nprint(\ufb01)",
    "emoji before a call": 'x = "🎉🎉"; f(x)',
    "digits beyond the limit": "x = 1 + 0777",
    "Python 2 print": 'print "hello"',
    "Python 2 except": "try:\n    f()\nexcept A, e:\n    pass",
    "unclosed bracket": "f(1,",
    "unclosed string": 'x = "abc',
    "unclosed triple quotes": 'x = """abc\n',
    "sunken bracket": "x = 1)",
    "inconsistent dedent": "if a:\n        b\n    c",
    "tabs and spaces": "if a:\n\tb\n        c",
    "indented by a tab": "\tx = 1\n\ty = 2",
    "matplotlib inline": "%matplotlib inline",
    "magic above code": "%matplotlib inline\nimport numpy as np",
    "magic between code": "x = 1\n%load_ext autoreload\n%autoreload 2\ny = 2",
    "magic in a block": "if a:\n    %cd {folder}\n    f()",
    "magic as a whole block": "def f():\n    %matplotlib inline",
    "magic in the else branch": "if a:\n    f()\nelse:\n    %pwd",
    "magic after a colon": "if a: %pwd",
    "magic after a semicolon": "x = 1; %pwd",
    "magic with a space": "% matplotlib inline",
    "magic with tabs": "%cd\tfolder",
    "percent alone": "%",
    "percent at the end": "x = 1\n%",
    "two percents": "%%",
    "magic with a comment": "%pwd # here",
    "magic under a decorator": "@d\n%pwd",
    "magic as the last line without newline": "x\n%pwd",
    "magic with trailing spaces": "%pwd   \nx",
    "magic continued": "%run script.py \\\n    --a 1 \\\n    --b 2\nf()",
    "magic continued to the end": "%run script.py \\",
    "magic continued by an empty line": "%run script.py \\\n\nf()",
    "magic continued with CRLF": "%run a \\\r\n  b\r\nf()",
    "magic whose arguments are a broken string": '%cd "a\nx = 1',
    "magic whose arguments open brackets": "%sql select (\nx = 1",
    "magic whose arguments hold triple quotes": '%sql """\nx = 1',
    "magic assigned": "files = %sx ls",
    "magic assigned with no space": "files=%sx ls",
    "magic assigned in a block": "for a in b:\n    c = %pwd\n    f(c)",
    "magic assigned after a colon": "if a: c = %pwd",
    "magic assigned twice": "a = b = %pwd",
    "magic assigned to an attribute": "a.b = %pwd",
    "magic assigned to an item": 'a["="] = %pwd',
    "magic assigned to a tuple": "a, b = %pwd",
    "magic assigned with annotation": "a: str = %pwd",
    "magic assigned by a sum": "a += %pwd",
    "magic assigned over lines": "a = \\\n    %pwd",
    "magic assigned and continued": "a = %sx ls \\\n    -l\nf(a)",
    "magic as a keyword argument": "f(a=%pwd)",
    "percent assigned": "a = %",
    "percent assigned at the end": "a = %\n",
    "percent assigned and a number": "a = %1",
    "modulo": "a % b",
    "modulo in a continued expression": "x = (a\n% b)",
    "modulo after a backslash": "x = a \\\n% b",
    "modulo at the start after a comment in brackets": "x = (a  # hm\n    % b\n)",
    "old formatting": '"%s %d" % (a, b)',
    "percent in a string over lines": 'x = """\n%matplotlib inline\n!ls\n"""',
    "percent in a docstring": 'def f():\n    """\n    %timeit f()\n    """',
    "percent in a comment": "# %matplotlib inline",
    "percent in an f-string": 'f"{a:%Y} {b!r}"',
    "exclamation in an f-string over lines": 'f"""\n!ls {a!r}\n%b\n"""',
    "not equal": "a != b",
    "not equal at the start of a continued line": "(a\n!= b)",
    "shell": "!ls",
    "shell with spaces": "!  ls  -l",
    "shell with names": "!cp {source} $target",
    "shell with a pipe": '!cat a | grep "b" > c',
    "shell in a loop": "for f in files:\n    !rm {f}",
    "shell captured": "!!ls",
    "shell captured in a block": "if a:\n    !!ls",
    "shell assigned": "files = !ls {folder}",
    "shell assigned with no space": "files =!ls",
    "shell assigned in one": "files=!ls",
    "shell assigned and continued": "files = !ls \\\n   -l\nf(files)",
    "shell assigned to a slice": "a[1:] = !ls",
    "shell assigned over lines": "a = \\\n   !ls",
    "shell captured and assigned": "a = !!ls",
    "shell as an operand": "a = b + !ls",
    "shell called": "f(!ls)",
    "shell after a semicolon": "x = 1; !ls",
    "shell alone": "!",
    "shell continued": "!pip install a \\\n    b \\\n    c\nimport a",
    "shell with quotes": '!echo "it\'s"',
    "shell with an unclosed quote": "!echo it's\nx = 1",
    "shell with brackets": "!echo (((\nx = 1",
    "shell with a colon": "!echo a:\nx = 1",
    "shell with backslash inside": "!echo a\\nb\nx",
    "help": "f?",
    "help twice as much": "f??",
    "help on an attribute": "a.b.c?",
    "help on an item": "a[0].b?",
    "help on a slice": "a[1:2]?",
    "help on a call": "f(x)?",
    "help on a magic": "%timeit?",
    "help on a cell magic": "%%timeit?",
    "help on a cell magic below": "x\n%%timeit?",
    "help on a cell magic and more": "%%timeit?x",
    "help with a wildcard": "np.*load*?",
    "help before": "?f",
    "help twice before": "??f",
    "help both": "?f?",
    "help alone": "?",
    "help twice alone": "??",
    "three question marks": "f???",
    "help with a space": "f ?",
    "help with trailing space": "f? ",
    "help with a comment": "f? # what",
    "help with CRLF": "f?\r\nx = 1",
    "help after a statement": "x = 1; f?",
    "help on an assignment": "x = f?",
    "help in a block": "if a:\n    f?",
    "help after a colon": "if a: f?",
    "help over lines": "(a,\n b)?",
    "help over lines on a name": "(a,\n b).c?",
    "help on a string": '"abc"?',
    "help on a number": "1?",
    "help after broken text": "what is this?",
    "help and a magic": "%cd x?",
    "help on shell": "!ls?",
    "question mark in a string": 'x = "why?"',
    "question mark in a comment": "x = 1  # why?",
    "two help lines, the first broken": "f(x)?\ng?",
    "quoted call": ",f a b",
    "quoted call without arguments": ",f",
    "quoted call with a quote": ',f "a',
    "quoted call of a broken name": ",1f a",
    "quoted whole": ";f a b",
    "quoted whole with a quote": ';f a "b"',
    "called": "/f a b",
    "called without arguments": "/f",
    "called with a space": "/ f",
    "called twice": ",/f a b",
    "called and then a magic": "/%pwd a",
    "called with nothing but escapes": ";;",
    "called and assigned from the shell": "/x=!f a",
    "called and assigned": "/x=f 1",
    "called in a block": "if a:\n    /f 1",
    "comma in brackets": "x = [1\n, 2]",
    "slash in brackets": "x = (1\n/ 2)",
    "semicolon alone": ";",
    "comma alone": ",",
    "automagic": "cd folder",
    "automagic of one word": "ls",
    "automagic of pip": "pip install x",
    "shell assignment in brackets": "(a = !ls)",
    "dollar": "$a",
    "backquote": "`ls`",
    "indented cell": "    x = 1\n    y = 2",
    "indented cell with a blank line": "    x = 1\n\n    y = 2",
    "indented cell with a short blank line": "    x = 1\n  \n    y = 2",
    "indented cell with a string": '    x = """\n    a\n    """',
    "indented function": "  def f(x):\n      return x\n  f(1)",
    "indented magic": "    %matplotlib inline\n    x = 1",
    "indented cell magic": "    %%time\n    x = 1",
    "indented shell": "  !ls",
    "second line indented": "x = 1\n    y = 2",
    "blank line of spaces in a string": 'x = """a\n   \nb"""',
    "classic prompt": ">>> x = 1",
    "classic prompts": ">>> def f(x):\n...     return x\n...\n>>> f(1)",
    "classic prompts with output": ">>> 1 + 1\n2\n>>> f(2)",
    "classic prompts with a magic": ">>> %pwd\n>>> !ls",
    "classic prompts and a string": '>>> x = """a\n... b"""\n>>> f(x)',
    "classic prompts under blank lines": "\n\n>>> x = 1\n>>> f(x)",
    "indented classic prompts": "    >>> x = 1\n    >>> f(x)",
    "indented classic prompts with continuation": "    >>> def f():\n    ...     return 1\n    >>> f()",
    "IPython prompt": "In [1]: x = 1",
    "IPython prompts": "In [12]: def f(x):\n    ...:     return x\n    ...:\n\nIn [13]: f(1)",
    "IPython prompt of the vi mode": "[ins] In [1]: x = 1",
    "IPython prompt with a space": " In [1]: x = 1",
    "IPython prompt on the second line": "x = 1\nIn [2]: y = 2",
    "IPython prompt on the third line": "x = 1\n\nIn [2]: y = 2",
    "IPython prompt and a magic": "In [1]: %pwd\nIn [2]: f()",
    "IPython prompt and a cell magic": "In [1]: %%time\n   ...: f()",
    "IPython prompt and a long magic": "In [1]: !ls \\\n   ...:   -l\nIn [2]: f()",
    "doctest in a docstring": 'def f():\n    """Do.\n\n    >>> f()\n    1\n    """\n    return 1',
    "ellipsis as a body": "class A:\n    ...",
    "ellipsis alone": "...",
    "ellipsis on the second line of a call": "x = f(1,\n    ...)",
    "CRLF": "x = 1\r\ny = f(x)\r\n",
    "lone CR": "x = 1\ry = f(x)\r",
    "CR between a magic and code": "%pwd\rf(x)",
    "mixed line ends": "a = 1\r\n\nb = f(a)\rc = f(b)",
    "form feed between functions": "def f():\n    pass\n\x0c\ndef g():\n    pass",
    "form feed inside a line": "x = 1 \x0c+ f(2)",
    "form feed before code": "\x0cx = f(1)",
    "form feed before a magic": "\x0c%pwd\nx",
    "form feed after indentation": "if a:\n    \x0cf(x)",
    "form feed and a percent": "x = a\x0c%b",
    "vertical tab": "x = 1\x0by = 2",
    "line separator in a string": 'x = "a\u2028b"; f(x)',
    "line separator in a comment": "# a\u2028b\nf(x)",
    "line separator and a magic in a comment": "# a\u2028%b\nf(x)",
    "line separator and a shell line in a string": "x = 'a = \u2028!b'",
    "line separator after a magic": "%pwd\u2028f(x)",
    "next line in a string over lines": 'x = """a\x85%b\n"""; f(x)',
    "file separator in a string": 'x = "a\x1cb"\nf(x)',
    "paragraph separator between statements": "x = 1\u2029y = 2",
    "timed body": "%%time\nx = f(1)",
    "timed body under blank lines": "%%time\n\n\nx = f(1)",
    "blank lines over a timed body": "\n\n%%time\nx = f(1)",
    "timed body with a magic": "%%time\n%matplotlib inline\n!ls\nx = f(1)",
    "timed body that is indented": "%%time\n    x = 1\n    f(x)",
    "timed body with prompts": "%%time\n>>> x = 1\n>>> f(x)",
    "timed body that is broken": "%%time\nx = = 1",
    "timed body that is empty": "%%time",
    "timed body that is a blank line": "%%time\n",
    "timed twice": "%%time\n%%time\nf(x)",
    "timed and captured": "%%time\n%%capture out\nf(x)",
    "timed bash": "%%time\n%%bash\nls -l",
    "time with CRLF": "%%time\r\nx = f(1)\r\n",
    "cell magic ended by a form feed": "%%time\x0cf(x)\n",
    "cell magic with a tab": "%%time\tf(x)\nx = 1",
    "cell magic with a space": "%% time\nx = 1",
    "timeit": "%%timeit\nx = f(1)",
    "timeit with setup": "%%timeit x = 1\nf(x)",
    "timeit with options": "%%timeit -n 10 -r3\nf(x)",
    "timeit with options and setup": "%%timeit -n 10 -r 3 x = g(2)\nf(x)",
    "timeit with setup as a magic": "%%timeit !ls\nf(x)",
    "timeit with broken setup": "%%timeit x = = 2\nf(x)",
    "timeit with compound setup": "%%timeit for i in a: g(i)\nf(x)",
    "timeit of data": "%%timeit\n%%bash\nls",
    "profiled": "%%prun\nf(x)",
    "profiled with a statement": "%%prun -s cumulative g(2)\nf(x)",
    "profiled with an open block": "%%prun if a:\n    f(x)",
    "profiled with an indented body": "%%prun\n    f(x)\n    g(x)",
    "debugged": "%%debug\nf(x)",
    "captured": "%%capture\nf(x)",
    "captured by name": "%%capture out --no-stderr\nf(x)",
    "memory measured": "%%memit g(1)\nf(x)",
    "bash": "%%bash\nls -l | wc",
    "bash that is Python too": "%%bash\nls",
    "written file": "%%writefile a.py\ndef f():\n    pass",
    "html": "%%html\n<b>a</b>",
    "R": "%%R -i x\nplot(x)",
    "unknown cell magic": "%%whatever\ndef f():\n    pass",
    "script": "%%script python3\nprint(1)",
    "python": "%%python\nprint(1)",
    "shell cell": "%%!\nls",
    "sql": "%%sql result <<\nselect 1",
    "cython": "%%cython\ndef f(int x): return x",
    "cell magic under a comment": "# first\n%%time\nf(x)",
    "cell magic under code": "x = 1\n%%bash\nls",
    "cell magic in a block": "if a:\n    %%time\n    f()",
    "cell magic with a dash": "%%my-magic\nx",
    "line magic timed": "%time f(x)",
    "line magic timed statement": "%time y = f(x)",
    "line magic timed with spaces": "%time   f(x)",
    "line magic timed compound": "%time for a in b: f(a)",
    "line magic timed broken": "%time f(x",
    "line magic timed shell": "%time !ls {a}",
    "line magic timed magic": "%time %pwd",
    "line magic timed help": "%time f?",
    "line magic timed and continued": "%time f(x, \\\n    y)\ng()",
    "line magic timed and a string continued": '%time f("a \\\n    b")',
    "line magic timed with semicolon": "%time f(x);",
    "line magic timed with comment": "%time f(x)  # slow",
    "line magic timed nothing": "%time",
    "line magic timed return": "def g():\n    %time return f(1)",
    "line magic timed in a block": "with a:\n    %time y = f(x)\n    g(y)",
    "line magic timed prompt": "%time >>> f(x)",
    "line magic timed cell magic": "%time %%time",
    "line magic timed definition": "%time def f(): pass",
    "line magic assigned": "y = %time f(x)",
    "line magic assigned statement": "y = %time z = f(x)",
    "line magic assigned tuple": "y = %timeit -o f(x), g(x)",
    "line magic timeit": "%timeit f(x)",
    "line magic timeit with options": "%timeit -n 10 -r3 f(x)",
    "line magic timeit unknown option": "%timeit -z f(x)",
    "line magic timeit dashes": "%timeit -n 1 -- -f(x)",
    "line magic prun": "%prun -l 10 -s time f(x)",
    "line magic lprun": "%lprun -f g -f h f(x)",
    "line magic memit": "%memit f(x)",
    "line magic run": "%run -i {script}.py",
    "form comment of Colab": '#@title Run { run: "auto" }\nx = 1 #@param {type:"slider"}',
    "quarto directives": "#| echo: false\n#| label: fig-a\nplot(x)",
    "nbdev export": "#|export\ndef f(): pass",
    "lambda with magic inside a string": 'f = lambda: "%pwd"',
    "dictionary over lines with percent keys": 'd = {\n"%a": 1,\n"!b": 2}',
    "comment between magics": "%pwd\n# !ls\n%pwd",
    "equals at the start": "= !ls",
    "comparison and shell": "a == !ls",
}


@pytest.mark.parametrize("source", [pytest.param(CELLS[name], id=name) for name in CELLS])
def test_reads_as_ipython(source: str) -> None:
    if source == CELLS["called with a space"] and not READS_DOCTESTS_ANYWHERE:
        pytest.skip("IPython 8 makes (f) of it, IPython 9 nothing")
    assert_reads_as_ipython(source)


@pytest.mark.parametrize(
    ("source", "python"),
    [
        pytest.param("%matplotlib inline\nx", "0                 \nx", id="magic"),
        pytest.param("if a:\n    !ls {b}", "if a:\n    0      ", id="shell in a block"),
        pytest.param("x = !ls", "x = 0  ", id="shell assigned"),
        pytest.param("x = %sx ls", "x = 0     ", id="magic assigned"),
        pytest.param("!ls \\\n  -l\nx", "0    \n    \nx", id="continued"),
        pytest.param("x = f?", "0     ", id="help takes the whole line"),
        pytest.param("%time f(x)", "0;    f(x)", id="timed"),
        pytest.param("%time f(a, \\\n  b)", "0;    f(a, \\\n  b)", id="timed and continued"),
        pytest.param('%time f("a\\\n  b")', "0          \n     ", id="timed string continued"),
        pytest.param("%timeit -n 10 f(x)", "0;            f(x)", id="options are no Python"),
        pytest.param("%timeit -z f(x)", "0              ", id="unknown option"),
        pytest.param("%time for a in b: f(a)", "0" + " " * 21, id="block cannot be shown"),
        pytest.param("%time return f(x)", "0" + " " * 16, id="return is not the cell's"),
        pytest.param("y = %time f(x)", "y =       f(x)", id="time hands its value on"),
        pytest.param("y = %time z = f(x)", "y = 0             ", id="a statement has no value"),
        pytest.param("y = %timeit -o f(x)", "y = 0,         f(x)", id="timeit has its own value"),
        pytest.param("%time y = !ls", "0;    y = 0  ", id="shell in a timed line"),
        pytest.param("%%time\nx", "\nx", id="cell magic leaves a blank line"),
        pytest.param("%%timeit -n 3 a = 1\nx", "a = 1\nx", id="setup is Python"),
        pytest.param("%%prun -s time g()\nx", "g()\nx", id="statement of prun is Python"),
        pytest.param("%%time g()\nx", "\nx", id="statement after %%time is an error"),
        pytest.param("\n  \n    x\n\n    y", "\n\nx\n\ny", id="indentation goes, rows stay"),
        pytest.param(">>> x\n1\n", "x\n1\n", id="prompt goes"),
        pytest.param("x = '%a'\n# !b", "x = '%a'\n# !b", id="nothing to do"),
    ],
)
def test_shows_the_python(source: str, python: str) -> None:
    code = read_cell(source)
    assert code.kind == "python"
    assert code.python == python
    assert code.python.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    ("source", "magics"),
    [
        pytest.param("f(1)", [], id="none"),
        pytest.param("x = 1\n%cd {a}\n", [(2, "%cd {a}")], id="line magic"),
        pytest.param("x = !ls {a}  # b\ny", [(1, "!ls {a}  # b")], id="shell to the line's end"),
        pytest.param("%run a \\\n  -b\nx", [(1, "%run a \\\n  -b")], id="continued"),
        pytest.param("a = 1; b?", [(1, "a = 1; b?")], id="help with what it swallows"),
        pytest.param("%timeit -n 3 f(x)", [(1, "%timeit -n 3 ")], id="only what is not Python"),
        pytest.param("%time x = !ls", [(1, "%time "), (1, "!ls")], id="one in the other"),
        pytest.param("%%time\n%pwd", [(1, "%%time"), (2, "%pwd")], id="in a body"),
        pytest.param("%%writefile {a}.py\nb", [(1, "%%writefile {a}.py")], id="line of data"),
        pytest.param(",f a b", [(1, ",f a b")], id="auto call"),
    ],
)
def test_names_what_is_not_python(source: str, magics: list[tuple[int, str]]) -> None:
    assert [(magic.row, magic.text) for magic in read_cell(source).magics] == magics


@pytest.mark.parametrize(
    ("source", "binds"),
    [
        pytest.param("%%capture out\nx", ("out",), id="capture"),
        pytest.param("%%capture --no-stderr out\nx", ("out",), id="capture after an option"),
        pytest.param("%%capture\nx", (), id="capture of nothing"),
        pytest.param("%%bash --out a --err=b\nls", ("a", "b"), id="bash"),
        pytest.param("%%sx --out=a\nls", ("a",), id="shell cell"),
        pytest.param("%%writefile out\nx", (), id="file"),
        pytest.param("%%time\n%%capture out\nx", ("out",), id="below another magic"),
        pytest.param("%store -r a b", ("a", "b"), id="restored"),
        pytest.param("%store a b", (), id="stored"),
        pytest.param("%sc -l a=ls", ("a",), id="shell capture"),
        pytest.param("%timeit -v t -n 3 f()", ("t",), id="timeit result"),
        pytest.param("%time %store -r a", ("a",), id="in a timed line"),
        pytest.param("/x=f 1", ("x",), id="auto call"),
        pytest.param("x = !ls", (), id="Python's own binding"),
    ],
)
def test_names_what_magics_bind(source: str, binds: tuple[str, ...]) -> None:
    assert read_cell(source).binds == binds


@pytest.mark.parametrize(
    ("source", "unknown"),
    [
        pytest.param("%run a.py", True, id="run"),
        pytest.param("x = 1\nif a:\n    %pylab inline", True, id="pylab in a block"),
        pytest.param("%store -r", True, id="restore everything"),
        pytest.param("%%time\n%run a.py", True, id="in a body"),
        pytest.param("%reset -f", True, id="reset"),
        pytest.param("%store -r a", False, id="restore one"),
        pytest.param("%matplotlib inline", False, id="matplotlib"),
        pytest.param("!run a.py", False, id="shell"),
        pytest.param("run = 1", False, id="a name"),
    ],
)
def test_tells_magics_that_bind_what_they_like(source: str, unknown: bool) -> None:
    assert read_cell(source).binds_unknown is unknown


@pytest.mark.parametrize(
    ("source", "leaks"),
    [
        pytest.param("%%timeit\nx = 1", False, id="timeit"),
        pytest.param("%%time\n%%timeit\nx = 1", False, id="timeit below time"),
        pytest.param("%%timeit\n%%time\nx = 1", False, id="time below timeit"),
        pytest.param("%%time\nx = 1", True, id="time"),
        pytest.param("%%prun\nx = 1", True, id="prun"),
        pytest.param("%%capture out\nx = 1", True, id="capture"),
        pytest.param("%timeit x = 1", True, id="a timeit line"),
    ],
)
def test_tells_bodies_that_bind_nothing(source: str, leaks: bool) -> None:
    assert read_cell(source).leaks is leaks


def test_bindings_of_a_timeit_line_stay_in_it() -> None:
    source = "a = 1\n%timeit -n 1 b = f(a)\n%time c = 2"
    code = read_cell(source)
    assert [source[start:end] for start, end in code.unleaked] == ["b = f(a)"]


@pytest.mark.parametrize(
    ("source", "reads_text"),
    [
        pytest.param("%%writefile a.py\nx", False, id="file"),
        pytest.param("%%bash\necho $x", False, id="bash"),
        pytest.param("%%script bash\nx", False, id="script"),
        pytest.param("%%html\n<b>x</b>", False, id="html"),
        pytest.param("%%time\n%%bash\nx", False, id="bash below time"),
        pytest.param("%%!\nls {x}", True, id="shell cell with names"),
        pytest.param("%%R -i x\ny", True, id="R"),
        pytest.param("%%sql\nselect :x", True, id="sql"),
        pytest.param("%%mine\nx", True, id="unknown"),
        pytest.param("x = = 1", True, id="does not parse"),
        pytest.param("x = 1", False, id="Python"),
    ],
)
def test_tells_text_that_may_hold_names(source: str, reads_text: bool) -> None:
    assert read_cell(source).reads_text is reads_text


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(
            "%%writefile a.py\nx", "cell magic %%writefile holds text, not code", id="file"
        ),
        pytest.param("%%mine\nx", "cell magic %%mine is not known to hold Python", id="unknown"),
        pytest.param("x\n\ny = = 1", "does not parse: invalid syntax in row 3", id="syntax"),
        pytest.param(
            "\n%%time\n!ls\n\ny = = 1", "does not parse: invalid syntax in row 5", id="in a body"
        ),
        pytest.param(
            "# a\n%%time\nx",
            "cell magic %%time stands below other lines, where IPython does not run it",
            id="cell magic too low",
        ),
        pytest.param(
            'y\nx = """\n>>> a\n"""',
            "IPython versions strip its indentation or prompts in different ways",
            id="prompt in a string",
        ),
        pytest.param("x = %\x0c", "does not parse: ", id="percent and nothing"),
        pytest.param("x = '\0'", "does not parse: source code ", id="null byte"),
        pytest.param("x = '\ud800'", "does not parse: 'utf-8' codec", id="surrogate"),
        pytest.param("(" * 500 + ")" * 500, "does not parse: ", id="too many brackets"),
        pytest.param("-" * 20_000 + "1", "does not parse: ", id="too deep"),
        pytest.param("%%time\n" * 400, "is nested too deeply", id="too many cell magics"),
        pytest.param("x = 1", "", id="Python needs none"),
    ],
)
def test_says_why_a_cell_is_not_searched(source: str, reason: str) -> None:
    assert read_cell(source).reason.startswith(reason)
    assert bool(reason) == bool(read_cell(source).reason)


@pytest.mark.slow
def test_as_many_magics_are_read_as_ipython_replaces() -> None:
    assert read_cell("%pwd\n" * 499).kind == "python"
    refused = read_cell("%pwd\n" * 500)
    assert refused.reason == "does not parse: IPython stops after 500 magics in one cell"


@pytest.mark.parametrize(
    "python",
    ["x = = 1", "x = '\0'", "'\ud800'", "(" * 500, "-" * 20_000 + "1", "if x:\n        a\n    b"],
    ids=["syntax", "null byte", "surrogate", "brackets", "depth", "dedent"],
)
def test_parse_fails_in_one_way(python: str) -> None:
    with pytest.raises(SyntaxError):
        parse(python)


def test_parse_shows_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parse('x = "\\d"\nx is 1')


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param("größe = '🎉'; f(x)", "f", id="beyond ASCII"),
        pytest.param("    a\n    f(x)", "f", id="indented"),
        pytest.param("a\r\nb\rc\nf(x)", "f", id="line ends"),
        pytest.param("a = 1\x0c\nf(x)", "f", id="form feed"),
        pytest.param("a = '\u2028'\nf(x)", "f", id="line separator"),
        pytest.param("%pwd\u2028f(x)", "f", id="line separator after a magic"),
        pytest.param(">>> a\n>>> f(x)", "f", id="prompt"),
        pytest.param("In [1]: é = !ls\n   ...: é; f(x)", "f", id="prompt and magic"),
        pytest.param("%%time\n\n  y = %time f(x)", "f", id="timed in timed"),
        pytest.param("%timeit -n 1 f(x)", "f", id="line magic"),
        pytest.param("%%timeit -n 1 f(x)\ny", "f", id="setup"),
    ],
)
def test_positions_lead_back_to_the_source(source: str, name: str) -> None:
    code = read_cell(source)
    call = next(node for node in ast.walk(parse(code.python)) if isinstance(node, ast.Call))
    start = code.offset(call.lineno, call.col_offset)
    end = code.offset(call.end_lineno, call.end_col_offset)
    assert source[start:end] == f"{name}(x)"


def test_positions_beyond_the_cell_are_its_end() -> None:
    assert read_cell("x = 1\n").offset(9, 0) == 6
    assert read_cell("x = 1").offset(1, 99) == 5
    assert read_cell("").offset(1, 0) == 0


FRAGMENTS = [
    "x = f(1)",
    "def g(x):",
    "if a:",
    "    y = g(x)",
    "    return x",
    "else:",
    "    ",
    "",
    "x = (1",
    "% b)",
    ")",
    '"""',
    "'''",
    "# %pwd",
    "x = \\",
    "größe = f(größe)",
    "%matplotlib inline",
    "    %pwd",
    "%run a \\",
    "y = %sx ls",
    "y = %",
    "%time z = f(x)",
    "    y = %time f(x)",
    "%timeit -n 1 f(x)",
    "!ls {x}",
    "    !ls",
    "!!ls \\",
    "y = !ls",
    "y =!!ls",
    "f?",
    "    f??",
    "x = f?",
    "f(x)?",
    "?f",
    ",f a",
    ";f a",
    "/f a",
    "%%time",
    "%%timeit",
    "%%timeit x = 1",
    "%%capture out",
    "%%prun f(1)",
    "%%bash",
    "%%time?",
    ">>> f(x)",
    "... y",
    "    >>> f(x)",
    "In [1]: x = 1",
    "   ...: y = 2",
    "    x = 1",
    "  y = 2",
    'f"{x!r}"',
    "f'{x=!r:{y}}'",
    "'a",
    "0777",
    "@d",
    "await f(x)",
]

line = st.sampled_from(FRAGMENTS)
separator = st.sampled_from(
    ["\n"] * 12 + ["\r\n", "\r", "\x0c", "\x0b", "\u2028", "\x85", "\x1c", " ", "; ", "\\\n"]
)
mixes = st.lists(st.tuples(line, separator), max_size=8).map(
    lambda parts: "".join(text + end for text, end in parts)
)
texts = st.text(st.sampled_from("ab0 =%!?;,/\\\n\r\t\x0c\u2028\"'()[]{}:.#>$é"), max_size=24)


@pytest.mark.skipif(not READS_DOCTESTS_ANYWHERE, reason="IPython 8 strips prompts otherwise")
@given(mixes)
@settings(deadline=None, max_examples=300)
@example("%pwd\u2028f(x)")
@example("x = 'a = \u2028!b'")
def test_any_mix_of_lines_reads_as_ipython(source: str) -> None:
    assert_reads_as_ipython(source)


# Text around line separators that only one of IPython, its tokenizer and Python breaks lines at.
ENDS = [
    "x",
    "x = 1",
    "f(x)?",
    "a b?",
    "?x",
    "x?",
    "%pwd",
    "!ls",
    "y = !ls",
    "if a:",
    "    f?",
    "f(",
    "",
]
SEPARATORS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


@pytest.mark.skipif(not READS_DOCTESTS_ANYWHERE, reason="IPython 8 strips prompts otherwise")
@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
@pytest.mark.parametrize("last", ENDS)
def test_any_separator_reads_as_ipython(separator: str, last: str) -> None:
    for first in ("x = 1", "f(x)?", "%pwd", "if a:"):
        for end in (separator, f"\n{separator}", f"{separator}\n", f"\n  {separator}"):
            assert_reads_as_ipython(f"{first}{end}{last}")


odd_lines = st.lists(
    st.tuples(st.sampled_from(ENDS), st.sampled_from(["\n", "\r\n", "\n  ", *SEPARATORS])),
    max_size=6,
).map(lambda parts: "".join(text + end for text, end in parts))


@pytest.mark.skipif(not READS_DOCTESTS_ANYWHERE, reason="IPython 8 strips prompts otherwise")
@given(odd_lines)
@settings(deadline=None, max_examples=300)
@example("x\n\u2028x?")
@example("x\n\x0bx?")
def test_any_lines_with_odd_separators_read_as_ipython(source: str) -> None:
    assert_reads_as_ipython(source)


@pytest.mark.skipif(not READS_DOCTESTS_ANYWHERE, reason="IPython 8 strips prompts otherwise")
@given(texts)
@settings(deadline=None, max_examples=300)
def test_any_text_reads_as_ipython(source: str) -> None:
    assert_reads_as_ipython(source)


@given(st.text(st.sampled_from("ab1*.[]-?%\n ("), max_size=24))
@settings(deadline=None, max_examples=1000)
def test_help_is_found_where_ipython_s_expression_finds_it(text: str) -> None:
    found = re.search(r"(%{0,2}(?!\d)[\w*]+(\.(?!\d)[\w*]+|\[-?[0-9]+\])*)(\?\??)$", text)
    assert _help(text) == (found[0] if found else "")


def test_a_thousand_blanks_are_not_read() -> None:
    assert read_cell("!ls" + " " * 100).kind == "python"
    assert read_cell("x = (" + " " * 2000 + "1)").kind == "python"
    refused = read_cell("!ls" + " " * 1000)
    assert (refused.kind, refused.reads_text) == ("opaque", True)
    assert "a line holds a thousand blanks in a row" in refused.reason


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_characters_are_read(source: str) -> None:
    assert read_cell(source).source == source
