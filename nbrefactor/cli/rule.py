"""The command ``nbrefactor rule``."""

from __future__ import annotations

import click

from nbrefactor.rules.rule import Example, Rule

_EXAMPLES = """Examples:

\b
  nbrefactor rule NB103
  nbrefactor rule --all
"""


@click.command(epilog=_EXAMPLES)
@click.argument("codes", nargs=-1, metavar="CODE...")
@click.option("--all", "everything", is_flag=True, help="Explain every rule.")
def rule(codes: tuple[str, ...], everything: bool) -> None:
    """Explain rules: what they find, why, and an example before and after.

    CODE is a code such as NB103 or a name such as exact-copy.
    """
    from nbrefactor.rules.catalogue import RULES, find_rule

    if bool(codes) == everything:
        raise click.UsageError("name the rules to explain, or say --all.")
    try:
        chosen = RULES if everything else tuple(find_rule(code) for code in codes)
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
    click.echo("\n".join(page(one) for one in chosen), nl=False)


def page(rule: Rule) -> str:
    """Write a rule's page in Markdown."""
    fixed = "`nbrefactor migrate` resolves it." if rule.fixed else "It is for you to resolve."
    default = "on" if rule.default else "off, unless it is selected (`--select`)"
    lines = [
        f"# {rule.code} {rule.name}",
        "",
        f"{rule.summary}.",
        "",
        f"{rule.why} {fixed}",
        "",
        f"By default it is {default}.",
        "",
    ]
    for example in rule.examples:
        lines += _example(example)
    return "\n".join(lines)


def _example(example: Example) -> list[str]:
    options = " ".join(
        option for option in ("--module plots" if example.module else "", example.options) if option
    )
    lines: list[str] = []
    if example.module:
        lines += ["With this module, `plots.py`:", "", *_block(example.module)]
    if example.kernel != "python":
        lines += [f"In a notebook whose kernel's language is {example.kernel}:", ""]
    found = f"`nbrefactor check Notebook.ipynb{' ' + options if options else ''}` finds it in"
    lines += [found, "", *_block(example.before), "and not in", ""]
    return [*lines, *_block(example.after)]


def _block(text: str) -> list[str]:
    return ["```python", text.rstrip("\n"), "```", ""]
