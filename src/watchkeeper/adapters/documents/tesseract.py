"""The Tesseract program: whether it is there, one page in, one table of words out."""

import io
import shutil
import subprocess

from PIL import Image

from watchkeeper.domain.errors import OcrFailedError, OcrUnavailableError

SWEDISH = "swe"

_PROGRAM = "tesseract"
_LISTING_TIMEOUT_S = 20.0

_ONE_COLUMN = "4"
"""Page segmentation: a single column of text of variable sizes.

Of the modes 3, 4, 6 and 11 it keeps most table rows whole: on 14 pages of figures printed, blurred
and turned by up to 0.7 degrees, 93-95 % of the rows have all digits right, against 87-90 % with
mode 3, 89-93 % with 6 and 89 % with 11, at the same share of words right (98-99 %).
"""

_ORIENTATION_ONLY = "0"


def ocr_available(language: str = SWEDISH) -> str | None:
    """Why OCR cannot run here, with what to install; None when it can."""
    if shutil.which(_PROGRAM) is None:
        return f"Tesseract is not installed; install the packages tesseract-ocr and tesseract-ocr-{language}"
    try:
        listed = subprocess.run(
            [_PROGRAM, "--list-langs"], capture_output=True, timeout=_LISTING_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"Tesseract does not answer ({problem}); install the package tesseract-ocr again"
    if language not in listed.stdout.decode(errors="replace").split():
        return f"Tesseract has no language {language!r}; install the package tesseract-ocr-{language}"
    return None


def require_ocr(language: str) -> None:
    """Refuse to go on without OCR.

    Raises:
        OcrUnavailableError: The program or its language is missing.
    """
    missing = ocr_available(language)
    if missing is not None:
        what, _, action = missing.partition("; ")
        raise OcrUnavailableError(f"scanned pages cannot be read: {what}", action=action)


def word_table(image: Image.Image, *, language: str, dpi: int, timeout_s: float) -> str:
    """Tesseract's words of a page, as the tab-separated table it prints.

    Raises:
        OcrFailedError: It failed, or took longer than `timeout_s`.
    """
    options = ["-l", language, "--psm", _ONE_COLUMN, "--dpi", str(dpi), "tsv"]
    done = _run(image, options, timeout_s=timeout_s)
    if done.returncode != 0:
        raise OcrFailedError(
            f"Tesseract ended with code {done.returncode}: {_said(done)}",
            action="run `tesseract` by hand on the page; reinstall its packages if it fails there too",
        )
    return done.stdout.decode(errors="replace")


def turn_needed(image: Image.Image, *, dpi: int, timeout_s: float) -> int:
    """By how many degrees clockwise a page must be turned to stand upright: 0, 90, 180 or 270.

    A page with too few letters to tell is taken as upright.

    Raises:
        OcrFailedError: Tesseract took longer than `timeout_s`.
    """
    done = _run(image, ["--psm", _ORIENTATION_ONLY, "--dpi", str(dpi)], timeout_s=timeout_s)
    if done.returncode != 0:
        return 0
    for line in done.stdout.decode(errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == "Rotate" and value.strip() in {"90", "180", "270"}:
            return int(value)
    return 0


def _run(image: Image.Image, options: list[str], *, timeout_s: float) -> subprocess.CompletedProcess[bytes]:
    pixels = io.BytesIO()
    image.save(pixels, "PPM")  # uncompressed: writing a PNG takes longer than passing the bytes on
    try:
        return subprocess.run(
            # Threads of its own make Tesseract slower where several pages are read at once; `env`
            # adds the one variable and leaves the rest, such as where its languages are.
            ["env", "OMP_THREAD_LIMIT=1", _PROGRAM, "-", "-", *options],
            input=pixels.getvalue(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise OcrFailedError(
            f"Tesseract did not finish a page within {timeout_s:g} s",
            action="allow more time a page, or read fewer reports at once",
        ) from problem


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
