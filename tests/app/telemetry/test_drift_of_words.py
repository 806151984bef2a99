"""Words of calls through the gateway are held against what they were: the content store has them whole."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from tests.monitoring.drift.test_model_behaviour import answers
from watchkeeper.cli.main import app
from watchkeeper.domain.span import Span
from watchkeeper.testing.model_call import model_call

if TYPE_CHECKING:
    from conftest import Office

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
LONG_START = "Thank you for asking. " * 12
"""More than telemetry keeps of a reply: whoever looks at beginnings alone sees no difference."""


def body(said: str) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]}).encode()


def calls_of(office: "Office", *, days_ago: int, style: str) -> list[Span]:
    """Calls as receipts tell of them: hashes of content, and no beginnings."""
    content, chance = office.services.content, random.Random(days_ago)
    made = []
    for number, one in enumerate(answers(150, seed=days_ago, style=style)):
        asked = json.dumps({"messages": [{"role": "user", "content": one.prompt}]}).encode()
        made.append(
            model_call(
                days_ago * 1000 + number,
                NOON - timedelta(days=days_ago, minutes=8 * number + 1),
                workload="shop",
                model="gpt",
                output_tokens=80,
                duration_ns=int(chance.gauss(900, 50) * 1e6),
                prompt_sha256=content.put("shop", asked, "application/json"),
                response_sha256=content.put("shop", body(LONG_START + (one.reply or "")), "application/json"),
            )
        )
    return made


def wk(office: "Office", *arguments: str) -> Any:
    return CliRunner().invoke(app, ["--server", office.handle.address, *arguments])


def test_another_model_shows_in_whole_replies_that_begin_alike(office: "Office") -> None:
    for day in range(1, 4):
        office.hears(*calls_of(office, days_ago=day, style="plain"))
    office.hears(*calls_of(office, days_ago=0, style="lists"))
    told = wk(office, "drift", "models", "--workload", "shop", "--json")
    [found] = json.loads(told.stdout)
    drifted = [one["signal"] for one in found["verdict"]["signals"] if one["drift"]["drifted"]]
    assert (found["verdict"]["state"], drifted) == ("changed", ["form", "words"])
    assert told.exit_code == 1


def test_a_reference_of_calls_holds_their_whole_words_and_says_where_there_are_none(office: "Office") -> None:
    office.hears(*calls_of(office, days_ago=1, style="plain"))
    added = wk(office, "drift", "reference", "add", "usual", "--workload", "shop", "--since", "-2d")
    assert (added.exit_code, "prompt_text, reply_text" in added.stdout) == (0, True)
    assert "reply," not in added.stdout
    office.hears(*calls_of(office, days_ago=0, style="lists"))
    columns = {
        one["column"]: one for one in office.get("/drift/calls", reference="usual", since="-20h")["columns"]
    }
    assert (columns["reply_text"]["drifted"], columns["prompt_text"]["drifted"]) == (True, False)

    office.hears(*(model_call(9000 + n, NOON - timedelta(minutes=n), workload="mute") for n in range(1, 60)))
    mute = wk(office, "drift", "reference", "add", "mute", "--workload", "mute", "--since", "-2h")
    assert "neither prompts nor replies are in it: no text of these calls is kept" in mute.stdout
    assert "content.opt_out" in mute.stdout
    [reply] = office.get("/drift/calls", reference="usual", workload="mute", column="reply_text")["columns"]
    assert (reply["current_samples"], reply["drifted"]) == (0, None)
    assert "no text of these calls is kept" in reply["reason"]
