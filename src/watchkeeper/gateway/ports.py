"""What the call path needs from outside: targets to call, and where receipts go."""

from typing import Protocol

from watchkeeper.domain.call import ModelCall, Reply
from watchkeeper.domain.receipt import Receipt


class Target(Protocol):
    """One model that can be called, whoever serves it; called from many threads at once."""

    @property
    def name(self) -> str:
        """What calls name it by; unique among the targets of a call path."""
        ...

    @property
    def provider(self) -> str:
        """Who serves it, such as `openai`, or `baseline`."""
        ...

    @property
    def model(self) -> str:
        """The model asked for, as the provider knows it."""
        ...

    @property
    def release(self) -> str | None:
        """The release that answers, where the target knows it better than the caller."""
        ...

    def send(self, call: ModelCall, /) -> Reply:
        """Ask once and wait for the whole answer, no longer than `call.deadline_s` seconds.

        A refusal is a reply with `finish_reason` `refusal` or `content_filter`, an answer cut at
        `max_output_tokens` one with `length`: they cost tokens like any other.

        Raises:
            WatchkeeperError: It failed; the class says how, and whether asking again can help. The
                message holds no secret and nothing of the prompt or the answer.
        """
        ...


class BaselineEngine(Protocol):
    """A deterministic engine that does a model's job without one; a workload registers its own."""

    @property
    def name(self) -> str:
        """What calls name it by."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever it may answer differently."""
        ...

    def run(self, baseline_input: object, /) -> object:
        """Its answer to a call's `baseline_input`; any exception is a failed call with a receipt."""
        ...


class ReceiptSink(Protocol):
    """Where receipts are written; called from many threads at once."""

    def append(self, receipt: Receipt, /) -> Receipt:
        """Write one, and give it back as written.

        Raises:
            StorageFullError: It could not be written; it does not count.
        """
        ...


class ContentSink(Protocol):
    """Where requests and replies are kept; called from many threads at once."""

    def put(self, workload: str, data: bytes, media_type: str, /) -> str:
        """Keep content, redacted, and give the sha256 it is kept under (also when it is opted out).

        Raises:
            StorageFullError: It could not be written.
        """
        ...
