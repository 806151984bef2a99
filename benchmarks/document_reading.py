"""Seconds a page and peak memory of reading PDFs, beside poppler's pdftotext on the same files.

Run: python -m benchmarks.document_reading FOLDER [--runs 5] [--ocr]

Every measurement is a process of its own, so that its peak memory is its own. Ours is timed inside
the process (imports, 0.2 s, are paid once a worker, not once a page); pdftotext's whole process is
timed, its start being a few milliseconds a file. With --ocr the pages without readable text are
recognised too, on one core; poppler has no such step and is left out.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median

from benchmarks.circumstances import circumstances

PEERS = {"pdftotext -bbox": ["-bbox"], "pdftotext -layout": ["-layout"]}


@dataclass(frozen=True)
class Reading:
    """One pass over all files."""

    seconds: float
    peak_mib: float
    """Of the file that took most."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--ocr", action="store_true", help="recognise scanned pages too")
    parser.add_argument("--read-one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read_one:
        print(json.dumps(read_one(arguments.read_one, ocr=arguments.ocr)))
        return
    files = sorted(arguments.folder.glob("*.pdf"))
    if not files:
        sys.exit(f"no PDF in {arguments.folder}; name a folder that has some")
    report(files, runs=arguments.runs, ocr=arguments.ocr)


def read_one(path: Path, *, ocr: bool) -> dict[str, float]:
    from watchkeeper.adapters.documents import ocr_pages, read_pdf, unreadable_pages

    started = time.perf_counter()
    document = read_pdf(path)
    scanned = len(unreadable_pages(document))
    if ocr:
        document = ocr_pages(document, path)
    seconds = time.perf_counter() - started
    peak_mib = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mib": peak_mib, "pages": len(document.pages), "scanned": scanned}


def ours(path: Path, *, ocr: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.document_reading", str(path.parent), "--read-one", str(path)]
    done = subprocess.run([*command, *(["--ocr"] if ocr else [])], capture_output=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def peers(path: Path, options: list[str]) -> Reading:
    started = time.perf_counter()
    child = subprocess.Popen(
        ["pdftotext", "-q", *options, str(path), "-"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"pdftotext ended with code {child.returncode} on {path.name}")
    return Reading(time.perf_counter() - started, usage.ru_maxrss / 1024)


def report(files: list[Path], *, runs: int, ocr: bool) -> None:
    compared = PEERS if shutil.which("pdftotext") and not ocr else {}
    rows: dict[str, list[Reading]] = {"watchkeeper": [], **{name: [] for name in compared}}
    pages = scanned = 0
    for _ in range(runs):  # the peers in turn within each run, so that a slow minute slows all alike
        answers = [ours(path, ocr=ocr) for path in files]
        pages = int(sum(answer["pages"] for answer in answers))
        scanned = int(sum(answer["scanned"] for answer in answers))
        rows["watchkeeper"].append(total([Reading(a["seconds"], a["peak_mib"]) for a in answers]))
        for name, options in compared.items():
            rows[name].append(total([peers(path, options) for path in files]))
    print(f"{circumstances()}, {runs} runs")
    print(f"files: {len(files)}  pages: {pages}, {scanned} without text ({'OCR' if ocr else 'left unread'})")
    print(f"{'':20}{'ms a page (median, spread)':>34}{'to ours':>8}{'peak MiB':>10}")
    base = median(reading.seconds for reading in rows["watchkeeper"])
    for name, readings in rows.items():
        each = sorted(1000 * reading.seconds / pages for reading in readings)
        spread = f"{median(each):.2f} ({each[0]:.2f}-{each[-1]:.2f})"
        peak = max(reading.peak_mib for reading in readings)
        print(f"{name:20}{spread:>34}{median(each) * pages / 1000 / base:>8.2f}{peak:>10.0f}")
    if not compared and not ocr:
        print("pdftotext is not installed, so there is nothing to compare with (package poppler-utils)")


def total(readings: list[Reading]) -> Reading:
    return Reading(sum(r.seconds for r in readings), max(r.peak_mib for r in readings))


if __name__ == "__main__":
    main()
