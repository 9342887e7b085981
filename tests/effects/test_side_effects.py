import ast

import pytest

from nbrefactor.effects.side_effects import side_effects

TARGET = """
def draw(values: ArrayLike, title: str = "T", save_path=None, *, ax=None) -> Figure:
    image = ax.imshow(values)
    return finish(ax, save_path)
"""


def effects(source, target=TARGET):
    [inline], [node] = ast.parse(source).body, ast.parse(target).body
    names = {argument.arg: argument.arg for argument in inline.args.args}
    return list(side_effects(inline, node, names))


LOST = [
    pytest.param("def draw(values):\n plt.figure()\n values /= values.max()", 'changes its argument "values"', id="in-place division"),
    pytest.param("def draw(values):\n plt.figure()\n values[0] = 1", 'changes its argument "values"', id="store into the argument"),
    pytest.param("def draw(values):\n v = np.asarray(values)\n v[v < 0] = 0\n plt.imshow(v)", 'changes "v", which may be', id="store into a view"),
    pytest.param("def draw(values):\n for row in values:\n  row[0] = 1", 'changes "row", which may be', id="store into a row"),
    pytest.param("def draw(values):\n values.append(1)", 'changes its argument "values"', id="append"),
    pytest.param("def draw(values):\n values.mul_(2)", 'changes its argument "values"', id="torch in place"),
    pytest.param("def draw(values):\n np.random.seed(0)", "random numbers", id="seeds"),
    pytest.param("def draw(values):\n plt.scatter(np.random.rand(3), values)", "random numbers", id="draws random numbers"),
    pytest.param("def draw(values):\n np.save('v.npy', values)", "save(), which may write", id="saves data"),
    pytest.param("def draw(values):\n open('log', 'a').write('x')", "open(), which may write", id="appends to a log"),
    pytest.param("def draw(values):\n plt.savefig('auto.png')", "under a name of its own", id="saves the figure"),
    pytest.param("def draw(values):\n plt.style.use('ggplot')", "style of later plots", id="style"),
    pytest.param("def draw(values):\n plt.rcParams['font.size'] = 20", "style of later plots", id="rcParams"),
    pytest.param("def draw(values):\n plt.figure()\n plt.figure()", "several figures", id="two figures"),
    pytest.param("def draw(values):\n for v in values:\n  plt.figure()", "several figures", id="a figure a round"),
    pytest.param("def draw(values):\n plt.imshow(values.grads)", "uses grads of its argument", id="an object"),
    pytest.param("def draw(values):\n plt.bar(list(values), list(values.items()))", "uses items of its argument", id="a mapping"),
    pytest.param("def draw(values):\n plt.imshow(np.load(values))", "reads a file of the name", id="a path"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "why"), LOST)
def test_an_effect_that_would_be_lost(source, why):
    assert any(why in reason for reason in effects(source))


NONE = [
    pytest.param("def draw(values):\n plt.figure()\n plt.imshow(values)", id="draws only"),
    pytest.param("def draw(values):\n own = np.array(values)\n own[0] = 1", id="stores into a copy"),
    pytest.param("def draw(values):\n scaled = values / 2\n scaled[0] = 1", id="stores into a result"),
    pytest.param("def draw(values, title='T'):\n title += ' (scaled)'\n plt.title(title)", id="extends a text"),
    pytest.param("def draw(values, save_path=None):\n if save_path:\n  plt.savefig(save_path)", id="saves where it is told"),
    pytest.param("def draw(values):\n plt.imshow(values.detach().cpu().numpy())", id="takes a tensor"),
    pytest.param("def draw(values):\n fig, ax = plt.subplots()\n ax.patches[0].x = 1", id="changes its own figure"),
    pytest.param("def draw(values, title='T'):\n plt.title(title.replace('_', ' '))", id="works on a text"),
]  # fmt: skip


@pytest.mark.parametrize("source", NONE)
def test_no_effect(source):
    assert effects(source) == []


def test_an_effect_that_the_target_has_too():
    target = "def note(text, stream):\n stream.extend([text])"
    assert effects("def note(text, stream):\n stream.append(text)", target) == []
