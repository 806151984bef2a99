"""Whoever catches an error knows by its class alone how grave it is and what is answered (HE-01 to HE-04)."""

import pytest

from watchkeeper.domain.errors import ErrorTier, InvalidFieldError, InvalidInputError, WatchkeeperError
from watchkeeper.domain.errors.components import (
    ComponentFailedError,
    ComponentTooSlowError,
    NothingServedError,
)


@pytest.mark.requirement("HE-48")
@pytest.mark.parametrize(
    ("error", "tier", "status"),
    [
        (NothingServedError("all away"), ErrorTier.CRITICAL, 503),
        (ComponentFailedError("one away"), ErrorTier.HIGH, 500),
        (ComponentTooSlowError("one late"), ErrorTier.HIGH, 500),
        (InvalidInputError("wrong"), ErrorTier.LOW, 400),
        (InvalidFieldError("wrong field", field="query"), ErrorTier.LOW, 400),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_is_of_one_family_and_its_class_says_tier_and_status(
    error: WatchkeeperError, tier: ErrorTier, status: int
) -> None:
    assert (error.tier, error.status) == (tier, status)
    body = error.body()
    assert (body["tier"], body["message"]) == (tier.value, error.message)


@pytest.mark.requirement("HE-48")
def test_a_wrong_field_is_wrong_input_and_no_failure_of_a_component() -> None:
    with pytest.raises(InvalidInputError):
        raise InvalidFieldError("wrong field", field="query")
    assert not issubclass(InvalidInputError, ComponentFailedError)
