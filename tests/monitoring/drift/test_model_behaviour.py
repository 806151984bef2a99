"""A model that was swapped behind its name is found by its answers; nothing else is taken for that."""

import json
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.monitoring.drift.model_behaviour import Answered, model_change

SHARED = Path(__file__).parents[4] / "shared" / "data"
TOPICS = ("pumps", "boilers", "roofs", "lifts", "drains", "windows", "loans", "fees")


def answers(
    count: int, *, seed: int, style: str = "plain", topics: tuple[str, ...] = TOPICS
) -> list[Answered]:
    """Calls of an invented model: `plain` answers in prose, `lists` longer and in lists."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        topic = chance.choice(topics)
        prompt = f"What does the board say about the {topic} in {chance.randint(1990, 2025)}?"
        tokens = max(5, int(chance.gauss(80, 20)))
        reply = (
            f"The board {chance.choice(('plans', 'pays', 'mends'))} the {topic} this year, at {tokens} kSEK."
        )
        if style == "lists":
            tokens = max(5, int(chance.gauss(120, 20)))
            reply = f"Certainly! Here is an overview:\n- the {topic} are mended\n- the cost is {tokens} kSEK"
        if style == "refuses" and chance.random() < 0.3:
            reply = "I'm sorry, but I cannot assist with that request."
            tokens = 12
        found.append(
            Answered(
                prompt=prompt,
                reply=reply,
                output_tokens=tokens,
                duration_ms=tokens * chance.gauss(20, 3),
                finish_reason="stop",
            )
        )
    return found


@pytest.mark.parametrize("style", ["lists", "refuses"])
def test_a_swapped_model_is_found_by_signals_that_agree(style: str) -> None:
    found = model_change(answers(300, seed=1), answers(300, seed=2, style=style))
    assert found.state == "changed"
    assert "other answers to like questions" in found.why


def test_the_same_model_is_never_told_as_changed() -> None:
    states = {model_change(answers(200, seed=at), answers(200, seed=at + 500)).state for at in range(10)}
    assert states == {"unchanged"}


def test_slower_answers_alone_are_no_other_model() -> None:
    slow = [replace(one, duration_ms=one.duration_ms * 3) for one in answers(300, seed=2)]
    found = model_change(answers(300, seed=1), slow)
    assert (found.state, found.why) == ("unchanged", "only latency differs, which is no verdict")


def test_other_questions_are_told_apart_from_another_model() -> None:
    other = answers(300, seed=2, style="lists", topics=("taxes",))
    prompts = [replace(one, prompt=f"Explain: how does one file {one.output_tokens}?") for one in other]
    assert model_change(answers(300, seed=1), prompts).state == "questions changed"


def test_too_few_calls_and_calls_without_answers_are_no_data() -> None:
    assert model_change(answers(99, seed=1), answers(300, seed=2)).state == "no data"
    mute = [replace(one, reply=None, output_tokens=None, finish_reason=None) for one in answers(300, seed=2)]
    assert model_change(mute, mute).state == "no data"


def by_model() -> dict[str, list[Answered]]:
    """What six real models answered to the same questions."""
    folder = SHARED / "ragtruth"
    if not folder.exists():
        pytest.skip("the recorded answers are not at hand (../shared/data/ragtruth)")
    found: dict[str, list[Answered]] = defaultdict(list)
    for name in ("qa", "summary"):
        for line in (folder / f"ragtruth_test_{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            source = row["source"]
            prompt = source if isinstance(source, str) else source["question"]
            for one in row["responses"]:
                text = one["response"]
                found[one["model"]].append(
                    Answered(
                        prompt=prompt[:200],
                        reply=text[:200],
                        output_tokens=len(text) // 4,
                        duration_ms=5.0 * len(text),
                        finish_reason="stop",
                    )
                )
    return found


@pytest.mark.parametrize("before", ["gpt-4-0613", "gpt-3.5-turbo-0613"])
@pytest.mark.parametrize("now", ["llama-2-7b-chat", "llama-2-13b-chat", "llama-2-70b-chat"])
def test_real_models_of_two_makers_are_told_apart_by_some_145_answers(before: str, now: str) -> None:
    models = by_model()
    assert model_change(models[before], models[now]).state == "changed"


def test_real_answers_of_one_model_split_by_chance_are_unchanged() -> None:
    file = SHARED / "halueval_general" / "general_data.jsonl"
    if not file.exists():
        pytest.skip("the recorded answers are not at hand (../shared/data/halueval_general)")
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    calls = [
        Answered(
            prompt=row["user_query"][:200],
            reply=row["chatgpt_response"][:200],
            output_tokens=len(row["chatgpt_response"]) // 4,
            duration_ms=5.0 * len(row["chatgpt_response"]),
            finish_reason="stop",
        )
        for row in rows
    ]
    chance = random.Random(3)
    for _ in range(5):
        chance.shuffle(calls)
        assert model_change(calls[:300], calls[300:]).state == "unchanged"
