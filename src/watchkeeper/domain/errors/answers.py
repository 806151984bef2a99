"""Errors of answers: somebody answered, and it is not what was asked for."""

from watchkeeper.domain.errors.table import ErrorTier, WatchkeeperError


class BrokenJsonError(WatchkeeperError):
    """A model answered with text that is not JSON; it is never repaired (GF-48)."""

    code = "broken_json"
    tier = ErrorTier.MEDIUM
    status = 502


class SchemaMismatchError(WatchkeeperError):
    """A model answered with JSON that breaks the schema it was given."""

    code = "schema_mismatch"
    tier = ErrorTier.MEDIUM
    status = 502


class OutputRejectedError(WatchkeeperError):
    """An answer broke a rule its route holds it to."""

    code = "output_rejected"
    tier = ErrorTier.MEDIUM
    status = 502


class BaselineEngineError(WatchkeeperError):
    """A baseline engine failed on its input."""

    code = "baseline_failed"
    status = 500
