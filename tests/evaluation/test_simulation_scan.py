"""A sleep planted in production code is found; honest waits are not."""

from pathlib import Path

import pytest

from watchkeeper.evaluation.simulation_scan import Sleep, scan_for_sleeps


def planted(root: Path, name: str, code: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")
    return root


def test_a_planted_sleep_is_named_with_file_line_and_function(tmp_path: Path) -> None:
    planted(tmp_path, "readers/slow.py", "import time\n\n\ndef read():\n    time.sleep(0.1)\n    return 5\n")
    assert scan_for_sleeps(tmp_path) == (Sleep("readers/slow.py", 5, "read", "time.sleep"),)


@pytest.mark.parametrize(
    "code",
    [
        "from time import sleep\nsleep(1)\n",
        "from time import sleep as nap\nnap(1)\n",
        "import time as t\nt.sleep(1)\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
    ],
)
def test_a_sleep_under_another_name_is_found_too(tmp_path: Path, code: str) -> None:
    assert len(scan_for_sleeps(planted(tmp_path, "work.py", code))) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("retry.py", "import time\ntime.sleep(1)\n"),
        ("call.py", "import time\ndef wait_before_retry():\n    time.sleep(1)\n"),
        ("call.py", "import time\nclass Backoff:\n    def wait(self):\n        time.sleep(1)\n"),
        ("tests/test_x.py", "import time\ntime.sleep(1)\n"),
        ("testing/clock.py", "import time\ntime.sleep(1)\n"),
        ("words.py", "TEXT = 'time.sleep(1)'  # time.sleep(2)\n"),
    ],
)
def test_back_off_tests_and_mere_words_are_left_out(tmp_path: Path, name: str, code: str) -> None:
    assert scan_for_sleeps(planted(tmp_path, name, code)) == ()


def test_an_exemption_names_one_function_of_one_file(tmp_path: Path) -> None:
    planted(
        tmp_path, "up.py", "import time\ndef poll():\n    time.sleep(1)\ndef work():\n    time.sleep(1)\n"
    )
    left = scan_for_sleeps(tmp_path, exempt={"up.py:poll": "waits for a process to come up"})
    assert [sleep.function for sleep in left] == ["work"]


def test_code_that_cannot_be_read_is_no_pass(tmp_path: Path) -> None:
    planted(tmp_path, "broken.py", "def (:\n")
    with pytest.raises(SyntaxError):
        scan_for_sleeps(tmp_path)
