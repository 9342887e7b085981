"""Inline plotting statements become calls of the functions that draw the same.

The question is that of an exact copy, asked of a run of statements: is it what a target does?
Programs that draw differ in how they say it (pyplot or axes, order of labels, a loop over marks or
a list of them), so neither side is compared as text. Both are reduced to a *drawing*.

Block
    A run of statements of one suite that draws into one set of axes: from what begins the figure
    or chooses the panel to the last call that draws, with what shows, saves or closes it behind.
    What stands between and computes is told apart and stays where it is (`blocks`).
Drawing
    The elements in order (image, line, text, title, colour bar, limits …), each with what decides
    what is shown (`data`), what is written (`words`) and how it looks (`style`). It is read from
    source by following ``knowledge/calls.toml``, never by running (`reading`). A call or argument
    that the table does not know makes the block unknown.
Pattern
    The drawing of a target function for one way to call it, with its parameters open: branches
    that a parameter decides are chosen, helpers beside the function are followed (`following`,
    `patterns`). Where source cannot be followed (the bundled functions go through values and
    contexts), a stand-in in ``knowledge/MODULE.toml`` says the same in plain statements, and a test
    holds both against each other. A function that does anything else than draw is no pattern.
Match
    One-way unification: the pattern's parameters take the block's expressions, loops around marks
    become the list that a parameter takes, defaults are left out (`matching`). Expressions are
    equal when their normal forms are (`normal`): names by what they mean, containers converted or
    not, a limit computed before or in place. What is left decides: other data or something that
    the target does not draw is no match; words that a stand-in calls the same, and looks, are
    named differences. Without any the level is ``exact``, else ``restyled``.
Obligations
    What the call takes the place of must not be missed (`conditions`): nobody reads names that
    went; arguments and what is dropped only compute; nothing between changes what is drawn; the
    import does nothing but bind a free name; the cell shows the same values. Each answers with
    reasons, and what is not known refuses.
Edit
    The call stands where the last drawing statement stood; what shows, saves, closes or computes
    stays as it is; panels draw into the axes that they named (`writing`). All of it goes through
    the one plan of a migration.

A match is a claim about data, marks and words. That the picture is the same is measured: only
``exact`` is written unasked, ``restyled`` where the user accepts it or two runs prove it.
"""
