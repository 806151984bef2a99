"""What new words are worth alone, what ends a block of rows, and which words are no label."""

import hashlib

from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.bare import bare_instructions
from watchkeeper.workloads.annual_reports.coaching.block_ends import ends_of
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport, told_otherwise
from watchkeeper.workloads.annual_reports.coaching.mining.labels import mine_labels
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError
from watchkeeper.workloads.annual_reports.coaching.trust import worth_of_new
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers

BARE = bare_instructions()
PROPERTY = BARE.agents["property"]
FIELD = "apartments"


def report(*lines: str, **truths: object) -> LabelledReport:
    text = "\n".join(lines)
    page = Page(number=1, width=595, height=842, words=(), text=text, source=PageSource.TEXT)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    document = PagedDocument(name=f"{sha256[:8]}.pdf", sha256=sha256, pages=(page,))
    return LabelledReport(
        document=document, sections=(), truths={name: Truth(value) for name, value in truths.items()}
    )


def with_label(label: str) -> AgentInstructions:
    told = PROPERTY.fields[FIELD]
    return told_otherwise(PROPERTY, FIELD, told.model_copy(update={"labels": (*told.labels, label)}))


def worth_of(label: str, *reports: LabelledReport) -> float | None:
    exam = Exam(reports=reports, readers=twin_readers(), ignored=name_words(BARE), instructions=BARE)
    return worth_of_new(exam, with_label(label), FIELD)


GARAGES = [report(f"Garaget rymmer {cars}.", apartments=12) for cars in (40, 41, 42)]
HOMES = [report(f"Hemmen är {homes}.", apartments=homes) for homes in (9, 10)]


def test_a_label_that_leads_to_wrong_values_by_itself_is_not_kept() -> None:
    assert worth_of("rymmer", *GARAGES, report("Huset rymmer 9.", apartments=9)) is None


def test_a_label_is_worth_more_the_more_reports_it_gets_right_by_itself() -> None:
    two, one = worth_of("hemmen är", *HOMES), worth_of("hemmen är", HOMES[0], *GARAGES)
    assert two is not None and one is not None
    assert two > one > 0


def test_a_label_printed_nowhere_is_neither_good_nor_bad() -> None:
    assert worth_of("bostäderna är", *HOMES) == 0.0


def labels_mined(read: LabelledReport) -> set[str]:
    error = FieldError(
        report=read,
        agent=PROPERTY,
        name=FIELD,
        truth=read.truths[FIELD],
        readings={},
        agent_sections=(),
        words=BARE.words,
    )
    return {one.added[0] for one in mine_labels(error)}


def test_words_that_stand_anywhere_make_no_label() -> None:
    mined = labels_mined(report("Huset har totalt 9 och lokaler.", apartments=9))
    assert "har totalt" in mined
    assert not mined & {"totalt", "och"}


def test_words_that_tell_something_else_apart_make_no_label() -> None:
    mined = labels_mined(report("Antal hyresrätter 9 i huset", apartments=9))
    assert "i huset" in mined
    assert not any("hyresrätter" in label for label in mined)


def test_a_block_ends_where_rows_were_seen_below_its_total_and_never_at_one_inside_it() -> None:
    reports = [
        report(
            "Kostnader",
            f"Drift {cost - 100}",
            "Skatt 100",
            f"Summa {cost}",
            "Resultat före räntor 77",
            operating_expenses=cost,
        )
        for cost in (35_811, 47_292)
    ]
    ends = ends_of(reports, "operating_expenses", headings=["kostnader"], others=["drift", "räntor"])
    assert ends == ("resultat före räntor", "räntor")
