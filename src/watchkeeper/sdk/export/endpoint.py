"""Where the server is: as it was told, or as the server of the data folder announced itself."""

import json
from pathlib import Path


class Endpoint:
    """Looked up anew before each round of sending: a server that starts later, or elsewhere, is found."""

    def __init__(self, told: str | None, data_dir: Path) -> None:
        self._told = told.rstrip("/") if told else None
        self._run_file = data_dir / "run" / "server.json"

    def now(self) -> str | None:
        """The address; None while no server of the data folder has announced itself."""
        if self._told is not None:
            return self._told
        try:
            url = json.loads(self._run_file.read_text(encoding="utf-8"))["url"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return url if isinstance(url, str) else None
