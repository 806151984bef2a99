"""Every key of the settings is documented, and the page in `docs/` is the one its definition makes."""

from pathlib import Path

from watchkeeper.app.settings_tree import SettingsTree
from watchkeeper.app.settings_view import settings_page, settings_schema
from watchkeeper.app.workload import workload_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(workload_settings()), (
        "run `python scripts/settings_page.py`"
    )


def test_every_key_says_what_it_is() -> None:
    for key in SettingsTree(workload_settings()).every_key():
        assert key.description.endswith("."), f"{key.dotted} has no sentence of description"
        assert key.type, f"{key.dotted} has no type in words"


def test_the_schema_knows_the_settings_of_installed_workloads() -> None:
    workloads = settings_schema(workload_settings())["properties"]["workloads"]
    assert "annual-reports" in workloads["properties"]
    assert workloads["additionalProperties"] is False
