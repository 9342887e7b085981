"""Findings of a check as a JUnit file, which most CI systems read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbrefactor.model.diagnostic import CheckReport
from nbrefactor.report.concise import line
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from xml.etree import ElementTree


def render(report: CheckReport) -> bytes:
    """Write a test suite for each notebook, with a failed test for each finding.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    bytes
        XML in UTF-8. A notebook without findings is a test that passed, a problem one with an
        error.
    """
    from xml.etree import ElementTree

    total = len(report.diagnostics) + len(report.problems)
    root = ElementTree.Element("testsuites", name="nbrefactor")
    for notebook in report.notebooks:
        name = visible_line(notebook)
        found_here = [found for found in report.diagnostics if found.path == notebook]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=name,
            tests=str(len(found_here) or 1),
            failures=str(len(found_here)),
            errors="0",
        )
        if not found_here:
            ElementTree.SubElement(suite, "testcase", name="nbrefactor", classname=name)
            total += 1
        for found in found_here:
            case = ElementTree.SubElement(
                suite,
                "testcase",
                name=found.code,
                classname=name,
                file=name,
                line=str(found.line),
            )
            failure = ElementTree.SubElement(
                case, "failure", message=found.message, type=found.code
            )
            failure.text = "\n".join([line(found), *found.reasons])
    if report.problems:
        _add_problems(root, report.problems)
    root.set("tests", str(total))
    root.set("failures", str(len(report.diagnostics)))
    root.set("errors", str(len(report.problems)))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add_problems(root: ElementTree.Element, problems: Sequence[str]) -> None:
    from xml.etree import ElementTree

    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name="problems",
        tests=str(len(problems)),
        failures="0",
        errors=str(len(problems)),
    )
    for problem in problems:
        case = ElementTree.SubElement(suite, "testcase", name="problem", classname="nbrefactor")
        ElementTree.SubElement(case, "error", message=visible_line(problem))
