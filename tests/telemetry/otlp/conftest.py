"""What tests of the mapping share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.telemetry.otlp.mapped import MappedSpan
from watchkeeper.testing.otlp import mapped, otlp_span, trace_request

RECORDED = Path(__file__).parents[3].parent / "shared" / "data" / "otel_genai"


@pytest.fixture
def recorded_payloads() -> Path:
    """The recorded payloads beside the checkout."""
    if not RECORDED.is_dir():
        pytest.skip("the recorded payloads are not at hand (../shared/data/otel_genai)")
    return RECORDED


@pytest.fixture
def map_one() -> Callable[..., MappedSpan]:
    """Map a span with these attributes."""

    def one(attributes: Mapping[str, Any], **more: Any) -> MappedSpan:
        scope = more.pop("scope", "")
        resource = more.pop("resource", None)
        terms = more.pop("terms", None)
        request = trace_request(otlp_span(attributes=attributes, **more), resource=resource, scope=scope)
        return mapped(request, terms).spans[0]

    return one
