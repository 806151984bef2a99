"""What is made of the OCR engine's table: levelled lines, whole rows, amounts as printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.adapters.documents.digit_groups import regrouped
from watchkeeper.adapters.documents.recognised import (
    Line,
    RecognisedWord,
    mean_confidence,
    recognised_lines,
    slope_of,
)
from watchkeeper.adapters.documents.text_lines import straightened, text_of
from watchkeeper.domain.page import Word

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def line(text: str, *, x: float = 50, y: float = 100, fall: float = 0.0) -> Line:
    words = []
    for word in text.split():
        width = 6.0 * len(word)
        words.append(RecognisedWord(Word(word, x, y + fall * x, x + width, y + fall * x + 9), 95.0))
        x += width + 3
    return tuple(words)


def texts(recognised: Line) -> list[str]:
    return [part.word.text for part in recognised]


def test_words_come_in_lines_with_places_in_points() -> None:
    table = "\n".join(
        [
            HEADER,
            "4\t1\t1\t1\t1\t0\t300\t600\t900\t30\t-1\t",
            "5\t1\t1\t1\t1\t1\t300\t600\t150\t30\t96.5\tSumma",
            "5\t1\t1\t1\t1\t2\t480\t600\t270\t30\t91.0\ttillgångar",
            "5\t1\t1\t1\t2\t1\t300\t660\t150\t30\t90.0\tKassa",
        ]
    )

    first, second = recognised_lines(table, points_per_pixel=72 / 300)

    assert texts(first) == ["Summa", "tillgångar"]
    assert texts(second) == ["Kassa"]
    assert first[0].word == Word("Summa", 72.0, 144.0, 108.0, pytest.approx(151.2))


@pytest.mark.parametrize(
    ("confidence", "text", "kept"),
    [
        (95, "|", False),
        (12, "iu", False),
        (12, "7", True),
        (12, "-", True),
        (12, "Andersson", True),
        (80, "i", True),
    ],
)
def test_specks_and_rules_are_dropped_and_doubtful_figures_are_not(
    confidence: int, text: str, kept: bool
) -> None:
    table = f"{HEADER}\n5\t1\t1\t1\t1\t1\t10\t10\t10\t10\t{confidence}\t{text}"

    assert bool(recognised_lines(table, points_per_pixel=1)) is kept


def test_a_table_without_words_has_no_confidence() -> None:
    assert mean_confidence(recognised_lines(HEADER, points_per_pixel=1)) == 0.0


def test_a_label_and_its_amounts_from_other_blocks_become_one_line() -> None:
    blocks = [
        line("Summa tillgångar"),
        line("Kassa och bank", y=120),
        line("301 339 818", x=300, y=101),
        line("4 711", x=300, y=121),
        line("298 000 111", x=450, y=99),
        line("-", x=450, y=119),
    ]

    assert text_of(blocks) == "Summa tillgångar 301 339 818 298 000 111\nKassa och bank 4 711 -\n"


def test_running_text_side_by_side_stays_apart() -> None:
    columns = [line("Anna Andersson"), line("Ordförande", y=112), line("Bertil Bengtsson", x=300)]

    assert text_of(columns) == "Anna Andersson\nOrdförande\nBertil Bengtsson\n"


def test_rows_of_a_page_scanned_askew_are_still_found() -> None:
    fall = 0.02  # just over one degree
    words = "Under året har föreningen amorterat enligt plan på sina lån hos banken"
    lines = [line(words, y=100 + 14 * n, fall=fall) for n in range(5)]
    lines += [line("Summa", y=200, fall=fall), line("4 711", x=480, y=200, fall=fall)]

    slope = slope_of(lines)
    level = straightened(lines, slope=slope, middle=300)

    assert slope == pytest.approx(fall, abs=0.002)
    assert "Summa\n" in text_of(lines)
    assert "Summa 4 711\n" in text_of(level)


def test_few_or_short_lines_tell_no_slope() -> None:
    assert slope_of([line("Kort rad här", fall=0.1)]) == 0.0


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Årets resultat 2033 295 2091 166", ["2", "033", "295", "2", "091", "166"]),
        ("Summa 19.337 631 15 083 395", ["19", "337", "631", "15", "083", "395"]),
        ("Summa -1647 585 -1 384 983", ["-1", "647", "585", "-1", "384", "983"]),
    ],
)
def test_thousands_run_together_are_parted_again(read: str, printed: list[str]) -> None:
    assert texts(regrouped(line(read)))[-len(printed) :] == printed


@pytest.mark.parametrize(
    "text", ["år 2022 100 lägenheter såldes", "2023 2022", "Not 1234", "Yta 4 711 kvm", "1,4520 3 års"]
)
def test_other_numbers_stay_as_they_were_read(text: str) -> None:
    assert texts(regrouped(line(text))) == text.split()


def test_a_year_before_a_column_further_away_is_not_its_thousands() -> None:
    assert texts(regrouped(line("2022") + line("100", x=200))) == ["2022", "100"]


@given(st.lists(st.from_regex(r"[-a-zåäö0-9.]{1,9}", fullmatch=True), min_size=1, max_size=12))
def test_no_character_but_a_false_full_stop_is_ever_lost(words: list[str]) -> None:
    read = line(" ".join(words))

    parted = regrouped(read)

    assert "".join(texts(parted)).replace(".", "") == "".join(words).replace(".", "")
    assert text_of([read]) == " ".join(words) + "\n"
