"""People listed row by row under a label, each with the role printed beside the name."""

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import label_rows, starts_row
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight
from watchkeeper.workloads.annual_reports.readers.layout.names import Name, Names, name_key, same_name
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of

ROLES = "roles"
"""A field with this hint lists its people with roles: the first phrase of the hint a row has."""
NO_NAMES = "no_names"
"""Words that end a name though they are written like one."""
_MOST_ROWS = 30
_LOOSE_ROWS = 2
_PROSE = 12


def find_people_rows(report: ReportView, names: Names, told: FieldInstructions) -> Candidate | None:
    """The longest surely read list of people under one of the field's labels."""
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate((*told.labels, *told.headings)):
            for at in label_rows(report, page, label):
                if at.opens:
                    made = _list(report, names, told, (page, at.last_row, at.end))
                    if made:
                        more = made.but(0.8 * weight, reason).but(-0.05 * min(index, 10), f"at '{label}'")
                        found.append(more.but(4 * (at.quality - 1), "the label's letters"))
    return best(found)


def _list(
    report: ReportView, names: Names, told: FieldInstructions, at: tuple[PageView, int, int]
) -> Candidate | None:
    page, heading, label_end = at
    people: dict[str, dict[str, object]] = {}
    places: list[int] = []
    for row in range(heading, min(len(page.rows), heading + _MOST_ROWS)):
        if row > heading and told.until and starts_row(report, page, told.until, row):
            break
        if row - (places[-1] if places else heading) > _LOOSE_ROWS:
            break
        first = label_end if row == heading else page.rows[row].first
        end = page.rows[row].end
        if first >= end or report.is_running(page, row):
            continue
        here = [name for one in names.people(page, first, end) if (name := _cut(page, one, told))]
        if end - first <= _PROSE and len(here) == 1:
            _note(here[0].text, _role(report, page, told, (first, end)), people)
            places.append(row)
        elif places and not here and not any(c.isdigit() for c in page.row_text(row)):
            break
    if not places:
        return None
    with_roles = sum(person["role"] is not None for person in people.values())
    tokens = page.tokens[page.rows[places[0]].first : page.rows[places[-1]].end]
    return Candidate(
        value=list(people.values()),
        page=page.number,
        row=places[0],
        printed=" / ".join(page.row_text(row) for row in places),
        box=box_of(tokens),
        weight=0.2 + 0.3 * min(6, with_roles) - 0.2 * min(3, len(people) - with_roles),
        reasons=(f"{len(people)} people listed, {with_roles} of them with a role",),
    )


def _note(name: str, role: str | None, people: dict[str, dict[str, object]]) -> None:
    """Notes a person down, once; of several roles the last counts."""
    key = next((k for k in people if same_name(name_key(k), name_key(name))), name)
    people[key] = {"name": key, "role": role}


def _cut(page: PageView, name: Name, told: FieldInstructions) -> Name | None:
    """A name without what follows it that is written like a name."""
    stops = {fold(word) for word in (*told.hints.get(NO_NAMES, ()), *told.hints.get(ROLES, ()))}
    end = next((i for i in range(name.first, name.end) if fold(page.tokens[i].text) in stops), name.end)
    if end - name.first < 2:
        return None
    return name if end == name.end else Name(page.text(name.first, end).strip(" ,.;:"), name.first, end)


def _role(report: ReportView, page: PageView, told: FieldInstructions, span: tuple[int, int]) -> str | None:
    for phrase in told.hints.get(ROLES, ()):
        if any(m.first >= span[0] and m.end <= span[1] for m in report.find(page, phrase)):
            return phrase
    return None
