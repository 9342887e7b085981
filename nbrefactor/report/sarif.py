"""Findings of a check as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbrefactor import __version__
from nbrefactor.model.diagnostic import CheckReport, Diagnostic
from nbrefactor.model.outcome import Outcome
from nbrefactor.project import HOMEPAGE
from nbrefactor.report.counted import count
from nbrefactor.report.fixes import regions_of
from nbrefactor.rules.catalogue import RULES
from nbrefactor.rules.rule import Rule
from nbrefactor.visible import visible_json, visible_line

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
# The name says how the value is made: another way of making it gets another name.
_FINGERPRINT = "nbrefactorFinding/v1"


def render(report: CheckReport) -> str:
    """Write findings as a SARIF log of one run.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        The log. Paths are relative to the current folder, which it calls ``%SRCROOT%``.
    """
    fixes = {change.path: change for change in report.changes}
    results = []
    for found in report.diagnostics:
        result = _result(found)
        # All of it is one change, which the first finding of the notebook offers.
        if found.fixable and (change := fixes.pop(found.path, None)):
            result["fixes"] = [_fix(change)]
        results.append(result)
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "nbrefactor",
                        "informationUri": HOMEPAGE,
                        "semanticVersion": __version__,
                        "version": __version__,
                        "rules": [_rule(rule) for rule in RULES],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not report.problems,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": visible_line(problem)}}
                            for problem in report.problems
                        ],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return visible_json(log, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    fix = "`nbrefactor migrate` resolves it." if rule.fixed else ""
    words = f"{rule.why} {fix}".rstrip()
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": f"{rule.summary}. {rule.why}"},
        "help": {"text": words.replace("`", ""), "markdown": words},
        "helpUri": f"{HOMEPAGE}#rules",
        "defaultConfiguration": {"enabled": rule.default, "level": "warning"},
    }


def _result(found: Diagnostic) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(found.path),
            "region": {"startLine": found.line},
        }
    }
    if found.cell is not None:
        location["logicalLocations"] = [{"name": f"cell {found.cell}"}]
    codes = [rule.code for rule in RULES]
    return {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": "warning",
        "message": {"text": found.message},
        "locations": [location],
        "partialFingerprints": {_FINGERPRINT: found.fingerprint},
    }


def _fix(change: Outcome) -> dict[str, Any]:
    replaced = count(len(change.replaced), "definition")
    return {
        "description": {"text": f"nbrefactor migrate: {replaced} of this notebook replaced"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(change.path),
                "replacements": [
                    {
                        "deletedRegion": {
                            "startLine": region.start_line,
                            "startColumn": region.start_column,
                            "endLine": region.end_line,
                            "endColumn": region.end_column,
                        },
                        "insertedContent": {"text": region.text},
                    }
                    for region in regions_of(change)
                ],
            }
        ],
    }


def _artifact(path: str) -> dict[str, Any]:
    absolute = Path(path).absolute()
    relative = Path(os.path.relpath(absolute))
    if relative.parts[:1] == ("..",):
        return {"uri": absolute.as_uri()}
    return {"uri": quote(os.fsencode(relative.as_posix())), "uriBaseId": _ROOT}
