"""Seconds a page of a text report through both readers on one core, and the memory of a 60-page one.

    python -m benchmarks.report_reading [FOLDER] [--runs 5] [--json]

FOLDER holds PDFs; without one, generated samples are read. The peer in the same run is poppler's
`pdftotext -bbox-layout`, which only extracts words: the ratio says how much reading fields costs
beside reading letters. Scans are left out: OCR is Tesseract's speed, not ours.
"""

import argparse
import json
import multiprocessing
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pypdfium2

from benchmarks.circumstances import circumstances
from watchkeeper.adapters.documents import read_pdf, unreadable_pages
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.repair import repair
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.sections import sectionize
from watchkeeper.workloads.annual_reports.workload import twin_readers

PAGES_OF_A_LONG_REPORT = 60


def read_all(paths: Sequence[Path]) -> dict[str, float]:
    """Seconds spent in each stage over all the reports."""
    instructions = load_instructions()
    spent = dict.fromkeys(("pdf", "repair", "sections", "layout", "flow"), 0.0)
    for path in paths:
        clock = time.perf_counter
        began = clock()
        document = read_pdf(path)
        spent["pdf"] += clock() - began
        began = clock()
        document = repair(document, instructions.vocabulary)
        spent["repair"] += clock() - began
        began = clock()
        sections = sectionize(document)
        spent["sections"] += clock() - began
        for reader in twin_readers():
            began = clock()
            report = reader.open(document, sections, instructions)
            for agent in instructions.agents.values():
                report.read(agent)
            spent[reader.name] += clock() - began
    return spent


def peer_seconds(paths: Sequence[Path]) -> float | None:
    """Seconds poppler takes to extract the words of all the reports; None where it is missing."""
    if shutil.which("pdftotext") is None:
        return None
    began = time.perf_counter()
    for path in paths:
        subprocess.run(["pdftotext", "-bbox-layout", str(path), "/dev/null"], check=True, capture_output=True)
    return time.perf_counter() - began


def text_reports(folder: Path) -> tuple[list[Path], int]:
    """The reports whose pages have text, and how many pages they have."""
    paths, pages = [], 0
    for path in sorted(folder.glob("*.pdf")):
        document = read_pdf(path)
        if len(unreadable_pages(document)) < len(document.pages) / 2:
            paths.append(path)
            pages += len(document.pages)
    return paths, pages


def long_report(folder: Path, sources: Sequence[Path]) -> Path:
    """A report of 60 pages, put together from others."""
    target = pypdfium2.PdfDocument.new()
    while len(target) < PAGES_OF_A_LONG_REPORT:
        for path in sources:
            with pypdfium2.PdfDocument(path) as source:
                wanted = min(len(source), PAGES_OF_A_LONG_REPORT - len(target))
                if wanted:
                    target.import_pages(source, list(range(wanted)))
    path = folder / "long.pdf"
    target.save(path)
    target.close()
    return path


def _peak(path: Path, queue: "multiprocessing.Queue[int]") -> None:
    read_all([path])
    queue.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def peak_mb(path: Path) -> float:
    """Peak memory, in MB, of a fresh process that reads one report with everything it imports."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[int] = context.Queue()
    child = context.Process(target=_peak, args=(path, queue))
    child.start()
    kilobytes = queue.get()
    child.join()
    return kilobytes / 1024


def measure(folder: Path, runs: int) -> dict[str, object]:
    """The figures."""
    paths, pages = text_reports(folder)
    rows = [read_all(paths) for _ in range(runs)]
    peers = [peer for peer in (peer_seconds(paths) for _ in range(runs)) if peer is not None]
    totals = [sum(row.values()) / pages for row in rows]
    peer = statistics.median(peers) / pages if peers else None
    with tempfile.TemporaryDirectory() as scratch:
        memory = peak_mb(long_report(Path(scratch), paths))
    return {
        "circumstances": circumstances(),
        "reports": len(paths),
        "pages": pages,
        "runs": runs,
        "seconds_a_page": {
            "median": statistics.median(totals),
            "lowest": min(totals),
            "highest": max(totals),
        },
        "stages": {name: statistics.median(row[name] for row in rows) / pages for name in rows[0]},
        "pdftotext_seconds_a_page": peer,
        "ratio_to_pdftotext": statistics.median(totals) / peer if peer else None,
        "peak_mb_60_pages": memory,
    }


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        if given.folder is None:
            write_samples(folder, range(1, 13))
        found = measure(folder, given.runs)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(f"{name:26}{value}")


if __name__ == "__main__":
    main()
