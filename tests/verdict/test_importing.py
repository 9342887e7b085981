"""The obligation *import*: small projects, and why a definition stays, if it does."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.engine import migrate_bytes
from nbrefactor.model.outcome import Outcome
from nbrefactor.targets import read_modules

from ..notebooks import notebook

F = "def f(x):\n    return x + 1\n"
POINT = "class Point:\n    def __init__(self, x):\n        self.x = x\n"
HELPED = "def helper(x):\n    return x\ndef f(x):\n    return helper(x) + 1\n"


def case(prose, cells, code="", *, module="m", files=None, roots=(), home="", name="f"):
    """One project: ``F`` stands for the definition, `code` for the reason that keeps it."""
    return pytest.param(cells, code, module, files or {"m.py": F}, roots, home, name, id=prose)


def migrate(folder: Path, cells, module, files, roots, home) -> Outcome:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / home).mkdir(parents=True, exist_ok=True)
    (folder / ".git").mkdir()
    settings = Settings(
        modules=(ModuleChoice(module, "renamed"),),
        source_roots=tuple(folder / root for root in roots),
    )
    return migrate_bytes(
        notebook(*(F if cell == "F" else cell for cell in cells)),
        settings,
        read_modules(settings, folder / home / "x.ipynb"),
        path="x.ipynb",
        now=datetime(2025, 4, 8, tzinfo=timezone.utc),
    )


IN_SRC = {"src/m.py": F}
PACKAGE = {"pkg/__init__.py": "", "pkg/m.py": F}
SHADOW = {"m.py": F, "third/m.py": "x = 1\n", "data/x.txt": ""}

CASES = [
    # -- where it can be imported ---------------------------------------------------------------
    case("beside the notebook", ["F", "f(1)"]),
    case("a package beside the notebook", ["F", "f(1)"], module="pkg.m", files=PACKAGE),
    case("a folder beside the notebook", ["F"], module="pkg.m", files={"pkg/m.py": F}),
    case("in src only", ["F"], "import-unreachable", files=IN_SRC),
    case("in the repository's root only", ["F"], "import-unreachable", home="notebooks"),
    case("in a folder that the user gives", ["F"], files=IN_SRC, roots=["src"]),
    case("in the root, which the user gives", ["F"], home="notebooks", roots=["."]),
    case("in a folder that a cell appends", ["import sys\nsys.path.append('src')", "F"], files=IN_SRC),
    case("in a folder that a cell inserts", ["import sys\nsys.path.insert(0, 'src')", "F"], files=IN_SRC),
    case("in a folder above, in full", ["import os, sys\nsys.path.append(os.path.abspath('..'))", "F"], home="notebooks"),
    case("in a folder above, by a name", ["import os, sys\nroot = os.path.abspath(os.path.join('..'))\nif root not in sys.path:\n    sys.path.append(root)", "F"], home="notebooks"),
    case("in a folder above, by pathlib", ["import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path.cwd().parent))", "F"], home="notebooks"),
    case("in a folder that is added to the path", ["import sys\nsys.path += ['src']", "F"], files=IN_SRC),
    case("in a folder that the path is put behind", ["import sys\nsys.path = ['src'] + sys.path", "F"], files=IN_SRC),
    case("in a folder of another name for the path", ["from sys import path as p\np.append('src')", "F"], files=IN_SRC),
    case("in a folder that site adds", ["import site\nsite.addsitedir('src')", "F"], files=IN_SRC),
    case("in a folder that is added too late", ["F", "import sys\nsys.path.append('src')"], "import-unreachable", files=IN_SRC),
    case("in a folder that is added below it in its cell", [F + "import sys\nsys.path.append('src')"], "import-unreachable", files=IN_SRC),
    case("in a folder that is only sometimes added", ["import sys\nif len(sys.argv):\n    sys.path.append('src')", "F"], "import-unreachable", files=IN_SRC),
    case("in a folder that a function adds", ["import sys\ndef setup():\n    sys.path.append('src')", "F"], "import-unreachable", files=IN_SRC),
    case("in a folder that is computed", ["import sys, os\nsys.path.append(os.environ.get('X'))", "F"], "import-unreachable", files=IN_SRC),
    case("in another folder than the one that is added", ["import sys\nsys.path.append('lib')", "F"], "import-unreachable", files=IN_SRC),
    case("a way into its folder", ["import os\nos.chdir('..')", "F"], home="notebooks"),
    case("a way into its folder by a magic", ["%cd ..", "F"], home="notebooks"),
    # -- other modules of the name -----------------------------------------------------------------
    case("a name of the standard library", ["F"], "import-shadowed", module="queue", files={"queue.py": F}),
    case("a name that the environment has", ["F"], "import-shadowed", module="packaging", files={"packaging.py": F}),
    case("a package that the environment has", ["F"], "import-shadowed", module="packaging.m", files={"packaging/__init__.py": "", "packaging/m.py": F}),
    case("a folder in front that has another", ["import sys\nsys.path.insert(0, 'third')", "F"], "import-path", files=SHADOW),
    case("a folder in front that has none", ["import sys\nsys.path.insert(0, 'data')", "F"], files=SHADOW),
    case("a folder in front, inserted below", ["F", "import sys\nsys.path.insert(0, 'third')"], files=SHADOW),
    case("a folder in front that is computed", ["import sys, tempfile\nsys.path.insert(0, tempfile.mkdtemp())", "F"], "import-path"),
    case("a folder in front, in a function", ["import sys\ndef g():\n    sys.path.insert(0, 'third')", "F"], "import-path", files=SHADOW),
    case("a folder behind that has another", ["import sys\nsys.path.append('third')", "F"], files=SHADOW),
    case("a path that is replaced", ["import sys\nsys.path = []", "F"], "import-path"),
    case("an entry of the path that a loop sets", ["import sys\nfor sys.path[0] in ['third']:\n    pass", "F"], "import-path", files=SHADOW),
    case("it divides by zero", ["F"], "import-fails", files={"m.py": "X = 1 / 0\n" + F}),
    case("it divides by what nobody knows", ["F"], "import-unknown", files={"m.py": "import os\nX = 1 / os.getpid()\n" + F}),
    case("a path that is shortened", ["import sys\nsys.path.pop(0)", "F"], "import-path"),
    case("a path that is handed on", ["import sys\ndef g(p):\n    p.clear()\ng(sys.path)", "F"], "import-path"),
    case("a path that is looked at", ["import sys\nprint(sys.path, len(sys.path), 'x' in sys.path, sys.path[0])\nfor p in sys.path: pass", "F"]),
    case("a slice of the path that is set", ["import sys\nsys.path[0:0] = ['third']", "F"], "import-path", files=SHADOW),
    # -- the working directory -----------------------------------------------------------------------
    case("another directory", ["import os\nos.chdir('data')", "F"], "import-moved", files=SHADOW),
    case("another directory with another module", ["import os\nos.chdir('third')", "F"], "import-moved", files=SHADOW),
    case("another directory under another name", ["from os import chdir as go\ngo('data')", "F"], "import-moved", files=SHADOW),
    case("another directory by an alias", ["import os\ngo = os.chdir\ngo('data')", "F"], "import-moved", files=SHADOW),
    case("another directory by a star import", ["from os import *\nchdir('data')", "F"], "import-moved", files=SHADOW),
    case("another directory in a function", ["import os\ndef g():\n    os.chdir('data')", "F"], "import-moved", files=SHADOW),
    case("another directory, handed on", ["import os\nlist(map(os.chdir, ['data']))", "F"], "import-moved", files=SHADOW),
    case("another directory by a local import", ["def g():\n    import os as o\n    o.chdir('data')\ng()", "F"], "import-moved", files=SHADOW),
    case("another directory by a magic", ["%cd -q data", "F"], "import-moved", files=SHADOW),
    case("another directory by a magic of the shell", ["%pushd data", "F"], "import-moved", files=SHADOW),
    case("another directory by get_ipython()", ["get_ipython().run_line_magic('cd', 'data')", "F"], "import-moved", files=SHADOW),
    case("another directory in another process", ["!cd data && ls", "F"], files=SHADOW),
    case("another directory below", ["F", "import os\nos.chdir('data')"], files=SHADOW),
    case("a way there and back", ["import os\nos.chdir('data')", "os.chdir('..')", "F"], files=SHADOW),
    case("another directory that the user's folder outlives", ["import os\nos.chdir('..')", "F"], files=IN_SRC, roots=["src"]),
    case("the directory, asked for", ["import os\nprint(os.getcwd())\nos.makedirs('x', exist_ok=True)", "F"]),
    # -- files and modules in its place --------------------------------------------------------------
    case("its file is written by a magic", ["%%writefile m.py\nx = 1", "F"], "import-other"),
    case("another file is written by a magic", ["%%writefile other.py\nx = 1", "F"]),
    case("its file is written", ["with open('m.py', 'w') as file:\n    file.write('')", "F"], "import-other"),
    case("its file is written by pathlib", ["from pathlib import Path\nPath('m.py').write_text('')", "F"], "import-other"),
    case("its file is copied", ["import shutil\nshutil.copy('a/m.py', '.')", "F"], "import-other"),
    case("its file is copied by a process", ["import subprocess\nsubprocess.run(['cp', 'a/m.py', '.'])", "F"], "import-other"),
    case("its file is linked by the shell", ["!ln -s a/m.py m.py", "F"], "import-other"),
    *(
        case(f"a command that writes no module: {command}", [f"!{command} m.py", "F"])
        for command in (
            *("pip install", "sudo pip3 install", "conda install", "mamba install", "apt install", "apt-get install"),
            *("ls", "cat", "head", "tail", "wc", "grep x", "tree", "nvidia-smi", "jupyter trust", "echo", "python -m pip install"),
            *("python3 -m spacy download", "python -m ipykernel install"),
        )
    ),
    case("its file is written by an echo", ["!echo x > m.py", "F"], "import-other"),
    case("its file is written by another Python", ["!python make.py m.py", "F"], "import-other"),
    case("its file is fetched", ["!wget https://example.org/m.py", "F"], "import-other"),
    case("its folder is fetched", ["!git clone https://example.org/m", "F"], "import-other"),
    case("its file is read", ["print(open('m.py').read())\n!cat m.py", "F"]),
    case("its file is named", ["print('see m.py')\nx = 'm.py'", "F"]),
    case("its file is written below", ["F", "%%writefile m.py\nx = 1"]),
    case("a package is installed", ["!pip install m\n%pip install m", "F"]),
    case("a module is put in its place", ["import sys, types\nsys.modules['m'] = types.ModuleType('m')", "F"], "import-other"),
    case("a module is put in the place of another", ["import sys, types\ndef put(name):\n    sys.modules[name] = types.ModuleType(name)\nput('other')", "F"]),
    case("a module is put in a place that is told", ["import sys, types\ndef put(name):\n    sys.modules[name] = types.ModuleType(name)\nput('m')", "F"], "import-other"),
    case("a module is put in a place that cannot be told", ["import sys, types\ndef put(name):\n    sys.modules[name] = types.ModuleType(name)\nput(input())", "F"], "import-other"),
    case("modules are asked for", ["import sys\nif 'google.colab' in sys.modules:\n    pass\nnames = list(sys.modules.keys())", "F"]),
    case("modules are taken out", ["import sys\nsys.modules.pop('m', None)", "F"], "import-other"),
    case("a finder is put in front", ["import sys\nsys.meta_path.insert(0, None)", "F"], "import-other"),
    case("a file is loaded under its name", ["from importlib.machinery import SourceFileLoader\nSourceFileLoader('m', 'a/m.py').load_module()", "F"], "import-other"),
    case("it is reloaded", ["import m, importlib\nimportlib.reload(m)", "F"], "import-other"),
    case("another module is reloaded", ["import json, importlib\nimportlib.reload(json)", "F"]),
    case("versions are asked for", ["import importlib.metadata\nimportlib.metadata.version('numpy')", "F"]),
    case("a neighbour changes the path", ["import setup", "F"], "import-path", files={**SHADOW, "setup.py": "import sys\nsys.path.insert(0, 'third')\n"}),
    case("a neighbour adds to the path", ["import setup", "F"], files={**SHADOW, "setup.py": "import sys\nsys.path.append('third')\n"}),
    case("a neighbour changes the directory", ["import setup", "F"], "import-moved", files={**SHADOW, "setup.py": "import os\ndef go():\n    os.chdir('data')\n"}),
    case("a neighbour's neighbour changes the path", ["import a", "F"], "import-path", files={**SHADOW, "a.py": "import b\n", "b.py": "import sys\nsys.path.insert(0, 'third')\n"}),
    case("a neighbour finds its own folder", ["import setup", "F"], home="nb", files={"m.py": F, "nb/setup.py": "import os, sys\nsys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))\n"}),
    case("a cell that does not parse changes the path", ["sys.path.insert(0 'third')", "F"], "import-path"),
    case("a cell that does not parse", ["x = = 1", "F"]),
    # -- the module does something --------------------------------------------------------------------
    case("it seeds", ["F"], "import-acts", files={"m.py": "import random\nrandom.seed(0)\n" + F}),
    case("it calls what nobody knows", ["F"], "import-unknown", files={"m.py": "import colorsys\nX = colorsys.rgb_to_hsv(1, 1, 1)\n" + F}),
    case("it fails", ["F"], "import-fails", files={"m.py": "X = missing\n" + F}),
    case("it needs a package", ["F"], "import-missing", files={"m.py": "import not_there\n" + F}),
    case("it needs a package that the notebook has", ["import not_there", "F"], files={"m.py": "import not_there\n" + F}),
    case("it needs a package that the notebook may have", ["try:\n    import not_there\nexcept ImportError:\n    pass", "F"], "import-missing", files={"m.py": "import not_there\n" + F}),
    case("its package seeds", ["F"], "import-acts", module="pkg.m", files={**PACKAGE, "pkg/__init__.py": "import random\nrandom.seed(0)\n"}),
    case("it seeds, and the notebook has it already", ["import m", "F"], files={"m.py": "import random\nrandom.seed(0)\n" + F}),
    case("it seeds, and the notebook takes a name from it", ["from m import g", "F"], files={"m.py": "import random\nrandom.seed(0)\ng = 1\n" + F}),
    case("it seeds, and the notebook has it below", ["F", "import m"], "import-acts", files={"m.py": "import random\nrandom.seed(0)\n" + F}),
    case("it seeds, and the notebook may have it", ["if len('x'):\n    import m", "F"], "import-acts", files={"m.py": "import random\nrandom.seed(0)\n" + F}),
    case("it seeds, and a function has it", ["def g():\n    import m", "F"], "import-acts", files={"m.py": "import random\nrandom.seed(0)\n" + F}),
    case("its neighbour seeds, and the notebook has that", ["import side", "F"], files={"m.py": "import side\n" + F, "side.py": "import random\nrandom.seed(0)\n"}),
    case("its neighbour looks at the environment before the notebook does", ["F", "import side"], "import-looks", files={"m.py": "import side\n" + F, "side.py": "import os\nX = os.environ.get('X')\n"}),
    case("its neighbour looks at the environment", ["F"], files={"m.py": "import side\n" + F, "side.py": "import os\nX = os.environ.get('X')\n"}),
    case("a library that the notebook prepares below", ["F", "import os\nos.environ['X'] = '1'\nimport packaging"], "import-early", files={"m.py": "import packaging\n" + F}),
    case("a library that the notebook prepares below, by taking away", ["F", "import os\nos.unsetenv('X')\nimport packaging"], "import-early", files={"m.py": "import packaging\n" + F}),
    case("a library that the notebook prepares below, by its arguments", ["F", "import sys\nsys.argv.append('x')\nimport packaging"], "import-early", files={"m.py": "import packaging\n" + F}),
    case("a library that the notebook prepares below, by a magic", ["F", "%env X=1\nimport packaging"], "import-early", files={"m.py": "import packaging\n" + F}),
    case("a library that the notebook prepares above", ["import os\nos.environ['X'] = '1'", "F", "import packaging"], files={"m.py": "import packaging\n" + F}),
    case("subclasses are listed", ["import base\nbase.B.__subclasses__()", "F"], "import-subclasses", files={"m.py": "import base\nclass C(base.B): pass\n" + F, "base.py": "class B: pass\n"}),
    # -- the module is changed ------------------------------------------------------------------------
    case("a name of it is set", ["import m\nm.helper = None", "F"], "module-changed"),
    case("a name of it is deleted", ["import m\ndel m.f", "F"], "module-changed"),
    case("a name of it is set below", ["F", "import m\nm.helper = None"], "module-changed"),
    case("a name of it is set by text", ["import m\nsetattr(m, 'helper', None)", "F"], "module-changed"),
    case("its namespace is changed", ["import m\nm.__dict__['helper'] = None", "F"], "module-changed"),
    case("its namespace is changed by vars()", ["import m\nvars(m)['helper'] = None", "F"], "module-changed"),
    case("it is patched", ["from unittest import mock\nwith mock.patch('m.helper'):\n    pass", "F"], "module-changed"),
    case("its function is patched", ["from unittest.mock import patch\nimport m\npatch.object(m, 'f')", "F"], "module-changed"),
    case("it is changed through an alias", ["import m as q\nr = q\nr.helper = None", "F"], "module-changed"),
    case("it is changed through a loop", ["import m\nfor q in (m,):\n    q.helper = None", "F"], "module-changed"),
    case("it is changed through a list", ["import m\nqs = [m]\nqs[0].helper = None", "F"], "module-changed"),
    case("it is changed through a parameter", ["import m\ndef g(q):\n    q.helper = None\ng(m)", "F"], "module-changed"),
    case("it is changed through a result", ["import m\ndef g():\n    return m\ng().helper = None", "F"], "module-changed"),
    case("it is changed through a local import", ["def g():\n    import m\n    m.helper = None\ng()", "F"], "module-changed"),
    case("it is changed through sys.modules", ["import sys\nsys.modules['m'].helper = None", "F"], "module-changed"),
    case("it is changed through importlib", ["import importlib\nimportlib.import_module('m').helper = None", "F"], "module-changed"),
    case("a part of its package is changed", ["import pkg.m\npkg.m.helper = None", "F"], "module-changed", module="pkg.m", files=PACKAGE),
    case("its function is changed", ["import m\nm.f.__defaults__ = (1,)", "F"], "module-changed"),
    case("its class is changed", ["from m import Point as P\nP.x = 5", POINT], "module-changed", files={"m.py": POINT}, name="Point"),
    case("its class is changed by setattr", ["import m\nsetattr(m.Point, 'x', 5)", POINT], "module-changed", files={"m.py": POINT}, name="Point"),
    case("its list is changed", ["from m import ITEMS\nITEMS.append(1)", "F"], "module-changed", files={"m.py": "ITEMS = []\n" + F}),
    case("its table is changed", ["import m\nm.TABLE['a'] = 1", "F"], "module-changed", files={"m.py": "TABLE = {}\n" + F}),
    case("a neighbour changes it", ["import patches", "F"], "module-changed-by", files={"m.py": HELPED, "patches.py": "import m\nm.helper = None\n"}),
    case("a neighbour changes it later", ["import patches", "F"], "module-changed-by", files={"m.py": HELPED, "patches.py": "def g():\n    from m import f\n    f.k = 1\n"}),
    case("another module is changed", ["import json\njson.x = 1", "F"]),
    case("an instance of its class is changed", ["from m import Point\np = Point(1)\np.x = 2", "F"], files={"m.py": POINT + F}),
    case("its functions are used", ["import m\ny = [m.g(x) for x in range(3)]\nlist(map(m.g, y))", "F"], files={"m.py": F + "def g(x):\n    return x\n"}),
    case("its function is compared with the copy", ["import m", "F", "f is m.f"], "compared"),
    case("its class makes what another function gives", ["from m import make", POINT, "isinstance(make(), Point)"], "meets-own", files={"m.py": POINT + "def make():\n    return Point(1)\n"}, name="Point"),
    case("its other functions do not know the class", ["from m import g", POINT, "p = Point(g())"], files={"m.py": POINT + "def g():\n    return 1\n"}, name="Point"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "code", "module", "files", "roots", "home", "name"), CASES)
def test_importing(
    tmp_path: Path, cells, code: str, module: str, files, roots, home: str, name: str
) -> None:
    outcome = migrate(tmp_path, cells, module, files, roots, home)
    found = next(one for one in outcome.findings if one.name == name)
    codes = [reason.code for reason in found.reasons]
    assert bool(found.edits) == (not code), list(map(str, found.reasons))
    if code:
        assert code in codes, list(map(str, found.reasons))
        assert all(reason.remedy for reason in found.reasons if reason.code == code)
