"""What judges and people said of an answer, as the rows they become."""

from collections.abc import Callable

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import RATINGS, Feedback, Rating
from watchkeeper.sdk.now_open import ids_now
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.records import Wording, id_of, is_number


class Verdicts:
    """Makes rows of verdicts; those that say nothing are refused and counted."""

    def __init__(
        self, workload: str, wording: Wording, *, now_ns: Callable[[], int], problems: Problems
    ) -> None:
        self._workload = workload
        self._wording = wording
        self._now_ns = now_ns
        self._problems = problems

    def score(
        self,
        name: str,
        value: float | None,
        *,
        label: str | None,
        explanation: str | None,
        evaluator: str | None,
        error: str | None,
        trace_id: str | None,
        span_id: str | None,
        response_id: str | None,
        evaluation_id: str | None,
    ) -> EvaluationResult | None:
        """What a judge said: of the span now open, unless told of which; None where it says nothing."""
        if value is not None and not is_number(value):
            self._problems.count("score_refused", f"{name}: {value!r} is no number")
            return None
        if value is None and label is None and error is None:
            self._problems.count("score_refused", f"{name}: neither value nor label nor error")
            return None
        here = ids_now() if trace_id is None and response_id is None else (trace_id, span_id)
        now, workload = self._now_ns(), self._workload
        made_id = id_of(workload, now, name, value, label, evaluator, *here, response_id)
        return EvaluationResult(
            evaluation_id=evaluation_id or made_id,
            workload=workload,
            ts_ns=now,
            name=name,
            value=value,
            label=label,
            explanation=self._wording.of(explanation),
            evaluator=evaluator,
            error=error,
            trace_id=here[0],
            span_id=here[1],
            response_id=response_id,
        )

    def feedback(
        self,
        rating: Rating | None,
        *,
        comment: str | None,
        correction: str | None,
        author: str | None,
        query_id: str | None,
        trace_id: str | None,
        span_id: str | None,
    ) -> Feedback | None:
        """What a person thought: of the query or span named, else of the span now open."""
        if rating is not None and rating not in RATINGS:
            self._problems.count("feedback_refused", f"{rating!r} is none of {RATINGS}")
            return None
        if query_id is None and trace_id is None:
            trace_id, span_id = ids_now()
        if (query_id is None and trace_id is None) or not (rating or comment or correction):
            self._problems.count("feedback_refused", "it names no query and no span, or says nothing")
            return None
        now, workload = self._now_ns(), self._workload
        return Feedback(
            feedback_id=id_of(
                workload, now, rating, comment, correction, author, query_id, trace_id, span_id
            ),
            workload=workload,
            ts_ns=now,
            rating=rating,
            comment=self._wording.of(comment),
            correction=self._wording.of(correction),
            author=author,
            query_id=query_id,
            trace_id=trace_id,
            span_id=span_id,
        )
