"""Asking the budgets before a batch starts (FA-60); what runs already goes on."""

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import BudgetSpentError


def require_batch_admission(client: ApiClient, workload: str) -> None:
    """Ask the server whether a batch item of a workload may start.

    Raises:
        BudgetSpentError: A budget refuses; the message says which, spent, limit, and until when.
        UnavailableError: The server does not answer.
    """
    answer = client.get("/budgets/admission", {"workload": workload})
    if not answer["admitted"]:
        raise BudgetSpentError(answer["reason"], action=answer["action"])
