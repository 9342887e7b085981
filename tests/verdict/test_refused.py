"""Programs that look like copies and are none: each ran otherwise with an import in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbrefactor

from ..notebooks import notebook

IMPORT = "import pandas as pd\n"
QUERY = "def f(d, k):\n    return d.query('a > @k')\n"
PATCH = "import math\nR = 3\ndef f(x):\n    return x * R\n"
THRICE = "def f(x):\n    return x * 3\n"
HELPED = "def h(x):\n    return x + 1\ndef f(x):\n    return h(x)\n"

# The module, and the notebook's cells.
REFUSED = {
    "text of pandas.eval that names a local of another name": (
        IMPORT + "def f(d, k):\n    j = k\n    return pd.eval('j*2')",
        [IMPORT + "j = 100", "def f(d, k):\n    m = k\n    return pd.eval('j*2')"],
    ),
    "text of pandas.eval that names a value of the notebook": (
        IMPORT + "def f(a):\n    return pd.eval('a * k')",
        [IMPORT + "k = 2", "def f(a):\n    return pd.eval('a * k')"],
    ),
    "a query that is called later": (
        "def f(d, q):\n    m = d.query\n    return m(q)",
        [IMPORT + "k = 1", "def f(d, q):\n    m = d.query\n    return m(q)", "f(d, 'a > @k')"],
    ),
    "a query in a frame of its own": (
        "def f(d, k):\n    return d.pipe(lambda z: z.query('a > @k'))",
        [IMPORT + "k = 1", "def f(d, k):\n    return d.pipe(lambda z: z.query('a > @k'))"],
    ),
    "a query for a local that has another name in the module": (
        "def f(d, k):\n    other = k\n    return d.query('a > @limit')",
        ["def f(d, k):\n    limit = k\n    return d.query('a > @limit')"],
    ),
    "a value that a test patches": (
        PATCH,
        ["R = 3", "def f(x):\n    return x * R", "from unittest.mock import patch\nwith patch('__main__.R', 7):\n    print(f(1))"],
    ),
    "a function that a test patches": (
        HELPED,
        ["def h(x):\n    return x + 1", "def f(x):\n    return h(x)", "from unittest.mock import patch\n@patch('__main__.h')\ndef test(m):\n    return f(1)"],
    ),
    "source that is asked for": (THRICE, ["def f(x):\n    # mine\n    return x * 3", "f??"]),
    "source that a magic shows": (THRICE, ["def f(x):\n    return x * 3", "%psource f"]),
    "a function that a test patches by the notebook's name": (
        HELPED,
        ["def h(x):\n    return x + 1", "def f(x):\n    return h(x)", "from unittest.mock import patch\nwith patch(f'{__name__}.h'):\n    f(1)"],
    ),
}  # fmt: skip
REPLACED = {
    "help that is asked for": (THRICE, [THRICE, "f?"]),
    "a query for a parameter": (QUERY, [QUERY]),
    "a query in a notebook with a main": (QUERY, [QUERY, "if __name__ == '__main__':\n    print('x')"]),
}  # fmt: skip


@pytest.mark.parametrize(("module", "cells"), REFUSED.values(), ids=REFUSED)
def test_the_definition_stays(tmp_path: Path, module: str, cells: list[str]) -> None:
    outcome = migrate(tmp_path, cells, module)
    assert "f" not in [found.name for found in outcome.replaced]
    assert "f" in [found.name for found in outcome.findings]


@pytest.mark.parametrize(("module", "cells"), REPLACED.values(), ids=REPLACED)
def test_what_is_the_same_goes(tmp_path: Path, module: str, cells: list[str]) -> None:
    assert [found.name for found in migrate(tmp_path, cells, module).replaced] == ["f"]


HEAT = "import numpy as np\nimport matplotlib.pyplot as plt\n"


def heat_map(drawn: str, before: str = "") -> str:
    return (
        "def visualize_entropy_heatmap(entropy_values):\n"
        f"    {before or 'pass'}\n    plt.figure()\n    plt.imshow({drawn})\n    plt.colorbar()\n    plt.show()"
    )


def scatter(across: str, up: str) -> str:
    return (
        "def visualize_entropy_vs_gradient(entropy_values, grad_norm_values):\n"
        f"    plt.figure()\n    plt.scatter({across}, {up})\n    plt.show()"
    )


@pytest.mark.parametrize(
    "drawn",
    [
        "np.log(entropy_values)", "np.round(entropy_values)", "np.nan_to_num(entropy_values)",
        "np.asarray(entropy_values, dtype='int8')", "np.abs(entropy_values)", "entropy_values.T",
        "entropy_values * 2", "np.zeros_like(entropy_values)", "entropy_values.round()",
    ],
)  # fmt: skip
def test_a_matrix_that_is_computed_on_is_another(tmp_path: Path, drawn: str) -> None:
    assert not migrate(tmp_path, [HEAT, heat_map(drawn)]).replaced


@pytest.mark.parametrize(
    "drawn",
    [
        "entropy_values", "np.array(entropy_values)", "np.asarray(entropy_values, dtype=float)",
        "entropy_values.detach().cpu().numpy()",
    ],
)  # fmt: skip
def test_a_matrix_in_another_box_is_the_same(tmp_path: Path, drawn: str) -> None:
    assert migrate(tmp_path, [HEAT, heat_map(drawn)]).replaced


@pytest.mark.parametrize(
    ("across", "up"),
    [
        ("grad_norm_values.flatten()", "entropy_values.flatten()"),
        ("np.sort(entropy_values.flatten())", "grad_norm_values.flatten()"),
        ("entropy_values.flatten()", "grad_norm_values.T.flatten()"),
        ("entropy_values.flatten('F')", "grad_norm_values.flatten()"),
        ("entropy_values.flatten()", "abs(grad_norm_values).flatten()"),
    ],
)
def test_points_that_are_paired_otherwise_are_others(tmp_path: Path, across: str, up: str) -> None:
    assert not migrate(tmp_path, [HEAT, scatter(across, up)]).replaced


def test_points_of_flat_values_are_the_same(tmp_path: Path) -> None:
    cell = scatter("entropy_values.flatten()", "grad_norm_values.ravel()")
    assert migrate(tmp_path, [HEAT, cell]).replaced


def migrate(folder: Path, cells: list[str], module: str = "") -> nbrefactor.Outcome:
    path = folder / "n.ipynb"
    path.write_bytes(notebook(*cells))
    if not module:
        return nbrefactor.migrate(path)
    (folder / "helpers.py").write_text(module)
    return nbrefactor.migrate(path, modules=[str(folder / "helpers.py")])
