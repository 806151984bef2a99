"""One server, filled as an operator fills it, and one browser for every test of the pages."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
import pytest

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.app.client import ApiClient
from watchkeeper.app.process_identity import own_start
from watchkeeper.app.run_files import living
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.web import addresses
from watchkeeper.workloads.annual_reports.samples.book import make_sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

WORKLOAD = "annual-reports"
ODD_NAME = "Brf Ån #2 & 100% <img src=x onerror=alert(1)>.pdf"
"""A name a file can have."""
SCRIPT_NAME = "<script>alert(1)</script>.pdf"
"""A name with a slash, which only a client of the API can give."""
CUT_NAME = "cut.pdf"
REPORT = "report.pdf"
SCAN = "scan.pdf"
GONE = "gone.pdf"
EMPTY = {
    "/": "wk run annual-reports",
    "/runs": "wk run annual-reports",
    "/documents": "wk documents add",
    "/receipts": "no receipt",
    "/budgets": "no budget",
    "/gateway": "no gateway runs",
}
"""What each page says of an empty installation; it is waited for, as a visitor would."""
SCREEN = {"width": 1440, "height": 900}
WAIT_S = 60.0
BROWSER = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Whatever is asked of another host fails, and a failed request fails the test.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass
class Site:
    """A running server and what is in it."""

    folder: Path
    address: str
    empty: dict[str, str] = field(default_factory=dict)
    """What the pages said before anything was run, by path."""
    run_id: str = ""
    planted_run: str = ""
    """A run whose twins differ, told to the API by hand, on a document with a script for a name."""

    names: ClassVar[dict[str, str]] = {"odd": ODD_NAME, "script": SCRIPT_NAME, "cut": CUT_NAME}

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def api(self) -> ApiClient:
        return ApiClient(self.address)

    def labels(self) -> Any:
        return json.loads((self.reports / "labels.json").read_text("utf-8"))

    def wk(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            _command(self.folder, *arguments),
            cwd=self.folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Another process of the same installation; whoever starts it ends it."""
        return subprocess.Popen(
            _command(self.folder, *arguments),
            cwd=self.folder,
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def document(self, name: str) -> str:
        return addresses.document(self.run_id, name)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Headless Chromium; of the module, since its event loop stands in the way of others' while it runs."""
    path = _chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(BROWSER))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def bare_site(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with nothing in it, for what fills it otherwise; after the browser, which must come first."""
    with _running_site(tmp_path_factory.mktemp("bare")) as made:
        yield made


@pytest.fixture(scope="module")
def site(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose pages were looked at while empty, and that was then filled."""
    with _running_site(tmp_path_factory.mktemp("site")) as made:
        visitor = browser.new_page(base_url=made.address, viewport=SCREEN)
        for path, told in EMPTY.items():
            visitor.goto(path)
            visitor.locator("main.wk-page").get_by_text(told).first.wait_for()
            made.empty[path] = visitor.inner_text("main.wk-page")
        visitor.close()
        _fill(made)
        yield made


@pytest.fixture
def page(browser: "Browser", site: Site) -> Iterator["Page"]:
    """A tab at 1440x900; the test fails when the browser complains or asks another machine for anything."""
    problems: list[str] = []
    opened = browser.new_page(base_url=site.address, viewport=SCREEN)

    def requested(request: "Request") -> None:
        if not request.url.startswith((site.address, "data:")):
            problems.append(f"asked elsewhere: {request.url}")

    def said(message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            problems.append(f"console: {message.text}")

    opened.on("request", requested)
    opened.on("console", said)
    opened.on("pageerror", lambda failure: problems.append(f"script: {failure}"))
    opened.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
    yield opened
    opened.close()
    assert problems == []


def _chromium() -> str:
    """Where the browser is; without one the tests are skipped, but never in CI."""
    found = shutil.which("chromium")
    if found is None:
        message = "no `chromium`: the pages are not looked at; install Debian's package `chromium`"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


@contextmanager
def _running_site(folder: Path) -> Iterator[Site]:
    """`wk server` on a data folder of its own, up with its pages; OCR is off, so scans need it."""
    # Quoted: a bare `off` is a boolean in YAML.
    settings = 'workloads:\n  annual-reports:\n    ocr: "off"\n'
    (folder / "watchkeeper.yaml").write_text(settings, encoding="utf-8")
    server = subprocess.Popen(
        _command(folder, "server", "--port", "0"),
        cwd=folder,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = _address_of_pages(folder, server)
        yield Site(folder, address)
    finally:
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=WAIT_S)
    assert server.returncode == 0, said
    assert "Traceback" not in said, said


def _address_of_pages(folder: Path, server: "subprocess.Popen[str]") -> str:
    deadline = monotonic() + WAIT_S
    while monotonic() < deadline and server.poll() is None:
        found = living(folder / "data", "server")
        if found is not None and found.url is not None and _has_pages(found.url):
            return found.url
        Event().wait(0.05)
    server.kill()
    raise AssertionError(f"the pages did not come: {server.communicate()[1]}")


def _has_pages(url: str) -> bool:
    try:
        return all(httpx.get(url + path, trust_env=False).is_success for path in ("/", "/readyz"))
    except httpx.TransportError:
        return False


def _fill(site: Site) -> None:
    """What an operator does, a run over reports with labels; then differing twins and failed calls."""
    site.reports.mkdir()
    samples = {
        REPORT: make_sample(1, style="classic"),
        ODD_NAME: make_sample(2, style="classic"),
        GONE: make_sample(3, style="classic"),
        SCAN: make_sample(4, style="classic", scanned=True),
    }
    for name, sample in samples.items():
        (site.reports / name).write_bytes(sample.pdf)
    (site.reports / CUT_NAME).write_bytes(samples[REPORT].pdf[:3000])
    labels = {name: sample.labels for name, sample in samples.items()}
    (site.reports / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    done = site.wk("run", WORKLOAD, str(site.reports), "--labels", "reports/labels.json", "--json")
    assert done.returncode == 1, done.stderr
    site.run_id = json.loads(done.stdout)["run_id"]
    with site.api() as api:
        _plant(site, api)
    _fail_calls(site)


def _plant(site: Site, api: ApiClient) -> None:
    """A run in which `flow` reads one sum wrongly and does not find another."""
    owner = {"pid": os.getpid(), "start": own_start()}
    site.planted_run = api.post("/runs", {"workload": WORKLOAD, "items": 1, "owner": owner})["run_id"]
    results = api.get(site.document(REPORT))
    for result in results:
        fields = result["data"]["fields"]
        if result["model"] == "flow":
            fields["assets"]["value"] = 301_339_818
            del fields["equity"]
        elif result["model"] == "consensus":
            fields["assets"]["readings"]["flow"]["value"] = 301_339_818
            del fields["equity"]["readings"]["flow"]
            fields["chairman"]["value"] = SCRIPT_NAME
    made_by_the_server = ("run_id", "created_at")
    bodies = [
        {**{key: one[key] for key in one if key not in made_by_the_server}, "document": SCRIPT_NAME}
        for one in results
    ]
    run = f"/runs/{site.planted_run}"
    api.post(f"{run}/results", bodies)
    api.put(f"{run}/counts", {"ok": 1, "needs_ocr": 0, "failed": 0, "pages": 9})
    api.post(f"{run}/finish", {"status": "finished", "seconds": 1.5})


def _fail_calls(site: Site) -> None:
    """Receipts of a model that mostly fails, as a model target leaves them."""
    clock, ids = SystemClock(), SystemIds()
    writer = ReceiptWriter(site.folder / "data" / "receipts", "test", clock=clock)
    for n in range(4):
        writer.append(
            Receipt(
                receipt_id=ids.trace_id(),
                ts=clock.now().isoformat(timespec="microseconds"),
                trace_id=ids.trace_id(),
                span_id=ids.span_id(),
                workload=WORKLOAD,
                run_id=site.planted_run,
                item_id=SCRIPT_NAME,
                agent="governance",
                target="vision",
                provider="openai",
                model="vision-7b",
                http_status=200 if n == 0 else 500,
                latency_ms=1234.5,
                error=None if n == 0 else "provider_failed: the provider answered 500 <b>",
                error_code=None if n == 0 else "provider_failed",
            )
        )
    writer.close()


def _command(folder: Path, *arguments: str) -> list[str]:
    places = ("--config", str(folder / "watchkeeper.yaml"), "--data-dir", str(folder / "data"))
    return [sys.executable, "-m", "watchkeeper.cli", *places, *arguments]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("WATCHKEEPER_")}
