"""The smallest difference of two sources, as their authors wrote them."""

import ast
import textwrap

import pytest

from nbrefactor.python.source_difference import source_difference

# A name, the notebook's source, the module's, and what is shown.
CASES = """
# one number, with other names and a comment
def f(data):
    # mine
    plt.figure(figsize=(10, 4))
    plt.plot(data)
    plt.show()
---
def f(values):
    \"\"\"Show values.\"\"\"
    plt.figure(figsize=(8, 4))
    plt.plot(values)
    plt.show()
---
  def f(data):
-     plt.figure(figsize=(10, 4))
+     plt.figure(figsize=(8, 4))
      plt.plot(data)
===
# other quotes and layout
def f(a): return g(a, "x")
---
def f(a):
    return g(
        a,
        'x',
    )
---
===
# one line against two
def f(a): return 1
---
def f(a):
    return 2
---
- def f(a): return 1
+     return 2
===
# the head, its docstring left out
def f(
    a,
    b=1,
):
    '''Old.'''
    return a
---
def f(a, b=2):
    '''New.

    Long.
    '''
    return a
---
- def f(
-     a,
-     b=1,
- ):
+ def f(a, b=2):
      return a
===
# one line of a long statement
def f(a):
    return {
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 4,
    }
---
def f(a):
    return {
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 5,
    }
---
  def f(a):
          "three": 3,
-         "four": 4,
+         "four": 5,
      }
===
# far apart
def f(a):
    one(1)
    two(a)
    three(a)
    four(a)
    five(1)
---
def f(a):
    one(2)
    two(a)
    three(a)
    four(a)
    five(2)
---
  def f(a):
-     one(1)
+     one(2)
      two(a)
  …
      four(a)
-     five(1)
+     five(2)
===
# an else
def f(a):
    if a:
        return 1
    else:
        return 2
---
def f(a):
    if a:
        return 1
---
          return 1
-     else:
-         return 2
===
# elif, try and finally
def f(a):
    if a:
        one()
    elif a > 1:
        two()
    try:
        three()
    except ValueError as error:
        four(error)
    finally:
        five()
---
def f(a):
    if a:
        one()
    elif a > 2:
        two()
    try:
        three()
    except ValueError as problem:
        four(problem)
    finally:
        six()
---
          one()
-     elif a > 1:
+     elif a > 2:
          two()
  …
      finally:
-         five()
+         six()
===
# a class
class A:
    x = 1

    @property
    def y(self):
        return 1
---
class A:
    x = 1

    @cached_property
    def y(self):
        return 1
---
      x = 1
-     @property
+     @cached_property
      def y(self):
          return 1
"""


def cases():
    for case in CASES.strip("\n").split("\n===\n"):
        name, _, rest = case.partition("\n")
        here, there, *shown = rest.split("\n---")
        yield pytest.param(here.strip("\n"), there.strip("\n"), shown[0].strip("\n"), id=name[2:])


@pytest.mark.parametrize(("here", "there", "shown"), cases())
def test_what_is_shown(here, there, shown):
    assert difference(here, there) == shown


def test_rows_end_where_python_ends_them():
    here = "def f(a):\n    x = '\u2028'\n    return 1"
    assert (
        difference(here, here.replace("1", "2"))
        == "      x = '\u2028'\n-     return 1\n+     return 2"
    )


def test_a_definition_further_in_is_shown_from_the_margin():
    here = textwrap.indent("def f(a):\n    return 1", "    ")
    first = ast.parse(f"if x:\n{here}").body[0].body[0]
    other = ast.parse("def f(a):\n    return 2").body[0]
    shown = source_difference(first, f"if x:\n{here}", other, "def f(a):\n    return 2")
    assert shown == "  def f(a):\n-     return 1\n+     return 2"


def difference(here, there):
    return source_difference(ast.parse(here).body[0], here, ast.parse(there).body[0], there)
