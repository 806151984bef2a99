"""The association's organisation number: well formed, with a right check digit, printed all through."""

import re
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.report import Report

_NUMBER = re.compile(r"(?<![\d-])(?:16)?(\d{2}[2-9]\d{3}) ?[-–−] ?(\d{4})(?![\d-])")
_UNDASHED = re.compile(r"(?<![\d-])(\d{2}[2-9]\d{3})(\d{4})(?![\d-])")
_OPENING_PAGES = 3


@dataclass(slots=True)
class _Seen:
    pages: list[int]
    labelled: int
    printed: str


def find_org_number(report: Report, field: FieldInstructions) -> Candidate | None:
    """The number most pages carry, preferring labelled ones and those the report opens with."""
    labelled_lines = {
        report.wording.words[span.start].line for label in field.labels for span in report.wording.find(label)
    }
    seen: dict[str, _Seen] = {}
    for number, line in enumerate(report.lines):
        matches = list(_NUMBER.finditer(line.text))
        if not matches and number in labelled_lines:
            matches = list(_UNDASHED.finditer(line.text))
        for match in matches:
            found = seen.setdefault(f"{match[1]}-{match[2]}", _Seen([], 0, line.text))
            found.pages.append(line.page)
            found.labelled += number in labelled_lines or number - 1 in labelled_lines
    if not seen:
        return None
    ranked = sorted(seen, key=lambda value: _rank(value, seen[value]), reverse=True)
    best = seen[ranked[0]]
    checked = has_right_check_digit(ranked[0])
    score = 0.62 + 0.12 * min(2, len(set(best.pages)) - 1) + 0.08 * bool(best.labelled)
    candidate = Candidate(
        value=ranked[0],
        page=best.pages[0],
        score=score if len(ranked) == 1 or _clear(seen, ranked) else score * 0.8,
        printed=best.printed,
        rule=f"printed on {len(set(best.pages))} page(s), labelled {best.labelled} time(s)",
    )
    if checked:
        return candidate.raised(0.5, "its check digit is right")
    return candidate.lowered(0.4, "its check digit is wrong")


def _rank(value: str, seen: _Seen) -> float:
    return (
        len(set(seen.pages))
        + min(4, 1.5 * seen.labelled)
        + 3.0 * (min(seen.pages) <= _OPENING_PAGES)
        + 3.0 * has_right_check_digit(value)
    )


def _clear(seen: dict[str, _Seen], ranked: list[str]) -> bool:
    return _rank(ranked[0], seen[ranked[0]]) > _rank(ranked[1], seen[ranked[1]]) + 1.0


def has_right_check_digit(number: str) -> bool:
    """Whether a ten-digit number ends in its Luhn check digit.

    Source:
        H. P. Luhn, US patent 2,950,048 (1960); Swedish organisation numbers carry such a digit.

    >>> has_right_check_digit("556036-0793")
    True
    """
    total = 0
    for place, digit in enumerate(int(letter) for letter in number if letter.isdigit()):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
