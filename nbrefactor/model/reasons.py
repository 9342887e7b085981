"""The one table of reasons: for each code its sentence and what the user can do about it.

A sentence is a clause without an end. Its fields are those of `Reason`: ``{subject}``, ``{here}``,
``{there}``, ``{cell}`` ("cell 3", "cells 3 and 5") and ``{at}`` (" (cell 3)", or nothing). A reason
without a remedy is a note; one of a ``difference`` says what the two sources have not in common,
and stands before what follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """Sentence and remedy of one code."""

    sentence: str
    remedy: str = ""
    binding: bool = False
    difference: bool = False


_NOTES: Mapping[str, Entry] = {
    "body-differs": Entry("the body differs{here}", difference=True),
    "other-name": Entry('is called "{there}" in the target module'),
    "parameters-renamed": Entry("parameters have other names in the target: {there}"),
    "locals-renamed": Entry("local names differ, the program is the same"),
    "default-differs": Entry("{here}; calls that rely on it say so", difference=True),
    "parameter-unused": Entry(
        'parameter "{subject}" does not exist in the target; no call passes it'
    ),
    "parameter-paired": Entry('parameter "{subject}" is "{there}" in the target'),
    "value-filled": Entry('calls pass "{here}" to the target\'s parameter "{subject}"'),
    "value-passed": Entry('notebook global "{subject}" is passed to the target\'s parameter'),
    "errors-handled": Entry("{cell} handles its errors, whichever they are"),
    "forced": Entry("was replaced because --force names it, not because it was understood"),
    "left-to-a-run": Entry("is left to a run to tell: {subject}"),
    "moves-to-top": Entry(
        "moves to the import cell ({cell}): nothing in between binds or reads the name or prepares "
        "the import"
    ),
    "stays-in-place": Entry("stays in place: {subject}"),
}  # fmt: skip

_LEVELS: Mapping[str, Entry] = {
    "not-accepted": Entry(
        "{here} is not accepted from {there}; --accept {here} would replace it",
        "say --accept {here} if the target may stand in",
    ),
    "not-selected": Entry("{subject} is not among the selected rules", "select {subject}"),
    "ignored": Entry("{subject} is ignored in the settings", "take {subject} out of the settings"),
    "opted-out": Entry("{subject}", "take that comment, tag or setting out"),
    "looks-like": Entry(
        'looks like "{there}"; if it is meant to be, say --alias {subject}={there}',
        "say --alias {subject}={there}",
    ),
    "too-deep": Entry("is nested too deeply to be compared", "take the nesting apart"),
    "other-kind": Entry(
        "is a {here} here and a {there} in {subject}",
        "write it as a {there} too if the two are meant to be the same, or give it another name",
    ),
}  # fmt: skip

_NAMES: Mapping[str, Entry] = {
    "captures-parameter": Entry(
        'reads notebook global "{subject}"{at}: a parameter of the notebook',
        'give the inline function and the target a parameter "{subject}" and pass it',
    ),
    "captures-value": Entry(
        'reads notebook global "{subject}"{at}{here}{there}',
        'give the inline function and the target a parameter "{subject}" and pass it, or define it '
        "with the same value in the target's module",
    ),
    "captures-changed": Entry(
        'reads notebook global "{subject}"{at}, which {here}',
        'give the inline function and the target a parameter "{subject}" and pass it',
    ),
    "captures-import": Entry(
        '"{subject}" is {here} here{at}{there}',
        'import {here} as "{subject}" in the target\'s module too, so that both mean the same',
    ),
    "captures-definition": Entry(
        'uses the notebook\'s {here} "{subject}"{at}',
        'move the {here} "{subject}" into the target\'s module too; it has to be the same there',
    ),
    "captures-class": Entry(
        'uses the class "{subject}"{at}, which stays here',
        'let the class "{subject}" be replaced too, or give both a parameter for it',
    ),
    "captures-state": Entry(
        'uses the function "{subject}"{at}, which keeps a state and stays here',
        'let the function "{subject}" be replaced too, or give both a parameter for it',
    ),
    "captures-nothing": Entry(
        'reads "{subject}", which no cell visibly binds',
        'bind "{subject}" in a cell, or give both a parameter for it',
    ),
    "value-by-text": Entry(
        'calls would pass "{subject}", and {here} may bind it while the call runs',
        "write what that runs as code of a cell",
    ),
    "value-deleted": Entry(
        'calls would pass "{subject}", which {cell} deletes', 'keep "{subject}" bound'
    ),
    "value-bound-inside": Entry(
        'calls would pass "{subject}", which a function in {cell} binds anew',
        'bind "{subject}" outside of functions only',
    ),
    "value-read-late": Entry(
        'calls would pass "{subject}", which the body may read when the call is over; it is bound '
        "more than once, or not surely ({cell})",
        'bind "{subject}" once, at the top of a cell',
    ),
    "value-maybe-unbound": Entry(
        'calls would pass "{subject}", which nothing surely binds before them',
        'bind "{subject}" at the top of a cell above the definition',
    ),
    "captures-late": Entry(
        'reads "{subject}", which {cell} binds only after the first call',
        'move what binds "{subject}" above the first call',
    ),
    "captures-builtin": Entry(
        '"{subject}" is redefined in the target\'s module',
        'give what the module calls "{subject}" another name there',
    ),
    "names-by-text": Entry(
        '"{subject}" may be bound by {here}', "bind names by plain statements instead"
    ),
    "own-module": Entry(
        'reads "{subject}", which answers for its own module',
        "the notebook depends on the function being its own: keep it",
    ),
    "writes-global": Entry(
        'writes notebook global "{subject}"', 'return the new value of "{subject}" instead'
    ),
}  # fmt: skip

_PLACE: Mapping[str, Entry] = {
    "timed-cell": Entry(
        "stands in a timed cell, whose names do not reach the notebook",
        "define it in a cell of its own",
    ),
    "inside": Entry("is defined inside of a {here} statement", "define it at the top of a cell"),
    "fallback": Entry(
        "is what the cell falls back to when something else fails", "define it at the top of a cell"
    ),
    "class-again": Entry(
        "is defined more than once, and each definition makes a class of its own",
        "define it once",
    ),
    "decorated-again": Entry(
        "is decorated and defined more than once, and each definition decorates anew",
        "define it once",
    ),
    "default-again": Entry(
        "is defined more than once, and each definition renews its mutable default",
        "define it once",
    ),
    "renewed": Entry(
        'each run of its cell renews "{subject}", which it may change; an import does not',
        'make "{subject}" anew in the body instead of once in the definition',
    ),
    "computed-early": Entry(
        "computes {here} when it is defined, the module does when it is imported",
        "compute {here} in the body, or pass it in the calls",
    ),
    "defined-anew": Entry(
        "is defined anew in {cell}, so that a call may mean either",
        "let the name mean one thing in the whole notebook",
    ),
    "rebound": Entry(
        '"{subject}" is {here} in {cell}, so that {there}',
        "let the name mean one thing in the whole notebook",
    ),
    "one-object": Entry(
        'would become one object with "{subject}", which is another now',
        "keep one of the two definitions, and call it under both names",
    ),
    "named-by-text": Entry(
        '{here} names "{subject}"',
        'mend that cell, or use "{subject}" in plain Python',
    ),
    "magic-inside": Entry(
        "holds a magic or shell line, which a module cannot ({cell})",
        "take that line out of the function",
    ),
    "alias-class": Entry(
        'its instances would say that they are of class "{there}"', "give both the same name"
    ),
}  # fmt: skip

_BODY: Mapping[str, Entry] = {
    "effect-unknown": Entry(
        "calls {subject}, whose side effects are not known",
        "call {subject} in the notebook, before or after the call, instead of in the function; or "
        "let a run tell with --prove",
    ),
    "target-unknown": Entry(
        "the target calls {subject}, whose side effects are not known",
        "let a run tell with --prove, or take that call out of the target",
    ),
    "effect-lost": Entry(
        "{here}, and the target does not",
        "do that in the notebook, before or after the call, instead of in the function",
    ),
    "effect-new": Entry(
        "the target {here}, and it does not",
        "take that out of the target, or do it in the inline function too",
    ),
    "changes-argument": Entry(
        'changes its argument "{subject}", and the target does not',
        "change it in the notebook, before or after the call, instead of in the function",
    ),
    "changes-global": Entry(
        'changes "{subject}", and the target does not',
        "change it in the notebook, before or after the call, instead of in the function",
    ),
    "target-changes": Entry(
        'the target changes "{subject}", the inline function does not',
        "let the target work on a copy",
    ),
    "raises": Entry(
        "raises {here}, and the target does not",
        "check the arguments before the call instead",
    ),
    "target-raises": Entry(
        "the target raises {here}, the inline function does not",
        "let both raise the same",
    ),
    "figure-otherwise": Entry(
        "{here}",
        "let the inline function make one figure, draw into it, and leave, show or close it at "
        "the end",
    ),
    "target-figure-otherwise": Entry(
        "the target {there}",
        "let the target make one figure, draw into it, and leave, show or close it at the end",
    ),
    "figure-ends": Entry(
        "leaves its figure {here}, the target leaves it {there}",
        "let both show the figure, or neither",
    ),
    "closes-figure": Entry(
        "closes its figure, the target leaves it open to be shown",
        "close the figure in the notebook, after the call",
    ),
    "several-panels": Entry(
        "draws into several panels, the target into one",
        "let the function draw one panel, and call it once for each; or call the target yourself, "
        "with ax= for each panel",
    ),
    "argument-otherwise": Entry(
        'its argument "{subject}" {here}, the target takes it for {there}',
        "prepare the argument in the notebook, before the call",
    ),
    "counts-unclear": Entry(
        "it cannot be seen whether {subject} are drawn as events or as running counts",
        "draw them with plot() or step() as running counts, or with bar() as events",
    ),
    "asks-more": Entry(
        'the target asks of "{subject}" {there}, which the inline function does not',
        "let both use the argument in the same way",
    ),
    "takes-none": Entry(
        'takes None for "{subject}", and the target does not check for it',
        "check for None in the target too, or before the call",
    ),
    "handles-new-error": Entry(
        "{cell} handles {there}, which the target raises and the inline function does not",
        "handle Exception there, or take the call out of the try and check the arguments before it",
    ),
    "goes-on": Entry(
        "{cell} goes on drawing, into the figure that the target leaves open ({here})",
        "make a figure, or show this one, before that",
    ),
    "inside-context": Entry(
        "{cell} calls it inside of {here}, which the figure would outlive",
        "call it outside of that context",
    ),
    "backend": Entry(
        "{cell} chooses how figures are shown ({here})",
        "show figures inline, as with %matplotlib inline",
    ),
    "decorators-differ": Entry("decorators differ", "make the two the same where they differ"),
    "decorated-differs": Entry(
        "is decorated, and the body differs", "make the two the same where they differ"
    ),
    "one-async": Entry("one of the two is async", "make both async, or neither"),
    "member-differs": Entry("{here}", "make the two the same where they differ"),
    "returns-differ": Entry(
        "returns {here}, the target returns {there}", "let the target return the same"
    ),
}  # fmt: skip

_IMPORT: Mapping[str, Entry] = {
    "import-unreachable": Entry(
        "{subject} is found only {here} ({there}), where the kernel does not look",
        "install the package (pip install -e .), add {there} to sys.path in a cell above, or say "
        "--source-root {there} if the kernel has it on its path",
    ),
    "import-shadowed": Entry(
        '"{subject}" is also {there}, which the kernel may have instead', "rename the module"
    ),
    "import-moved": Entry(
        "{cell} changes the working directory ({here}), from which {subject} is imported",
        "leave the working directory alone and name files by their folder, or install the package",
    ),
    "import-path": Entry(
        "{cell} may make another module answer to {subject} ({here})",
        "add folders to the end of sys.path, and name them in full",
    ),
    "import-other": Entry(
        "{cell} may put another module in the place of {subject} ({here})",
        "keep what writes or replaces modules out of the notebook",
    ),
    "import-acts": Entry(
        "importing {subject} runs {here} ({there})",
        'move that into a function, or under if __name__ == "__main__"',
    ),
    "import-unknown": Entry(
        "importing {subject} runs {here} ({there}), whose side effects are not known",
        'move that into a function, or under if __name__ == "__main__"; or let a run tell with '
        "--prove",
    ),
    "import-fails": Entry(
        "importing {subject} fails at {here} ({there})", "mend the module: it cannot be imported"
    ),
    "import-missing": Entry(
        'importing {subject} needs "{here}" ({there}), which is not found',
        'install "{here}", or import it in the notebook above',
    ),
    "import-looks": Entry(
        "importing {subject} looks at the environment ({here}, {there}), earlier than the notebook "
        "imports it",
        "import that module in the notebook too, above the definition",
    ),
    "import-early": Entry(
        "would import {subject} before {cell} prepares that ({here})",
        "move that, and the notebook's own import of {subject}, above the definition",
    ),
    "import-subclasses": Entry(
        "{cell} lists subclasses, and importing {subject} makes some",
        "keep a list of the classes instead",
    ),
    "module-changed": Entry(
        "{cell} changes {subject} ({here})", "leave the module as it is, or pass what differs"
    ),
    "module-changed-by": Entry(
        "{here} changes {subject} ({there})", "leave the module as it is, or pass what differs"
    ),
}  # fmt: skip


_OBSERVATIONS: Mapping[str, Entry] = {
    "looks-at": Entry(
        "{cell}{here} looks at its {subject}",
        "the notebook depends on the definition being its own: keep it",
    ),
    "looks-at-name": Entry(
        '{cell}{here} looks at its {subject}, "{there}" in the target', "give both the same name"
    ),
    "inspects-source": Entry(
        "{cell}{here} inspects its source", "keep the definition, or show the module's file instead"
    ),
    "source-inspected": Entry(
        "passes it on, and {cell}{here} inspects the source of functions",
        "name the functions whose source is inspected",
    ),
    "module-looked-up": Entry(
        "passes it on, and {cell}{here} looks at the {subject} of functions",
        "name the functions whose {subject} is read",
    ),
    "class-looked-up": Entry(
        "{cell}{here} looks at the {subject} of something that may be this class or of it",
        "name the objects whose {subject} is read",
    ),
    "shows-help": Entry(
        "{cell}{here} shows its help",
        "print its __doc__ instead, and give both the same docstring",
    ),
    "passed-on-doc": Entry(
        "{cell}{here} passes it on to {subject}, and its docstring differs",
        "give the target the docstring that the notebook has",
    ),
    "passed-on-annotations": Entry(
        "{cell}{here} passes it on to {subject}, and its annotations differ",
        "annotate the target's parameters as in the notebook",
    ),
    "shows-it": Entry(
        "{cell}{here} shows it, with the module that it is from",
        "show what you want to see of it instead, or give the class a __repr__ of its own",
    ),
    "shows-error": Entry(
        "tracebacks that the notebook prints name the module of errors",
        "print the error itself instead of its traceback",
    ),
    "stores-it": Entry(
        "{cell}{here} stores it under the name of its module",
        "store values instead of functions and classes",
    ),
    "stores-instances": Entry(
        "{cell}{here} stores instances under the name of their module",
        "store their values instead, such as model.state_dict()",
    ),
    "changes-attribute": Entry(
        "{cell}{here} changes its attribute {subject}", "keep that value in a name of the notebook"
    ),
    "changes-attributes": Entry(
        "{cell}{here} changes its attributes", "keep those values in names of the notebook"
    ),
    "meets-own": Entry(
        "{cell} uses the target's module, whose own {subject} it would become one with",
        "use the notebook's own {subject} throughout, or import {subject} from the module and take "
        "the definition out",
    ),
    "compared": Entry(
        "{cell}{here} compares it with what would become the same object",
        "define it once, under one name",
    ),
    "compares-constant": Entry(
        'compares by "is", and "{subject}" is another object in the module, though an equal one',
        'compare by "==", or give both a parameter "{subject}" and pass it',
    ),
    "decorator-unknown": Entry(
        "what its decorator {subject} sees of it is not known",
        "take the decorator away, or use one whose source is in the project, where it can be read",
    ),
    "sees-frames": Entry(
        "looks at the frame in which it runs ({subject})",
        "the notebook depends on the function being its own: keep it",
    ),
    "warns": Entry(
        "warns, and the warning tells where it stands",
        "print the message instead, or keep the definition",
    ),
    "warnings-of-module": Entry(
        "the notebook filters the warnings of its own module", "filter by category or message"
    ),
    "logs-place": Entry(
        "logs, and the log tells the place of the call",
        "leave module, file and line out of the format of logs",
    ),
    "logs-name": Entry(
        "logs, and the log tells the name of the function", "give both the same name"
    ),
    "looks-name-up": Entry(
        '{here} looks up "{subject}", which means something else in the target\'s module',
        'give both a parameter "{subject}" and pass it',
    ),
    "too-deep-here": Entry(
        "{cell}{here} names it in code that is nested too deeply to be understood",
        "take the nesting apart",
    ),
    "called-unseen": Entry(
        "{cell}{here} calls it by another way than its name, and the call would have to change",
        "call it by its name",
    ),
    "run-inside": Entry(
        "{cell} runs a file among the notebook's names, whose calls would have to change",
        "import that file instead",
    ),
    "unbound-local": Entry(
        'may read "{subject}" before it is bound, "{there}" in the target: the error says which',
        "bind it first",
    ),
    "error-names-it": Entry(
        "the call in {cell} does not bind, and the error names it", "give both the same names"
    ),
    "passed-on-name": Entry(
        '{cell} passes it on, and its __name__ would be "{there}"', "give both the same name"
    ),
    "passed-on-attribute": Entry(
        "{cell} uses an attribute of it", "call the function instead"
    ),
    "passed-on-values": Entry(
        "{cell} passes it on, and calls need the notebook's values",
        "pass on a lambda that calls it, or give the target the same signature",
    ),
    "passed-on-parameters": Entry(
        "{cell} passes it on, and {here}",
        "pass on a lambda that calls it, or give the target the same signature",
    ),
    "passed-on-result": Entry(
        "{cell} passes it on; it {here}", "let the target return the same"
    ),
    "call-binds-not": Entry(
        "the call in {cell} {here}",
        "pass the arguments by keyword, and none that the target does not take",
        binding=True
    ),
    "call-other-name": Entry(
        '"{subject}" is another name where {cell} calls it',
        'give that other "{subject}" a name of its own',
        binding=True
    ),
    "call-unusual": Entry(
        "the call in {cell} would have to change, and is written unusually",
        "write the call in a statement of its own, outside of any f-string and without brackets",
        binding=True
    ),
    "result-used": Entry(
        "{here}, and {cell} {there}", "do not use the result, or let the target return the same"
    ),
}  # fmt: skip

_FOLDS: Mapping[str, Entry] = {
    "fold-differs": Entry("looks otherwise: {subject}"),
    "fold-not-accepted": Entry(
        "{here} is not accepted; --accept restyled would fold it, and --prove where a run shows "
        "the same",
        "say --accept restyled if the look may change",
    ),
    "fold-unknown-call": Entry(
        "{subject}(...) is not known to draw anything in particular",
        "draw with the calls of pyplot and axes alone, or move {subject}(...) out of the plot",
    ),
    "fold-unknown-argument": Entry(
        "{here}(...) is given {subject}, of which it is not known what it shows",
        "leave {subject} out, or keep the plot as it is",
    ),
    "fold-inside": Entry(
        'a loop or branch around drawing calls does more: "{subject}"',
        "move what does not draw out of that loop or branch",
    ),
    "fold-between": Entry(
        'between its drawing calls stands "{subject}", which may do more than compute',
        "move that line above or below the plot",
    ),
    "fold-order": Entry(
        "a drawing call for {subject} comes before there is any {here}",
        "move it below the call that draws the {here}",
    ),
    "fold-several-axes": Entry(
        "it draws into several axes at once", "draw the plots of one figure one after the other"
    ),
    "fold-one-line": Entry(
        "two of its statements stand on one line", "give each statement a line of its own"
    ),
    "fold-loops-differ": Entry(
        "loops around what it draws are others than {there} has",
        "loop over the shape of what is drawn, or over the list of marks",
    ),
    "fold-data-differs": Entry(
        "{there} would show other data: {subject}{here}",
        "give the plot the same data and limits if that is meant, or leave it as it is",
    ),
    "fold-not-flat": Entry(
        "{there} tells the rows of a grid apart, and {here} may be one",
        "flatten it in the plot, as in {here}.ravel()",
    ),
    "fold-words-differ": Entry(
        "the {subject} says {here}, and the target says {there}",
        "give it the target's words if that is meant, or leave it as it is",
    ),
    "fold-draws-more": Entry(
        "{there} draws no such {subject}", "take the {subject} out of the plot, or leave it"
    ),
    "fold-draws-less": Entry(
        "{there} draws a {subject} that the plot has not",
        "draw it too if that is meant, or leave the plot as it is",
    ),
    "fold-ambiguous": Entry(
        "{here} and {there} both draw it",
        "give it the words of the one that is meant, or leave it as it is",
    ),
    "fold-name-read": Entry(
        '"{subject}", which the plot binds, is read in {cell}',
        "bind the name outside of the plot, or leave it as it is",
    ),
    "fold-argument": Entry(
        '"{subject}" may do more than compute a value: {here}',
        "give it a name above the plot, and draw that",
    ),
    "fold-argument-changes": Entry(
        'the plot binds or changes "{subject}" after it was drawn',
        "bind it above the plot, or under another name",
    ),
    "fold-shown": Entry(
        "the notebook sets which values its cells show",
        "leave ast_node_interactivity as it is by default",
    ),
    "fold-name-taken": Entry(
        'the notebook has a "{subject}" of its own{at}', "give it another name"
    ),
    "fold-name-unclear": Entry(
        "the names that it draws with may be bound unseen: {subject}",
        "keep what binds names by text apart from the plot",
    ),
}  # fmt: skip

GROUPS: Mapping[str, Mapping[str, Entry]] = {
    "Notes": _NOTES,
    "Levels and wishes": _LEVELS,
    "The import": _IMPORT,
    "Names": _NAMES,
    "The place": _PLACE,
    "The bodies": _BODY,
    "What the notebook sees": _OBSERVATIONS,
    "Blocks": _FOLDS,
}

TABLE: Mapping[str, Entry] = {
    code: entry for entries in GROUPS.values() for code, entry in entries.items()
}
