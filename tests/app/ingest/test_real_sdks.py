"""Applications with real instrumentation point their exporters here, and change nothing else."""

import asyncio
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx2
import openai
import pytest
from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInference
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor as GenAi
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from pydantic_ai import Agent
from pydantic_ai.capabilities import Instrumentation
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from watchkeeper.domain.span import MODEL_OPERATIONS, Span
from watchkeeper.telemetry.metric_question import MetricName
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from conftest import Ingest

RESOURCE = Resource.create({"service.name": "shop", "watchkeeper.release": "r7"})
QUESTION, ANSWER = "Vad kostar mjölk?", "Sexton kronor."


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    """A provider that always answers the same."""
    with ScriptedUpstream([answer(ANSWER)] * 20) as made:
        yield made


def ask(upstream: ScriptedUpstream) -> None:
    client = openai.OpenAI(base_url=upstream.base_url, api_key="none", max_retries=0)
    client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": QUESTION}])


def exporter(ingest: "Ingest", way: str) -> SpanExporter:
    if way == "grpc":
        return GrpcExporter(endpoint=f"http://127.0.0.1:{ingest.grpc_port}", insecure=True)
    return HttpExporter(endpoint=f"{ingest.url}/v1/traces")


def provider(ingest: "Ingest", way: str = "http") -> TracerProvider:
    made = TracerProvider(resource=RESOURCE)
    made.add_span_processor(BatchSpanProcessor(exporter(ingest, way)))
    return made


def model_calls(ingest: "Ingest") -> list[Span]:
    spans = ingest.loaded().newest(EVERYTHING, 100)
    return [span for span in spans if span.operation in MODEL_OPERATIONS]


def said_in(ingest: "Ingest", sha256: str | None) -> str:
    assert sha256 is not None
    kept = ingest.content.get(sha256)
    assert kept is not None
    return json.dumps(json.loads(kept.data), ensure_ascii=False)


def check_call(ingest: "Ingest", span: Span) -> None:
    """The one call, whoever traced it."""
    assert (span.workload, span.release, span.operation, span.provider) == ("shop", "r7", "chat", "openai")
    assert span.model is not None and span.ok
    assert span.input_tokens is not None and span.output_tokens is not None
    assert (span.prompt_preview, span.reply_preview) == (QUESTION, ANSWER)
    assert QUESTION in said_in(ingest, span.prompt_sha256)
    assert ANSWER in said_in(ingest, span.response_sha256)
    assert QUESTION not in json.dumps(dict(span.attributes), ensure_ascii=False)


@pytest.mark.parametrize("way", ["http", "grpc"])
def test_openinference_traces_a_call(way: str, ingest: "Ingest", upstream: ScriptedUpstream) -> None:
    traces = provider(ingest, way)
    OpenInference().instrument(tracer_provider=traces)
    try:
        ask(upstream)
    finally:
        OpenInference().uninstrument()
        traces.shutdown()

    (span,) = model_calls(ingest)
    check_call(ingest, span)


def test_the_genai_instrumentation_traces_a_call_and_measures_it(
    ingest: "Ingest", upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "gen_ai_latest_experimental")
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "SPAN_ONLY")
    traces = provider(ingest)
    meters = MeterProvider(
        [PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{ingest.url}/v1/metrics"))],
        resource=RESOURCE,
    )
    logs = LoggerProvider(resource=RESOURCE)
    logs.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter(endpoint=f"{ingest.url}/v1/logs")))
    GenAi().instrument(tracer_provider=traces, meter_provider=meters, logger_provider=logs)
    try:
        ask(upstream)
    finally:
        GenAi().uninstrument()
        traces.shutdown()
        meters.shutdown()
        logs.shutdown()

    (span,) = model_calls(ingest)
    check_call(ingest, span)
    names = {one.name: one for one in ingest.store.metric_names("shop")}
    assert isinstance(names["gen_ai.client.operation.duration"], MetricName)


def test_pydantic_ai_traces_its_agent_and_its_calls_count_once(
    ingest: "Ingest", upstream: ScriptedUpstream
) -> None:
    traces = provider(ingest)
    traced = Instrumentation(InstrumentationSettings(tracer_provider=traces))

    async def run() -> str:
        async with httpx2.AsyncClient() as client:
            there = OpenAIProvider(base_url=upstream.base_url, api_key="none", http_client=client)
            agent = Agent(OpenAIChatModel("gpt-4o-mini", provider=there), name="clerk", capabilities=[traced])
            return (await agent.run(QUESTION)).output

    assert asyncio.run(run()) == ANSWER
    traces.shutdown()

    spans = ingest.loaded().newest(EVERYTHING, 100)
    (call,) = [span for span in spans if span.operation in MODEL_OPERATIONS]
    check_call(ingest, call)
    (run,) = [span for span in spans if span.operation == "invoke_agent"]
    assert call.parent_span_id == run.span_id and call.trace_id == run.trace_id
    assert run.agent == "clerk"
    assert (run.input_tokens, run.cost_usd) == (None, None)
