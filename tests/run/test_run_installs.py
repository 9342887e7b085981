from __future__ import annotations

import pytest

from nbrefactor.run.installs import installs, without_installs

SKIPPED = {
    "a shell line": ("!pip install torch", "None"),
    "a magic": ("%pip install -q torch", "None"),
    "with other code": ("import os\n!pip install torch\nprint(1)", "import os\nNone\nprint(1)"),
    "indented": ("if colab:\n    !pip install torch\n", "if colab:\n    None\n"),
    "with a variable": ("!{sys.executable} -m pip install torch", "None"),
    "python -m": ("!python3 -m pip install -r requirements.txt", "None"),
    "sudo": ("!sudo apt-get install -y graphviz", "None"),
    "behind another command": ("!cd /tmp && git clone https://x/y", "None"),
    "continued": ("!pip install \\\n    torch\nx = 1", "None\nx = 1"),
    "its output kept": ("log = !pip install torch\nx = 1", "log = None\nx = 1"),
    "conda": ("!conda install -y numpy", "None"),
    "the conda magic": ("%conda install numpy", "None"),
    "fetched files": ("!wget https://x/data.csv\n!curl -O https://x/y", "None\nNone"),
    "a bash cell": ("%%bash\necho hi\npip install torch", "None"),
    "a shell cell": ("%%!\napt install x", "None"),
    "two exclamation marks": ("!!pip install x", "None"),
    "the system magic": ("%sx pip install x", "None"),
    "uv": ("!uv pip install x", "None"),
    "a cell that does not parse": ("!pip install x\nprint 'a'", "None\nprint 'a'"),
}
KEPT = {
    "Python": "import os\nos.getcwd()",
    "another command": "!ls -la",
    "what is installed": "!pip list\n!pip show torch\n%pip freeze\n!conda list",
    "a repository's state": "!git log -1\n!git status",
    "text in Python": 'print("!pip install torch")',
    "a comment": "# !pip install torch\nx = 1",
    "a text of several lines": 'x = """\n!pip install torch\n"""',
    "another magic": "%matplotlib inline\n%timeit f()",
    "a file that is written": "%%writefile install.sh\npip install torch",
    "an echo": "!echo pip install torch",
    "a word within another": "!pipeline install",
    "a bash cell that looks": "%%bash\nls\ngit status",
}


@pytest.mark.parametrize(("source", "changed"), SKIPPED.values(), ids=SKIPPED)
def test_what_installs_or_fetches_is_skipped(source: str, changed: str) -> None:
    result, skipped = without_installs(source)
    assert result == changed
    assert skipped
    assert all(installs(line.partition("…")[2] or line) for line in skipped if "%%" not in line)


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_all_else_runs(source: str) -> None:
    assert without_installs(source) == (source, ())
