"""What an evaluation run came to, for a person."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.cli.printing import print_line, print_table


def tell_summary(summary: Mapping[str, Any]) -> None:
    """Print a run's summary, as `wk eval show --json` has it."""
    who = summary["target"] or "given answers"
    print_line(f"{summary['name']}: {summary['answers']} answers by {who} over {summary['dataset']}")
    wanted = summary["expected_answers"]
    if wanted is not None and summary["answers"] < wanted:
        print_line(f"it broke off: {wanted} answers are wanted; go on with `--resume`")
    took = summary["median_seconds"]
    seconds = "no data" if took is None else f"{took:.2f} s"
    cost = "not known" if summary["cost_usd"] is None else f"{summary['cost_usd']} USD"
    print_line(f"{summary['failed']} failed; median {seconds}; cost {cost}")
    print_table(
        ["scorer", "items", "score", "95 % interval", "not checked", "spread of repeats", "corrected"],
        [
            [
                one["scorer"],
                one["items"],
                None if one["score"] is None else f"{one['score']['mean']:.3f}",
                None if one["score"] is None else f"{one['score']['low']:.3f} to {one['score']['high']:.3f}",
                one["not_checked"],
                None if one["repeat_spread"] is None else f"{one['repeat_spread']:.3f}",
                corrected_told(one),
            ]
            for one in summary["scorers"]
        ],
    )


def corrected_told(scorer: Mapping[str, Any]) -> str:
    """A scorer's score freed of its errors; a dash where they are not known."""
    corrected = scorer["corrected"]
    if corrected is None:
        return "no better than chance" if scorer["judge_measured"] else "—"
    return f"{corrected['share']:.3f} ({corrected['low']:.3f} to {corrected['high']:.3f})"
