"""What every part of the settings is made of."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


def refused(message: str, action: str) -> PydanticCustomError:
    """A problem with a value, and what to do about it; raise it in a validator."""
    return PydanticCustomError("refused", "{message}", {"message": message, "action": action})


class Section(BaseModel):
    """A part of the settings: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


def known_zone(name: str) -> str:
    """The name of a timezone there is.

    Raises:
        ValueError: There is none of that name.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refused("no such time zone is known", "use a name such as Europe/Stockholm") from None
    return name
