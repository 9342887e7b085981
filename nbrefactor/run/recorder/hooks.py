"""The moments at which a figure is seen: drawn into an output or a file, closed, or left over."""

from __future__ import annotations

import atexit
import base64
import functools
import hashlib
import os
import weakref
from typing import Any, Callable

from .figures import describe_figure
from .imports import when_imported
from .log import Log

# Saved pictures up to this size are kept to be shown.
_LARGEST_PICTURE = 2_000_000


def start(path: str) -> None:
    """Record every figure of this process from now on.

    Parameters
    ----------
    path : str
        The file that records are appended to.
    """
    recorder = _Recorder(Log(path))
    when_imported(
        {
            "matplotlib.backend_bases": recorder.watch_canvas,
            "matplotlib.figure": recorder.watch_figures,
            "matplotlib._pylab_helpers": recorder.watch_closing,
        }
    )


class _Recorder:
    """Writes a record at each moment; keeps no figure alive."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._made: Any = weakref.WeakKeyDictionary()
        self._seen: Any = weakref.WeakSet()
        self._drawing = False
        self._number = 0

    def watch_canvas(self, backend_bases: Any) -> None:
        canvas = backend_bases.FigureCanvasBase
        original = canvas.print_figure

        @functools.wraps(original)
        def print_figure(self: Any, filename: Any, *args: Any, **kwargs: Any) -> Any:
            return recorder._print(original, self, filename, args, kwargs)

        recorder = self
        canvas.print_figure = print_figure

    def watch_figures(self, module: Any) -> None:
        original = module.Figure.__init__

        @functools.wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            original(self, *args, **kwargs)
            recorder._begin(self)

        recorder = self
        module.Figure.__init__ = __init__

    def _begin(self, figure: Any) -> None:
        try:
            self._number += 1
            self._made[figure] = self._number
            self._log.write({"moment": "made", "number": self._number})
        except Exception as error:
            self._fail(error)

    def watch_closing(self, module: Any) -> None:
        for name in ("destroy", "destroy_fig", "destroy_all"):
            self._before(module.Gcf, name, self._closing)
        # Behind Matplotlib's own, and so called before it.
        atexit.register(self._left_over, module.Gcf)

    def _before(self, owner: Any, name: str, act: Callable[..., None]) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def method(*args: Any) -> Any:
            act(owner, name, args)
            return original(*args)

        setattr(owner, name, staticmethod(method))

    def _print(
        self, original: Any, canvas: Any, filename: Any, args: Any, kwargs: dict[str, Any]
    ) -> Any:
        if self._drawing:
            return original(canvas, filename, *args, **kwargs)
        start = _position(filename)
        self._drawing = True
        try:
            result = original(canvas, filename, *args, **kwargs)
        finally:
            self._drawing = False
        # The notebook's figure is fine; whatever is wrong from here on is the recorder's.
        try:
            self._seen.add(canvas.figure)
            self._write(canvas.figure, _written(filename, start))
        except Exception as error:
            self._fail(error)
        return result

    def _closing(self, owner: Any, name: str, args: Any) -> None:
        try:
            managers = list(owner.figs.values())
            if name == "destroy_fig":
                managers = [one for one in managers if one.canvas.figure is args[0]]
            elif name == "destroy":
                managers = [owner.figs.get(args[0])] if isinstance(args[0], int) else [args[0]]
            for manager in managers:
                if manager is not None:
                    self._unseen(manager.canvas.figure, "closed")
        except Exception as error:
            self._fail(error)

    def _left_over(self, owner: Any) -> None:
        try:
            for manager in list(owner.figs.values()):
                self._unseen(manager.canvas.figure, "left over")
        except Exception as error:
            self._fail(error)

    def _unseen(self, figure: Any, moment: str) -> None:
        if figure not in self._seen:
            self._seen.add(figure)
            self._write(figure, {"moment": moment})

    def _write(self, figure: Any, found: dict[str, Any]) -> None:
        record = {**found, "number": self._made.get(figure, 0)}
        self._log.write({**record, "figure": describe_figure(figure)})

    def _fail(self, error: Exception) -> None:
        try:
            said = f"{type(error).__name__}: {error}"[:300]
            self._log.write({"moment": "failed", "problem": said})
        except Exception:
            return


def _position(filename: Any) -> int:
    try:
        return int(filename.tell())
    except Exception:
        return 0


def _written(filename: Any, start: int) -> dict[str, Any]:
    """Say where a picture went, and which one it is."""
    if isinstance(filename, (str, os.PathLike)):
        path = os.path.abspath(os.fspath(filename))
        content = b""
        if os.path.exists(path) and os.path.getsize(path) <= _LARGEST_PICTURE:
            with open(path, "rb") as file:
                content = file.read()
        shown = content if path.lower().endswith((".png", ".jpg", ".jpeg", ".webp")) else b""
        return {
            "moment": "saved",
            "file": path,
            "folder": os.getcwd(),
            "digest": hashlib.sha256(content).hexdigest() if content else "",
            "picture": base64.b64encode(shown).decode(),
        }
    read = getattr(filename, "getvalue", None)
    content = read()[start:] if read is not None else b""
    return {"moment": "drawn", "digest": hashlib.sha256(content).hexdigest() if content else ""}
