"""Broken text layers are read again; sound ones are left alone."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.documents import read_pdf
from watchkeeper.domain.page import Page, PagedDocument, PageSource, Word
from watchkeeper.workloads.annual_reports.repair import damaged_pages, repair

PDFS = Path(__file__).parents[5] / "shared" / "data" / "annual_reports" / "pdfs"

REPORT = """Årsredovisning
Styrelsen för Bostadsrättsföreningen Blåklockan får härmed avge årsredovisning för räkenskapsåret 2023.
Årsredovisningen är upprättad i svenska kronor.
Om inte annat särskilt anges redovisas alla belopp i hela kronor.
Förvaltningsberättelse
Föreningen har till ändamål att främja medlemmarnas ekonomiska intresse genom att upplåta bostadslägenheter
under nyttjanderätt och utan tidsbegränsning. Föreningen äger fastigheten och den är fullvärdesförsäkrad.
Väsentliga händelser under räkenskapsåret
Årsavgifterna höjdes med 5 % och underhållsplanen följs. Nästa större åtgärd är fönster och tak.
Ordförande Ledamot Suppleant Revisor Valberedning
Rörelseintäkter
Nettoomsättning 2 6 674 773 6 095 132
Övriga rörelseintäkter 181 041 62 795
Summa rörelseintäkter 6 855 814 6 157 927
Avskrivningar av materiella anläggningstillgångar -3 550 277
Räntekostnader och liknande resultatposter -392 723
Årets resultat -1 120 663 -1 610 044
Omsättningstillgångar och kortfristiga fordringar, förutbetalda kostnader och upplupna intäkter
Summa tillgångar 405 042 862 406 528 941
Långfristiga skulder till kreditinstitut, leverantörsskulder och skatteskulder
Föreningens lån löper ut nästa år och räntan är bunden.
Styrelsen föreslår att förlusten överförs i ny räkning.
Kassaflödesanalys, den löpande verksamheten, finansieringsverksamheten och investeringsverksamheten
Fastighetsskötsel, trädgård, snöröjning, städning, sophämtning, uppvärmning, vatten och avlopp
Revisionsberättelse lämnas efter föreningsstämman. Ansvarig är en auktoriserad revisor utsedd av stämman."""
LIGATURES = ("tti", "tt", "ti", "ft", "ff", "fi", "fl", "tf")


def document(text: str, words: tuple[Word, ...] = ()) -> PagedDocument:
    return PagedDocument("invented.pdf", "0" * 64, (Page(1, 595, 842, words, text, PageSource.TEXT),))


def set_in_type(text: str) -> tuple[Word, ...]:
    """Words as PDFium gives them: six points a letter, lines twelve points apart."""
    return tuple(
        Word(found.group(), 50 + 6 * found.start(), 12 * line, 50 + 6 * found.end() - 1, 12 * line + 9)
        for line, printed in enumerate(text.split("\n"), start=1)
        for found in re.finditer(r"\S+", printed)
    )


def restored_share(sound: str, damaged: str, repaired: str) -> float:
    """How many of the words that damage reached stand in the repaired text again."""
    hurt = [word for word in re.findall(r"\w+", sound) if word not in set(re.findall(r"\w+", damaged))]
    back = {word.casefold() for word in re.findall(r"\w+", repaired)}
    return sum(word.casefold() in back for word in hurt) / len(hurt)


signs = st.permutations('!"#$&*<>=@^~\ue001\ue002\ufffd¤').map(lambda some: some[:6])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signs=signs)
def test_garbled_letters_come_back_whatever_signs_stand_for_them(signs: list[str]) -> None:
    damaged = REPORT.translate(dict(zip(map(ord, "åäöÅÄÖ"), signs, strict=True)))

    repaired = repair(document(damaged), {}).pages[0].text

    assert restored_share(REPORT, damaged, repaired) >= 0.95


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lost=st.sampled_from("åäö"), signs=signs)
def test_a_letter_that_left_a_blank_comes_back(lost: str, signs: list[str]) -> None:
    table = dict(zip(map(ord, "åäöÅÄÖ"), signs, strict=True)) | {ord(lost): " "}
    damaged = REPORT.translate(table)

    repaired = repair(document(damaged), {}).pages[0].text

    assert restored_share(REPORT, damaged, repaired) >= 0.9


@pytest.mark.parametrize("sign", ["\ufffe", "\ufffd", "\ue010", "\x03"])
def test_lost_ligatures_come_back(sign: str) -> None:
    damaged = REPORT
    for ligature in LIGATURES:
        damaged = damaged.replace(ligature, sign)

    repaired = repair(document(damaged), {}).pages[0].text

    assert restored_share(REPORT, damaged, repaired) >= 0.95


def test_words_that_break_at_the_damage_become_one_word_again() -> None:
    damaged = re.sub(r"ä", '\n"', REPORT).replace("ö", "!").replace("å", "#")

    repaired = repair(document(damaged), {}).pages[0].text

    assert "Summa rörelseintäkter 6 855 814" in repaired
    assert "Räntekostnader och liknande resultatposter -392 723" in repaired


def test_a_name_in_no_list_is_read_by_what_the_signs_mean_elsewhere() -> None:
    damaged = f"{REPORT}\nKim Tuverv!ng".translate(dict(zip(map(ord, "åäöÅÄÖ"), '!"#$&*', strict=True)))

    assert "Kim Tuvervång" in repair(document(damaged), {}).pages[0].text


def test_words_are_restored_from_words_alone_and_keep_their_places() -> None:
    damaged = REPORT.translate(dict(zip(map(ord, "åäöÅÄÖ"), '!"#$&*', strict=True)))

    repaired = repair(document("", set_in_type(damaged)), {}).pages[0]

    assert repaired.text == ""
    assert [(word.text, word.x0, word.x1) for word in repaired.words[1:4]] == [
        (word.text, word.x0, word.x1) for word in set_in_type(REPORT)[1:4]
    ]


def test_the_parts_of_a_word_become_one_word_around_them_all() -> None:
    damaged = REPORT.translate({ord("ä"): " ", ord("ö"): "!", ord("å"): "#"})

    repaired = repair(document("", set_in_type(damaged)), {}).pages[0].words

    whole = next(word for word in set_in_type(REPORT) if word.text == "Bostadsrättsföreningen")
    assert whole in repaired


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shift=st.floats(-400, 400), stretch=st.floats(0.01, 5))
def test_damaging_the_places_of_words_leaves_the_repaired_text_equal(shift: float, stretch: float) -> None:
    damaged = REPORT.translate(dict(zip(map(ord, "åäöÅÄÖ"), '!"#$&*', strict=True)))
    words = set_in_type(damaged)
    moved = tuple(replace(w, x0=w.x0 * stretch + shift, x1=w.x1 * stretch, top=-w.top) for w in words)

    assert (
        repair(document(damaged, moved), {}).pages[0].text
        == repair(document(damaged, words), {}).pages[0].text
    )


def test_no_digit_is_ever_changed() -> None:
    damaged = REPORT.translate(dict(zip(map(ord, "åäöÅÄÖ"), '!"#$&*', strict=True)))

    repaired = repair(document(damaged, set_in_type(damaged)), {}).pages[0]

    assert re.findall(r"\d", repaired.text) == re.findall(r"\d", REPORT)
    assert re.findall(r"\d", "".join(w.text for w in repaired.words)) == re.findall(r"\d", REPORT)


def test_a_sound_document_is_returned_itself() -> None:
    sound = document(REPORT, set_in_type(REPORT))

    assert repair(sound, {}) is sound


def test_a_recognised_page_is_left_as_ocr_read_it() -> None:
    damaged = REPORT.translate(dict(zip(map(ord, "åäöÅÄÖ"), '!"#$&*', strict=True)))
    recognised = PagedDocument("scan.pdf", "0" * 64, (Page(1, 595, 842, (), damaged, PageSource.OCR),))

    assert repair(recognised, {}) is recognised


def test_quotes_exclamations_and_hyphens_are_no_damage() -> None:
    text = (
        REPORT + '\nDe "balanserade" förlusterna! Kabel-TV, p-platser och "balansen" i balansräkningen.' * 5
    )
    sound = document(text, set_in_type(text))

    assert repair(sound, {}) is sound


def test_line_end_hyphens_written_as_no_character_are_no_lost_ligatures() -> None:
    text = REPORT.replace("förenings", "före\ufffenings").replace("berättelse", "berät\ufffetelse")
    sound = document(text)

    assert repair(sound, {}) is sound


def test_percent_signs_shown_as_an_a_come_back() -> None:
    text = (
        REPORT.replace(" %", " a") + "\nSoliditet (a) 85 84\nhöjning med 10a\naundet eget kapital\na la carte"
    )

    repaired = repair(document(text), {}).pages[0].text

    assert "Soliditet (%) 85 84" in repaired
    assert "höjning med 10%" in repaired
    assert "Bundet eget kapital" in repaired
    assert repaired.endswith("a la carte")


def test_repairing_twice_changes_nothing_more() -> None:
    damaged = REPORT.translate(dict(zip(map(ord, "åäöÅÄÖ"), '!"#$&*', strict=True)))
    once = repair(document(damaged), {})

    assert repair(once, {}) is once


def test_pages_left_broken_are_named() -> None:
    hopeless = "B\ue001l\ue002\ue003p x\ue004y\ue005z " * 20

    assert damaged_pages(document(REPORT)) == ()
    assert damaged_pages(document(hopeless)) == (1,)


SHOWN_AS_A = ("78954", "58256", "77241")
"""Reports whose fonts show the percent sign as a small a."""
DAMAGED = ("48663", "49369", *SHOWN_AS_A)


@pytest.mark.slow
def test_every_sound_real_report_is_returned_itself() -> None:
    if not PDFS.exists():
        pytest.skip("no real reports beside this checkout (../shared/data/annual_reports)")
    for path in sorted(PDFS.glob("*.pdf")):
        if not any(number in path.name for number in DAMAGED):
            report = read_pdf(path)
            assert repair(report, {}) is report, path.name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "restored"),
    [
        (
            "48663",
            ["Summa rörelseintäkter 6 855 814", "SUMMA TILLGÅNGAR 405 042 862", "Långfristiga skulder"],
        ),
        ("49369", ["Skulder till kreditinstitut 9 000", "Fritt eget kapital", "Driftskostnader"]),
    ],
)
def test_real_broken_reports_are_restored(number: str, restored: list[str]) -> None:
    if not PDFS.exists():
        pytest.skip("no real reports beside this checkout (../shared/data/annual_reports)")
    report = repair(read_pdf(PDFS / f"brf_{number}.pdf"), {})
    text = "\n".join(page.text for page in report.pages)

    assert [phrase for phrase in restored if phrase not in text] == []
    assert damaged_pages(report) == ()
