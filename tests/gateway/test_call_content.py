"""What was asked and answered is kept once, redacted, under the hashes the receipt names."""

import json
from datetime import UTC, datetime

from watchkeeper.domain.call import ImagePart, Message, ModelCall, TextPart
from watchkeeper.domain.errors import StorageFullError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.call_content import HashedContent
from watchkeeper.gateway.call_path import CallPath
from watchkeeper.gateway.ports import ContentSink
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.testing.clock import CountedIds, MovedClock
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.kept_receipts import KeptReceipts
from watchkeeper.testing.relay import relay_thread_to
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.scripted_target import ScriptedTarget

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PICTURE = b"\x89PNG not really"
CALL = ModelCall(
    workload="annual-reports",
    target="scripted",
    messages=(Message("user", (TextPart("write to anna@example.org"), ImagePart("image/png", PICTURE))),),
)


class FullSink:
    """A content store on a full disk."""

    def put(self, workload: str, data: bytes, media_type: str, /) -> str:
        raise StorageFullError("the disk is full")


def receipt_of_a_call(content: ContentSink | None) -> Receipt:
    clock = MovedClock(NOON)
    ledger = Ledger(
        receipts=KeptReceipts(),
        content=HashedContent(content),
        figures=NoFigures(),
        clock=clock,
        ids=CountedIds(),
    )
    models = relay_thread_to([ScriptedTarget(then=answer("the answer"))], ledger)
    path = CallPath([], ledger, models=models)
    outcome = path.call(CALL)
    path.close()
    assert outcome.reply is not None
    return outcome.receipts[0]


def test_prompt_answer_and_image_are_found_again_by_the_receipts_hashes() -> None:
    content = InMemoryContent(clock=MovedClock(NOON))
    receipt = receipt_of_a_call(content)
    prompt = content.get(receipt.prompt_sha256 or "")
    answer = content.get(receipt.response_sha256 or "")
    assert prompt is not None and answer is not None
    assert b"anna@example.org" not in prompt.data
    assert answer.data == b"the answer"
    image = json.loads(prompt.data)["messages"][0]["content"][1]["image_url"]["url"]
    sha256, media_type = image.removeprefix("sha256:").split(";")
    assert media_type == "image/png"
    kept = content.get(sha256)
    assert kept is not None and kept.data == PICTURE


def test_a_store_that_fails_costs_the_content_and_not_the_call() -> None:
    receipt = receipt_of_a_call(FullSink())
    assert receipt.error is None
    assert receipt.prompt_sha256 == receipt_of_a_call(None).prompt_sha256


def test_without_a_store_the_receipt_still_has_the_hashes() -> None:
    receipt = receipt_of_a_call(None)
    assert receipt.prompt_sha256 and receipt.response_sha256
