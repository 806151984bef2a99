"""The keys a process of ours knows: those of the settings, and the copy of those that were made."""

from pathlib import Path

from watchkeeper.app.settings import Settings
from watchkeeper.gateway.keys.copy_file import KeyCopy
from watchkeeper.gateway.keys.ring import KeyRing


def key_ring(settings: Settings) -> KeyRing:
    """A ring with the keys of the settings; those that were made come from the state."""
    return KeyRing(keys_of_settings(settings))


def keys_of_settings(settings: Settings) -> list[str]:
    """The keys of the settings, in their order: operators' keys."""
    return [key.get_secret_value() for key in settings.server.keys]


def key_copy(data_dir: Path) -> KeyCopy:
    """The copy of the keys in a data folder."""
    return KeyCopy(data_dir / "gateway" / "keys.json")
