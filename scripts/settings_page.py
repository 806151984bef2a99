"""Write `docs/settings.md` from the settings' own definition."""

from pathlib import Path

from watchkeeper.app.settings_view import settings_page
from watchkeeper.app.workload import workload_settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"

if __name__ == "__main__":
    PAGE.write_text(settings_page(workload_settings()), encoding="utf-8")
    print(f"wrote {PAGE}")
