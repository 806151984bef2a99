"""A person's word on a golden example: it is right, or it counts no more (GF-05)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from watchkeeper.web.act_form import Act, act_form, select_html, text_html

_MOST = 200


def golden_form(
    workload: str, examples: Sequence[Mapping[str, Any]], done: Callable[[], Awaitable[None]]
) -> None:
    """The form on the page; those nobody looked at stand first.

    Args:
        workload: Whose examples they are.
        examples: As the API tells them, the last first.
        done: What follows when a word is kept.
    """
    unseen_first = sorted(examples, key=lambda one: one["verified_by"] != "auto")
    choices = [(str(one["example_id"]), _told(one)) for one in unseen_first[:_MOST]]
    fields = select_html("example", "example", choices) + text_html("by", "your name", hint="or your key's")
    path = f"/coaching/{workload}/golden/{{example}}"
    right = Act(text="it is right", path=path, body={"active": True, "by": "{by}"}, done="kept: it counts")
    wrong = Act(
        text="it is wrong", path=path, body={"active": False, "by": "{by}"}, done="kept: it counts no more"
    )
    act_form("golden-word", fields, (right, wrong), done)


def _told(one: Mapping[str, Any]) -> str:
    seen = "nobody looked yet" if one["verified_by"] == "auto" else f"looked at by {one['verified_by']}"
    return f"{one['agent']}, {one['document']} ({seen}{'' if one['active'] else ', counts no more'})"
