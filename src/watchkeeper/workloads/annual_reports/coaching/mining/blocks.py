"""Blocks: the heading above an amount that has no label of its own, and what ends its block."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.coaching.evidence import places_of
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Proposal

LONGEST = 6
HIGHEST = 14
"""Headings are looked for in so many worded lines above the value."""


def mine_blocks(error: FieldError) -> Iterator[Proposal]:
    """The field with a heading above the value, with and without the next words as the block's end."""
    told = error.told
    if told.kind not in ("amount", "person", "people", "rows", "passage", "text"):
        return
    seen = {heading.casefold() for heading in told.headings}
    for place in places_of(error.truth.value, error.report.document):
        ends = tuple(
            text.casefold()
            for text in place.below[:1]
            if len(text.split()) <= LONGEST and text not in told.until
        )
        for heading in place.above[:HIGHEST]:
            heading = heading.casefold()
            if heading in seen or len(heading.split()) > LONGEST:
                continue
            seen.add(heading)
            with_heading = told.model_copy(update={"headings": (*told.headings, heading)})
            yield Proposal(with_heading, f"heading {heading!r}", (heading,))
            if ends:
                yield Proposal(
                    with_heading.model_copy(update={"until": (*told.until, *ends)}),
                    f"heading {heading!r} until {ends[0]!r}",
                    (heading, *ends),
                )
        for end in ends if told.headings else ():
            yield Proposal(
                told.model_copy(update={"until": (*told.until, end)}), f"block ends at {end!r}", (end,)
            )
