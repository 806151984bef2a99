"""What several rooms promise of their files alike: whose a name is, and what outlasts a power cut."""

from watchkeeper.files.name_claim import NameClaim, claim_name, try_claim
from watchkeeper.files.syncing import sync_path

__all__ = ["NameClaim", "claim_name", "sync_path", "try_claim"]
