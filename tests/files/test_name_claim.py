"""A name in a folder belongs to one living writer at a time."""

from pathlib import Path

import pytest

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.files import claim_name, try_claim


def test_a_second_writer_of_a_name_gets_the_next_one_and_a_released_one_is_had_again(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first, second = (claim_name(folder, "run", what="receipts") for _ in range(2))
    assert (first.writer, second.writer) == ("run", "run.2")
    assert try_claim(folder, "run") is None
    first.release()
    again = claim_name(folder, "run", what="receipts")
    assert again.writer == "run"
    again.release()
    second.release()


@pytest.mark.parametrize("name", ["", "../run", "Run", "a b", "r" * 65])
def test_what_cannot_be_part_of_a_files_name_is_refused_and_says_of_what(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot name a writer of receipts"):
        claim_name(tmp_path, name, what="receipts")
