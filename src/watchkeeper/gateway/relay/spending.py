"""What an attempt may cost at most, and what it has cost: reserved before, settled after (law 3)."""

from datetime import datetime
from decimal import Decimal

from watchkeeper.domain.errors import TargetNotReachedError
from watchkeeper.domain.money import Cost
from watchkeeper.gateway.dialects import Operation, ReplyFacts
from watchkeeper.gateway.ports import Pricer
from watchkeeper.gateway.relay.attempted import NO_ANSWER, Attempted
from watchkeeper.gateway.relay.request import ClientRequest

IMAGE_TOKENS = 50_000
"""The most tokens one image is counted as: gpt-4o-mini counts 2,833 and 5,667 a tile of at most eight."""
HIDDEN_TOKENS = 1_000
"""What a provider adds to a prompt of its own accord: Anthropic's tool preamble has up to 530 tokens."""


def about_input_tokens(request: ClientRequest) -> int:
    """About how many tokens the input has: four bytes each, as in English prose. Never used for money."""
    return len(request.raw) // 4


def input_bound_tokens(request: ClientRequest) -> int:
    """No fewer tokens than a provider can count for the input.

    A token of the byte-level vocabularies in use stands for at least one byte, and the body holds every
    byte of the text with its JSON around it, which outweighs the few tokens a message is wrapped in. An
    image's data is left out and counted by the piece.
    """
    images = request.facts.image_count
    if not images:
        return len(request.raw) + HIDDEN_TOKENS
    text_bytes = len(request.raw) - _image_data_chars(request.body)
    return text_bytes + images * IMAGE_TOKENS + HIDDEN_TOKENS


def output_bound_tokens(request: ClientRequest, *, reserve_output_tokens: int) -> int:
    """No fewer tokens than a provider may answer with: what is allowed, else what the route reserves."""
    if request.operation is Operation.EMBEDDINGS:
        return 0
    return (request.facts.max_output_tokens or reserve_output_tokens) * request.facts.n


def _image_data_chars(value: object) -> int:
    """Characters of inlined images, wherever they stand in a body."""
    if isinstance(value, list):
        return sum(_image_data_chars(one) for one in value)
    if not isinstance(value, dict):
        return 0
    url, data = value.get("url"), value.get("data")
    here = len(url) if isinstance(url, str) and url.startswith("data:image/") else 0
    if isinstance(data, str) and str(value.get("media_type", "")).startswith("image/"):
        here += len(data)
    return here + sum(_image_data_chars(one) for one in value.values() if isinstance(one, list | dict))


def bound_usd(
    pricer: Pricer, made: Attempted, request: ClientRequest, *, reserve_output_tokens: int, at: datetime
) -> Decimal | None:
    """The most an attempt can cost; None where the price is not known."""
    return pricer.bound(
        made.priced_as,
        made.asked_model,
        input_tokens=input_bound_tokens(request),
        output_tokens=output_bound_tokens(request, reserve_output_tokens=reserve_output_tokens),
        at=at,
        service_tier=request.body.get("service_tier"),
        speed=request.body.get("speed"),
    )


def settle(attempted: Attempted, pricer: Pricer, *, at: datetime) -> None:
    """End the attempt's hold by what is known of its cost, and note the cost.

    A target that was not reached, or that answered with an error's status, has not been paid. One that
    broke off, or counted nothing, may have been: that stays held, unsettled.
    """
    facts, hold = attempted.facts, attempted.hold
    if facts is not None and facts.raw_usage is not None:
        attempted.cost = _cost(attempted, facts, pricer, at)
    elif _unspent(attempted):
        attempted.cost = Cost(usd=Decimal(0), source="unspent")
    if hold is None:
        return
    if attempted.cost is not None and attempted.cost.usd is not None:
        if attempted.cost.usd or attempted.cost.source != "unspent":
            hold.settle(attempted.cost.usd)
        else:
            hold.release()
    else:
        hold.leave_unsettled()


def _cost(attempted: Attempted, facts: ReplyFacts, pricer: Pricer, at: datetime) -> Cost:
    """By the model that answered; by the one asked for where servers answer under a name of their own."""
    usage = facts.raw_usage or {}
    answered = facts.model or attempted.asked_model
    cost = pricer.cost(attempted.priced_as, answered, usage, flavor=facts.flavor, at=at)
    if cost.usd is None and answered != attempted.asked_model:
        return pricer.cost(attempted.priced_as, attempted.asked_model, usage, flavor=facts.flavor, at=at)
    return cost


def _unspent(attempted: Attempted) -> bool:
    if not attempted.sent or isinstance(attempted.error, TargetNotReachedError):
        return True
    return attempted.http_status is not None and attempted.http_status >= NO_ANSWER
