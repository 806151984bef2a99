"""An experiment as it is printed."""

from typing import Any

from watchkeeper.cli.printing import print_line, print_table
from watchkeeper.releases.experiments.told import figure_told

_NO_DATA = "no data"


def state(one: dict[str, Any]) -> str:
    """Whether an experiment runs, in a word."""
    return "running" if one["running"] else "stopped"


def print_story(story: dict[str, Any]) -> None:
    """An experiment, its arms, what each came to, and what can be said of them."""
    one, verdict = story["experiment"], story["verdict"]
    print_line(
        f"{one['name']}: {state(one)}, on {one['percent']:g} % of the subjects of {one['workload']};"
        f" {_decided_by(one)} decides"
    )
    print_line(f"started by {one['started_by']} at {one['started_at']}: {one['reason']}")
    if one["ends_at"] is not None and one["running"]:
        print_line(f"it ends by itself at {one['ends_at']}")
    if one["stop"] is not None:
        print_line(f"stopped by {one['stop']['by']} at {one['stop']['at']}: {one['stop']['reason']}")
    print_line(verdict["told"])
    if one["stop"] is not None and one["stop"]["told"] not in {None, verdict["told"]}:
        print_line(f"when it was stopped: {one['stop']['told']}")
    counts = {count["arm"]: count for count in verdict["counts"]}
    figures = {(figure["arm"], figure["measure"]): figure for figure in verdict["figures"]}
    print_table(
        ["arm", "release", "weight", "subjects", "calls", "quality", "errors", "latency", "cost"],
        [
            [
                arm["name"] + (" (control)" if arm["name"] == one["control"] else ""),
                arm["release_id"],
                f"{arm['share'] / 100:g} %",
                counts[arm["name"]]["subjects"],
                counts[arm["name"]]["calls"],
                *(figure_told(figures[arm["name"], measure], none=_NO_DATA) for measure in _MEASURES),
            ]
            for arm in one["arms"]
        ],
    )
    if verdict["contrasts"]:
        print_table(
            ["arm", "less", "in", "difference", "at least", "at most"],
            [
                [c["arm"], c["other"], c["measure"], *(f"{c[name]:+.1%}" for name in _DIFFERENCE)]
                for c in verdict["contrasts"]
            ],
        )


_MEASURES = ("quality", "errors", "latency", "cost")
_DIFFERENCE = ("difference", "low", "high")


def _decided_by(one: dict[str, Any]) -> str:
    return f"the evaluation {one['evaluation']!r}" if one["metric"] == "quality" else str(one["metric"])
