"""What a request says, in its body or its query."""

from pydantic import BaseModel, ConfigDict


class RequestModel(BaseModel):
    """Keys that we know, and no others: an unknown one is refused, so that a slip of the pen is told."""

    model_config = ConfigDict(extra="forbid")
