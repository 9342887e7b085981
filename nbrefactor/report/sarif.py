"""Findings of a check as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbrefactor import __version__
from nbrefactor.model.diagnostic import CheckReport, Diagnostic
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
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "nbrefactor",
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
                "results": [_result(found) for found in report.diagnostics],
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


def _artifact(path: str) -> dict[str, Any]:
    absolute = Path(path).absolute()
    relative = Path(os.path.relpath(absolute))
    if relative.parts[:1] == ("..",):
        return {"uri": absolute.as_uri()}
    return {"uri": quote(os.fsencode(relative.as_posix())), "uriBaseId": _ROOT}
