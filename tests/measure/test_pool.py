"""Tasks in processes, each bounded in time."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from . import path
from .pool import Bounded, Failed


def test_a_result_is_given() -> None:
    assert Bounded(len, 5)("abc") == 3


def test_a_task_that_fails_says_where() -> None:
    result = Bounded(int, 5)("x")
    assert isinstance(result, Failed)
    assert result.why.startswith("ValueError: invalid literal")


def test_a_task_that_hangs_is_given_up() -> None:
    def hang(number: int) -> None:
        while True:
            try:
                while True:
                    number += 1
            except Exception:
                continue

    assert Bounded(hang, 0.05)(1) == Failed("took longer than 0.05 seconds")


def test_a_task_that_waits_is_given_up() -> None:
    assert Bounded(time.sleep, 0.005)(60) == Failed("took longer than 0.005 seconds")


def test_folders_of_the_path_come_before_this_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), ""]))
    monkeypatch.setattr(sys, "path", [str(path.ROOT), "/library", str(tmp_path)])
    path.prefer_named()
    assert sys.path == [str(tmp_path), str(path.ROOT), "/library"]
