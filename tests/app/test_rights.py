"""Which key may do what at the API."""

import pytest

from watchkeeper.app.api.rights import rights_for
from watchkeeper.gateway.keys.api_key import Right


@pytest.mark.parametrize("resource", ["/releases", "/releases/chosen", "/experiments", "/experiments/tone"])
def test_an_application_may_ask_what_its_calls_work_with_and_only_an_operator_changes_it(
    resource: str,
) -> None:
    path = f"/api/v1{resource}"
    assert {Right.CALL, Right.READ} == rights_for("GET", path)
    assert {Right.OPERATE} == rights_for("POST", path)


def test_what_only_begins_alike_is_not_opened_with_it() -> None:
    assert {Right.READ} == rights_for("GET", "/api/v1/releases-of-others")
