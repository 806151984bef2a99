"""What every part of the settings is made of."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


def refused(message: str, action: str) -> PydanticCustomError:
    """A problem with a value, and what to do about it; raise it in a validator."""
    return PydanticCustomError("refused", "{message}", {"message": message, "action": action})


class Section(BaseModel):
    """A part of the settings: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)
