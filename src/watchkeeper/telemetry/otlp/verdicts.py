"""Scores and opinions that come as events, log records or attributes."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import orjson

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback, Rating
from watchkeeper.telemetry.otlp.any_value import number_of, text_of
from watchkeeper.telemetry.otlp.messages import nested

EVALUATION_EVENT = "gen_ai.evaluation.result"
FEEDBACK_EVENTS = frozenset({"watchkeeper.feedback", "gen_ai.feedback", "gen_ai.user.feedback"})

_EVALUATION_LISTS = ("evaluations.", "annotations.")
_VERDICT_PREFIXES = ("evaluation", "annotation")
_RATINGS: Mapping[str, Rating] = {
    "thumbs_up": "thumbs_up",
    "up": "thumbs_up",
    "positive": "thumbs_up",
    "like": "thumbs_up",
    "good": "thumbs_up",
    "true": "thumbs_up",
    "1": "thumbs_up",
    "1.0": "thumbs_up",
    "thumbs_down": "thumbs_down",
    "down": "thumbs_down",
    "negative": "thumbs_down",
    "dislike": "thumbs_down",
    "bad": "thumbs_down",
    "false": "thumbs_down",
    "0": "thumbs_down",
    "0.0": "thumbs_down",
    "-1": "thumbs_down",
}


def evaluation_of_event(
    said: Mapping[str, object], *, workload: str, ts_ns: int, trace_id: str | None, span_id: str | None
) -> EvaluationResult | None:
    """The verdict an event tells by the conventions' names; None where it names none."""
    return _evaluation(
        {
            "name": said.get("gen_ai.evaluation.name"),
            "score": said.get("gen_ai.evaluation.score.value"),
            "label": said.get("gen_ai.evaluation.score.label"),
            "explanation": said.get("gen_ai.evaluation.explanation"),
            "evaluator": said.get("watchkeeper.evaluator", said.get("gen_ai.evaluation.evaluator")),
            "error": said.get("error.type"),
            "identifier": said.get("watchkeeper.evaluation.id"),
            "response_id": said.get("gen_ai.response.id"),
        },
        workload=workload,
        ts_ns=ts_ns,
        trace_id=trace_id,
        span_id=span_id,
    )


def holds_verdicts(attributes: Mapping[str, object]) -> bool:
    """Whether verdicts may be among a span's attributes: nearly none has any."""
    return any(name.startswith(_VERDICT_PREFIXES) for name in attributes)


def take_evaluations(
    attributes: dict[str, object], *, workload: str, ts_ns: int, trace_id: str, span_id: str
) -> Iterator[EvaluationResult]:
    """The verdicts among a span's attributes by OpenInference's names, which are taken out of them."""
    for said in _told_evaluations(attributes):
        found = _evaluation(said, workload=workload, ts_ns=ts_ns, trace_id=trace_id, span_id=span_id)
        if found is not None:
            yield found


def _told_evaluations(attributes: dict[str, object]) -> Iterable[Mapping[str, object]]:
    for word in ("evaluation", "annotation"):
        prefix = f"{word}."
        names = [name for name in attributes if name.startswith(prefix)]
        if f"{prefix}name" in names:
            yield _said({name.removeprefix(prefix): attributes.pop(name) for name in names})
    for prefix in _EVALUATION_LISTS:
        names = [name for name in attributes if name.startswith(prefix) and name[len(prefix)].isdigit()]
        tree = nested([(name.removeprefix(prefix), attributes.pop(name)) for name in names])
        for one in tree if isinstance(tree, list) else []:
            inner = one.get("evaluation", one.get("annotation", one)) if isinstance(one, dict) else None
            if isinstance(inner, dict):
                yield _said(inner)


def _said(told: Mapping[str, object]) -> Mapping[str, object]:
    kind, identifier = text_of(told.get("annotator_kind")), told.get("identifier")
    return {
        "name": told.get("name"),
        "score": told.get("score"),
        "label": told.get("label"),
        "explanation": told.get("explanation"),
        "evaluator": told.get("evaluator", kind),
        "identifier": identifier,
    }


def _evaluation(
    said: Mapping[str, object], *, workload: str, ts_ns: int, trace_id: str | None, span_id: str | None
) -> EvaluationResult | None:
    name = text_of(said.get("name"))
    if name is None:
        return None
    value, label = number_of(said.get("score")), text_of(said.get("label"))
    if value is None and label is None and said.get("score") is not None:
        label = text_of(said["score"])
    error = text_of(said.get("error"))
    if value is None and label is None and error is None:
        error = "no score was told"
    identifier = text_of(said.get("identifier"))
    explanation, evaluator = text_of(said.get("explanation")), text_of(said.get("evaluator"))
    response_id = text_of(said.get("response_id"))
    says = (
        workload,
        trace_id,
        span_id,
        response_id,
        name,
        evaluator,
        value,
        label,
        explanation,
        error,
        ts_ns,
    )
    return EvaluationResult(
        evaluation_id=identifier or id_of(says),
        workload=workload,
        ts_ns=ts_ns,
        name=name,
        value=value,
        label=label,
        explanation=explanation,
        evaluator=evaluator,
        error=error,
        trace_id=trace_id,
        span_id=span_id,
        response_id=response_id,
    )


def feedback_of_event(
    said: Mapping[str, object], *, workload: str, ts_ns: int, trace_id: str | None, span_id: str | None
) -> Feedback | None:
    """What a person thought, as an event tells it; None where it says nothing that can be kept."""

    def told(name: str) -> object:
        for prefix in ("watchkeeper.feedback.", "gen_ai.feedback.", "feedback.", ""):
            if said.get(prefix + name) not in (None, ""):
                return said[prefix + name]
        return None

    rating = _RATINGS.get(
        (text_of(told("rating") if told("rating") is not None else told("value")) or "").lower()
    )
    comment, correction = text_of(told("comment")), text_of(told("correction"))
    query_id = text_of(told("query_id"))
    if (rating is None and comment is None and correction is None) or (query_id is None and span_id is None):
        return None
    author = text_of(told("author"))
    says = (workload, ts_ns, rating, comment, correction, author, query_id, trace_id, span_id)
    return Feedback(
        feedback_id=text_of(told("id")) or id_of(says),
        workload=workload,
        ts_ns=ts_ns,
        rating=rating,
        comment=comment,
        correction=correction,
        author=author,
        query_id=query_id,
        trace_id=trace_id,
        span_id=span_id,
    )


def id_of(says: Iterable[object]) -> str:
    """An id made of what is said, so that a repeat is the same one."""
    return hashlib.sha256(orjson.dumps(list(says))).hexdigest()[:32]
