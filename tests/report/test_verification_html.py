from __future__ import annotations

import base64
import functools
import html.parser
import http.server
import io
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nbrefactor.model.outcome import CellChange, Finding, Outcome
from nbrefactor.model.reason import Reason
from nbrefactor.report.html import _plain_html, render_html
from nbrefactor.verify.compare import Rules, compare_outputs
from nbrefactor.verify.outputs import shown
from nbrefactor.verify.text import normaliser
from nbrefactor.verify.values import CellComparison, Verification

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCRIPT = "<script>document.title='pwned'</script>"
BREAKOUTS = f"</pre></style></title></textarea>--></details>\"'>{SCRIPT}<img src=x onerror=\"document.title='pwned'\">"


def hostile(server: str, number: int) -> list[dict[str, Any]]:
    """Outputs that differ by `number` and try everything to run or to load."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" onload="document.title=\'pwned\'">'
        f"{SCRIPT}<image href='{server}/svg' width='9' height='9'/><style>@import url({server}/import);</style>"
        f"<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='{server}/frame'/></foreignObject>"
        f"<text y='9'>{number}</text></svg>"
    )
    loads = (
        f"{number}<img src='{server}/img' srcset='{server}/set' onerror='document.title=1'>"
        f"<link rel='stylesheet' href='{server}/css'><style>body{{background:url({server}/bg)}}</style>"
        f"<meta http-equiv='refresh' content='0;url={server}/refresh'><iframe src='{server}/frame'></iframe>"
        f"<object data='{server}/object'></object><video poster='{server}/poster'></video><base href='{server}/'>"
        f"<a href=\"javascript:document.title='pwned'\">x</a><svg onload=\"document.title='pwned'\"></svg>"
    )
    png = base64.b64encode(_png(number)).decode()
    mimes: list[dict[str, Any]] = [
        {"text/html": loads + SCRIPT},
        {"text/html": f"<table><tr><td>{loads}{SCRIPT}</td></tr></table>"},
        {"image/svg+xml": svg},
        {"image/png": png, "text/plain": BREAKOUTS + str(number)},
        {"image/png": f"{number}\"><script>document.title='pwned'</script>"},
        {"application/javascript": f"document.title='pwned{number}'"},
        {"application/json": {"a": [BREAKOUTS, number]}},
        {"text/markdown": f"[x](javascript:alert({number})) ![]({server}/markdown)"},
        {f"text/x{BREAKOUTS}": str(number)},
    ]
    streams = [
        {"output_type": "stream", "name": "stdout", "text": f"{BREAKOUTS}{number}{loads}"},
        {
            "output_type": "stream",
            "name": "stderr",
            "text": f"\x1b]8;;javascript:1\x07{BREAKOUTS}{number}",
        },
    ]
    return streams + [
        {"output_type": "display_data", "data": data, "metadata": {}} for data in mimes
    ]


def _png(level: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (8, 6), level).save(buffer, "PNG")
    return buffer.getvalue()


def verification(server: str = "http://127.0.0.1:9") -> Verification:
    source = f"# {BREAKOUTS}\nprint('{SCRIPT}')"
    document = {"cells": [{"cell_type": "code", "source": source}] * 2, "nbformat": 4}
    data = json.dumps(document).encode()
    finding = Finding(
        "NB101", BREAKOUTS, 0, name=BREAKOUTS, level="divergent", similarity=0.5, target=BREAKOUTS,
        reasons=(Reason("opted-out", BREAKOUTS),), difference=f"--- a\n+++ b\n-{BREAKOUTS}\n+{SCRIPT}\n",
    )  # fmt: skip
    change = CellChange(0, BREAKOUTS, source, f"{source}\n{BREAKOUTS}")
    outcome = Outcome(BREAKOUTS, "changed", data, data, (finding,), (change,))
    normalise = normaliser()
    outputs = compare_outputs(
        shown(hostile(server, 1), normalise),
        shown(hostile(server, 200), normalise),
        Rules(normalise, 0.25),
    )
    cells = (
        CellComparison(0, BREAKOUTS, "changed", outputs, True, (BREAKOUTS,), BREAKOUTS),
        CellComparison(1, None, "new error", (), False, (), BREAKOUTS),
    )
    return Verification(BREAKOUTS, BREAKOUTS, outcome, cells, True, 1.0, (BREAKOUTS,))


class _Elements(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page() -> str:
    return render_html(verification())


def test_the_page_has_only_elements_of_its_template(page: str) -> None:
    parser = _Elements()
    parser.feed(page)
    tags = {tag for tag, _ in parser.found}
    assert not tags & {
        "script",
        "iframe",
        "object",
        "link",
        "base",
        "svg",
        "form",
        "video",
        "template",
    }
    for tag, attributes in parser.found:
        assert not any(name.startswith("on") for name in attributes)
        if tag == "img":
            assert re.match(
                r"data:image/(png|svg\+xml);base64,[A-Za-z0-9+/=]+$", attributes["src"] or ""
            )
        if tag == "a":
            assert re.fullmatch(r"#cell-\d+", attributes["href"] or "")
    assert page.count("<style>") == 1
    assert page.count("<title>") == 1


def test_the_policy_forbids_scripts_and_everything_from_outside(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    assert page.index("Content-Security-Policy") < page.index("<title>")


def test_no_character_steers_what_reads_the_page(page: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", page)


def test_old_and_new_pictures_stand_beside_their_difference(page: str) -> None:
    assert page.count('alt="Original"') >= 2
    assert page.count('alt="Migrated"') == page.count('alt="Original"')
    assert page.count('alt="Difference"') == 1


def test_what_was_written_is_still_readable(page: str) -> None:
    assert "&lt;script&gt;document.title=" in page
    assert "not verified: cell 2 raised a new error, cell 1 changed" in page


class _Recorder(http.server.BaseHTTPRequestHandler):
    def __init__(self, seen: list[str], *args: Any) -> None:
        self.seen = seen
        super().__init__(*args)

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Recorder, seen)
    ) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", seen
        running.shutdown()
        thread.join()


def browse(page: Path, profile: Path) -> str:
    assert CHROMIUM is not None
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ]
    done = subprocess.run(
        [CHROMIUM, *options, f"--user-data-dir={profile}", "--virtual-time-budget=3000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium")
def test_a_browser_runs_and_loads_nothing(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    address, seen = server
    path = tmp_path / "report.html"
    path.write_text(render_html(verification(address)), encoding="utf-8")
    shown_page = browse(path, tmp_path / "profile")
    assert re.search("<title>(.*?)</title>", shown_page, re.DOTALL)[1].startswith("Not verified: ")  # type: ignore[index]
    assert "<script" not in shown_page
    assert seen == []

    # The same outputs without the page's care do run and load, so that the browser is no dud.
    raw = "".join(
        str(output["data"].get("text/html", ""))
        for output in hostile(address, 1)
        if "data" in output
    )
    path.write_text(f"<title>x</title>{raw.replace('http-equiv', 'data-no')}", encoding="utf-8")
    assert "<title>pwned</title>" in browse(path, tmp_path / "profile")
    assert "/bg" in seen


HTML = [
    pytest.param("a <b>c</b> d", "a c d", id="tags"),
    pytest.param("a <script>if (x<y) z()</script> d", "a d", id="a script"),
    pytest.param("a <STYLE type='x'>b</style > d", "a d", id="a style"),
    pytest.param("a <script>b<style>c</style>d</script> e", "a e", id="one in another"),
    pytest.param("a <script>b", "a", id="one without an end"),
    pytest.param("a < b <c", "a < b <c", id="what is no tag"),
]


@pytest.mark.parametrize(("html", "text"), HTML)
def test_text_is_what_html_shows(html: str, text: str) -> None:
    assert _plain_html(html).split() == text.split()
