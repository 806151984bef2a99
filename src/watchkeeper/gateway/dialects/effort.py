"""How long a model may think: OpenAI names an effort, Anthropic a number of tokens."""

LEAST_BUDGET_TOKENS = 1024
"""Anthropic takes no smaller `budget_tokens` (its documentation of extended thinking)."""
_SHARES = {"low": 0.2, "medium": 0.5, "high": 0.8, "xhigh": 0.95}
"""Part of the output limit each effort may think for: the shares OpenRouter publishes for the same step."""


def thinking_budget(effort: str, *, max_tokens: int) -> int | None:
    """Tokens to think for; None for no thinking: it is not wanted, or the output limit leaves no room.

    >>> thinking_budget("medium", max_tokens=4096), thinking_budget("minimal", max_tokens=4096)
    (2048, None)
    """
    budget = int(_SHARES.get(effort, 0.0) * max_tokens)
    return budget if LEAST_BUDGET_TOKENS <= budget < max_tokens else None


def effort_of(budget_tokens: int, *, max_tokens: int) -> str:
    """The effort nearest to a budget.

    >>> effort_of(2000, max_tokens=4096)
    'medium'
    """
    share = budget_tokens / max_tokens
    return min(("low", "medium", "high"), key=lambda effort: abs(_SHARES[effort] - share))
