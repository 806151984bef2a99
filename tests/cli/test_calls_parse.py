"""`wk calls parse` prints what recorded exchanges hold."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from watchkeeper.cli.main import app
from watchkeeper.cli.schemas import schema_of

CALL = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"q":1}'}}
ASKED = {"method": "POST", "path": "/v1/chat/completions", "body": {"model": "small"}}


def reply(status: int, body: object) -> dict[str, Any]:
    return {"request": ASKED, "response": {"status": status, "headers": {"Retry-After": "7"}, "body": body}}


def written(folder: Path) -> Path:
    choice = {"message": {"content": "hello", "tool_calls": [CALL]}, "finish_reason": "tool_calls"}
    usage = {"prompt_tokens": 9, "completion_tokens": 4}
    cassette = {
        "provider": "openai",
        "source_path": "one.yaml",
        "interactions": [
            reply(200, {"model": "small-1", "choices": [choice], "usage": usage}),
            reply(429, {"error": {"message": "slow down", "type": "rate_limit_error"}}),
        ],
    }
    file = folder / "cassettes.jsonl"
    file.write_text(json.dumps(cassette) + "\n\n")
    return file


def test_each_exchange_is_a_line_that_fits_its_schema(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["calls", "parse", str(written(tmp_path)), "--json"])
    first, second = (json.loads(line) for line in done.stdout.splitlines())

    assert done.exit_code == 0
    assert (first["provider"], first["operation"], first["text"]) == ("openai", "chat", "hello")
    assert (first["stop_reason"], first["usage"]["input_tokens"]) == ("tool_calls", 9)
    assert first["tool_calls"][0]["name"] == "find"
    assert (second["error_class"], second["error"]["retry_after_s"]) == ("TargetRateLimitedError", 7.0)
    schema = Draft202012Validator(schema_of("calls parse"))
    for line in (first, second):
        schema.validate(line)


def test_a_person_gets_a_table(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["calls", "parse", str(written(tmp_path))])

    assert "hello" in done.stdout
    assert "TargetRateLimitedError" in done.stdout
    assert "2 exchanges" in done.stdout


def test_a_line_that_is_no_recording_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    file = written(tmp_path)
    file.write_text("no json\n[]\n" + file.read_text() + '{"interactions": [{}]}\n')
    done = CliRunner().invoke(app, ["calls", "parse", str(file), "--json"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 1
    assert [(row["line"], "problem" in row) for row in rows] == [
        (1, True),
        (2, True),
        (3, False),
        (3, False),
        (5, True),
    ]
    schema = Draft202012Validator(schema_of("calls parse"))
    for row in rows:
        schema.validate(row)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["calls", "parse", str(tmp_path / "none.jsonl")])

    assert done.exit_code != 0
    assert "none.jsonl" in str(done.exception or done.stderr)
