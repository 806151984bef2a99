"""What a check said of a release: passed, failed, or could not be made, which is neither."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ProofVerdict = Literal["passed", "failed", "not checked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One check of one release."""

    release_id: str
    workload: str
    check: str
    """Such as `canaries` or `replay`."""
    verdict: ProofVerdict
    told: str
    """What was found, in a sentence."""
    by: str
    at: datetime
