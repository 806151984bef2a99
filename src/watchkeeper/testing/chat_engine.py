"""A baseline engine that answers chats, as a workload brings one: it quotes, and makes nothing up."""

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.chat_task import ChatTask


class FirstSentenceEngine:
    """Implements `watchkeeper.gateway.ports.ChatEngine`: a summary is the first sentence of what was said."""

    version = "1"

    def __init__(self, name: str = "first-sentence", *, agent: str = "summary") -> None:
        self.name = name
        self._agent = agent

    def takes(self, agent: str | None) -> bool:
        """Whether the agent is the one it was made for."""
        return agent == self._agent

    def run(self, baseline_input: object) -> object:
        """The first sentence of the last message: a text, or `{"summary": …}` where a schema is asked for.

        Raises:
            InvalidInputError: It was given no chat, or one in which nobody has said anything.
        """
        if not isinstance(baseline_input, ChatTask):
            raise InvalidInputError(f"{self.name} was given a {type(baseline_input).__name__}, not a chat")
        said = [one.text for one in baseline_input.messages if one.role == "user"]
        first = said[-1].partition(". ")[0].strip() if said else ""
        if not first:
            raise InvalidInputError("the chat has no text to summarise")
        return first if baseline_input.json_schema is None else {"summary": first}
