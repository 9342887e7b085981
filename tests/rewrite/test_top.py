"""``imports = "top"``: an import moves only where nobody can notice, and the report says why."""

import pytest

from nbrefactor.notebook.document import read

MODULE = "def f(a):\n    return a + 1\n\n\ndef g(a):\n    return a + 2\n"
F = "def f(a):\n    return a + 1"
G = "def g(a):\n    return a + 2"


@pytest.fixture(scope="module")
def migrate(migration):
    def run(*sources):
        outcome = migration(MODULE)(*sources, imports="top")
        assert outcome.status == "changed", outcome.reason
        return [cell.source for cell in read(outcome.after).cells], outcome

    return run


MOVES = [
    pytest.param(["import os", F], ["import os\nfrom plots import f", ""], id="a definition alone"),
    pytest.param(
        ["import os\nx = 1", f"# why\n{F}\n\n\nf(1)"],
        ["import os\nfrom plots import f\nx = 1", "# why\n\n\nf(1)"],
        id="a comment and a call around it",
    ),
    pytest.param(
        ["import os  # first\n%matplotlib inline\nimport sys\nx = 1", F, G],
        [
            "import os  # first\n%matplotlib inline\nimport sys\nfrom plots import f, g\nx = 1",
            "",
            "",
        ],
        id="two definitions, a magic among the imports",
    ),
    pytest.param(
        ["from plots import g\nimport os", F],
        ["from plots import g, f\nimport os", ""],
        id="merged into the import that is there",
    ),
    pytest.param(
        ["import os", f"\n{F}\n\n{F}\n\nx = 1"],
        ["import os\nfrom plots import f", "x = 1"],
        id="twice at the top of a cell",
    ),
    pytest.param(
        ["import os", f"{F}\n\n# two\n{G}\n\n\nx = 1"],
        ["import os\nfrom plots import f, g", "# two\n\n\nx = 1"],
        id="two at the top of a cell, a comment between",
    ),
    pytest.param(
        ["import os  # first\nx = 1", F],
        ["import os  # first\nfrom plots import f\nx = 1", ""],
        id="below the comment of an import",
    ),
    pytest.param(
        ["import os", F, F],
        ["import os\nfrom plots import f", "", ""],
        id="the same definition twice",
    ),
    pytest.param(
        ["import os", f"os.sep\n{F}\n\nx = 1"],
        ["import os\nfrom plots import f", "os.sep\n\nx = 1"],
        id="below a value, with something behind it",
    ),
    pytest.param(
        ["import os", "%matplotlib inline\nx = os.sep", F],
        ["import os\nfrom plots import f", "%matplotlib inline\nx = os.sep", ""],
        id="a magic between that shows plots",
    ),
    pytest.param(
        ["x = 1", "import os", "y = x", F],
        ["x = 1", "import os\nfrom plots import f", "y = x", ""],
        id="the first cell with imports, not the first cell",
    ),
]


@pytest.mark.parametrize(("before", "after"), MOVES)
def test_moves(migrate, before, after):
    sources, outcome = migrate(*before)
    assert sources == after
    for found in outcome.findings:
        assert any("moves to the import cell" in str(reason) for reason in found.reasons)


STAYS = [
    pytest.param([F], "no cell has imports", id="no import cell"),
    pytest.param([F, "import os"], "comes after the definition", id="imports below"),
    pytest.param(["import os", "for f in []: pass", F], 'cell 2 in between binds "f"', id="bound between"),
    pytest.param(["import os\nf = 3", F], 'cell 1 in between binds "f"', id="bound in the import cell"),
    pytest.param(["import os", "f(1)", F], 'cell 2 in between reads "f"', id="read between"),
    pytest.param(["import os", "def h(): return f(1)", F], 'reads "f"', id="read in a function between"),
    pytest.param(["import os", "f(1)\n" + F], 'cell 2 in between reads "f"', id="read above in its cell"),
    pytest.param(["import os", ">>> def f(a):\n...     return a + 1"], "with its prompts", id="pasted"),
    pytest.param(["import os", "cd here", F], "cell 2 in between does not parse", id="opaque cell"),
    pytest.param(["import os", "%run a.py", F], "cell 2 in between may", id="%run"),
    pytest.param(["import os", "from m import *", F], "may bind any name", id="star import"),
    pytest.param(["import os", "import sys\nsys.path.append('x')", F], "prepares the import of plots", id="sys.path"),
    pytest.param(["import os", "!pip install x", F], "may prepare", id="!pip"),
    pytest.param(["import os", "!git clone x", F], "may prepare", id="git clone"),
    pytest.param(["import os", f"if os:\n    {F.replace(chr(10), chr(10) + '    ')}"], "inside of a if", id="conditional"),
    pytest.param(["import os", "%writefile x.py", F], "may prepare", id="a magic that nobody knows"),
    pytest.param(["import os", "%%bash\npip install x", F], "may prepare", id="a script"),
    pytest.param(["import os", "os.sep = '/'", F], "changes what it has imported", id="a patch"),
    pytest.param(["import os", "setattr(os, 'sep', '/')", F], "changes what", id="a patch by setattr"),
    pytest.param(["import os", "def g():\n    os.environ['A'] = 'b'", F], "changes what", id="environ"),
    pytest.param(["import os", f"os.sep\n{F}"], "would show the value above", id="below a value"),
    pytest.param(["import os", f"'text'\n{F}\n{G}"], "would show the value", id="two below a value"),
    pytest.param(["import os", f"%%time\n{F}"], "a magic without code", id="all that a magic has"),
    pytest.param(["import os", "names = list(globals())", F], "every name", id="globals()"),
    pytest.param(["import os", "%who function", F], "lists names", id="%who"),
    pytest.param(["import os", "import __main__\nhasattr(__main__, 'f')", F], 'names "f"', id="__main__"),
    pytest.param(["import os", "if 'f' not in globals():\n    print('first')", F], 'spells "f"', id="a text that asks for it"),
    pytest.param([f"import os\n{F}"], "stands in the import cell", id="in the import cell itself"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "why"), STAYS)
def test_stays_in_place(migrate, before, why):
    sources, outcome = migrate(*before)
    assert "from plots import f" in sources[-1] or len(before) == 1 or "def" in before[0]
    assert any(why in str(reason) for found in outcome.findings for reason in found.reasons)
    changed = [new for old, new in zip(before, sources, strict=True) if old != new]
    assert len(changed) == 1
