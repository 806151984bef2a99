"""Items that calls were made for, counted over spans in memory."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from watchkeeper.domain.span import MODEL_OPERATIONS
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.figures import dimension_value
from watchkeeper.telemetry.item_question import ItemFigures, items_order
from watchkeeper.telemetry.time_steps import step_begins
from watchkeeper.testing.call_figures import CountedSpan, money_of

_Key = tuple[datetime | None, tuple[str | None, ...], bool]


def items_of(question: CallQuestion, spans: Iterable[CountedSpan]) -> tuple[ItemFigures, ...]:
    """The answer to a question over these spans, which its filter has let through."""
    question.check()
    groups: defaultdict[_Key, list[CountedSpan]] = defaultdict(list)
    for span, counts in spans:
        begins = (
            None if question.step is None else step_begins(span.start_ns, question.step, question.timezone)
        )
        group = tuple(dimension_value(span, dimension) for dimension in question.by)
        groups[begins, group, span.item_id is None].append((span, counts))
    rows = [
        ItemFigures(
            group=dict(zip(question.by, group, strict=True)),
            begins=begins,
            items=None if of_none else len({span.item_id for span, _ in some}),
            calls=len(some),
            cost_usd=money_of(
                [span.cost_usd for span, counts in some if counts and span.operation in MODEL_OPERATIONS]
            ),
        )
        for (begins, group, of_none), some in groups.items()
    ]
    return tuple(sorted(rows, key=items_order))
