"""`wk rules`: what is watched, whether it can be, what it would have told, and levels that would fit."""

from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.domain.errors import InvalidInputError

app = command_app("Look at what is watched, check it, and try it on the past.", group=True)
schemas: dict[str, Any] = {
    "rules list": "watchkeeper.app.api.rules:RuleBody[]",
    "rules check": "watchkeeper.app.api.rules:RuleBody[]",
    "rules backtest": "watchkeeper.app.api.rules:BacktestBody",
    "rules test": "watchkeeper.app.monitoring.rule_tests:Outcome[]",
    "rules suggest": "watchkeeper.monitoring.rules.suggestion:Suggestion[]",
}
_SHOWN = 50
_LONG_S = 3600.0
"""Seconds to wait for many looks at the past: a look is some 20 ms, and a month of minutes has 43,200."""


@app.command(name="list")
def listing(ctx: typer.Context, workload: WorkloadOption = None, as_json: JsonOption = False) -> None:
    """List the rules in force, each with its figure now."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/rules", {"workload": workload})
    if call.json:
        print_json(found)
        return
    if not found:
        whose = "nothing is watched" if workload is None else f"no rule watches {workload!r}"
        print_line(f"{whose}; set some under `monitoring.rules` in the settings")
        return
    print_table(
        ["rule", "watches", "over", "is", "now", "warning", "breach", "critical"],
        [
            [
                one["rule"],
                one["watches"],
                f"{one['window_s']:g} s",
                one["problem"] or one["band"],
                _figure(one["value"]),
                *(_level(one, name) for name in ("warning", "breach", "critical")),
            ]
            for one in found
        ],
    )


@app.command()
def check(ctx: typer.Context, workload: WorkloadOption = None, as_json: JsonOption = False) -> None:
    """Check that the settings hold and every rule's figure can be had; exits with 1 when one cannot.

    A figure that merely has no data yet is fine.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/rules", {"workload": workload})
    broken = [one for one in found if one["problem"]]
    if call.json:
        print_json(found)
    else:
        for one in broken:
            print_line(f"{one['rule']}: {one['problem']}")
        print_line(f"{len(found) - len(broken)} of {len(found)} rules can be looked at")
    raise typer.Exit(1 if broken else 0)


@app.command()
def backtest(
    *,
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(help="The rule, as `workload/name`.")],
    since: Annotated[str | None, typer.Option(help="Where to begin: -24h, today, 2026-11-28.")] = None,
    until: Annotated[str | None, typer.Option(help="Where to end; now if not given.")] = None,
    every: Annotated[
        float | None, typer.Option(help="Seconds between two looks; the monitor's own if not given.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run a rule over the past and say when it would have told somebody."""
    call = invoked(ctx, as_json=as_json)
    workload, slash, name = rule.rpartition("/")
    if not slash or not workload or not name:
        raise InvalidInputError(f"{rule!r} names no rule", action="write it as `workload/name`")
    from urllib.parse import quote

    path = f"/rules/{quote(workload, safe='')}/{quote(name, safe='')}/backtest"
    with connect(call, timeout_s=_LONG_S) as client:
        found = client.get(path, {"since": since, "until": until, "every_s": every})
    if call.json:
        print_json(found)
        return
    result = found["result"]
    print_line(
        f"{found['rule']} from {found['since']} to {found['until']}: {result['looks']} looks, "
        f"{result['unknown']} without data, an alert for {result['firing_s']:g} s"
    )
    for one in result["told"][:_SHOWN]:
        print_line(f"  {one['at']}  {one['why']}, {one['band']}, at {_figure(one['value'])}")
    if len(result["told"]) > _SHOWN:
        print_line(f"  and {len(result['told']) - _SHOWN} more; --json has them all")
    if not result["told"]:
        print_line("  nobody would have been told")


@app.command()
def suggest(
    ctx: typer.Context,
    workload: WorkloadOption = None,
    since: Annotated[str | None, typer.Option(help="What to go by: -24h, today, 2026-11-28.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Propose levels that fit what was observed, for the first day of a deployment and after.

    What was observed may itself have been bad: they are proposals.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call, timeout_s=_LONG_S) as client:
        found = client.get("/rules/suggestions", {"workload": workload, "since": since})
    if call.json:
        print_json(found)
        return
    print_table(
        ["rule", "watches", "looks", "median", "least", "most", "past now", "warning", "breach", "critical"],
        [
            [
                one["rule"],
                f"{one['watches']} ({one['unit']})" if one["unit"] else one["watches"],
                f"{one['known']} of {one['looks']}",
                *(_figure(one[name]) for name in ("median", "least", "most")),
                one["past_now"],
                *(_proposed(one, name) for name in ("warning", "breach", "critical")),
            ]
            for one in found
        ],
    )


@app.command()
def test(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A YAML file of tests.")],
    as_json: JsonOption = False,
) -> None:
    """Run rules over given rows and compare with what is expected; exits with 1 when they differ.

    A file holds a list `tests`; of each test `rule: shop/slow`, the rows (`calls: [{at: 0, count: 20,
    duration_ms: 2500}]`, `points: [{at: 0, name: load, value: 3}]`, `queries: [{at: 0, results: 0}]`,
    `figures: [{at: 0, name: accuracy, value: 0.6}]`) and `expect: [{at: 60, band: breach, told: fired}]`;
    times are seconds from the beginning.
    """
    call = invoked(ctx, as_json=as_json)
    from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
    from watchkeeper.app.monitoring.rule_tests import rule_tests_of, run_rule_tests
    from watchkeeper.app.settings_monitoring import rules_in_force
    from watchkeeper.app.workload import workloads

    shipped = [rule for workload in workloads().values() for rule in workload.rules()]
    sandbox = ProcessSandbox()
    try:
        found = run_rule_tests(
            rule_tests_of(_yaml(file)), rules_in_force(call.settings.monitoring, shipped), sandbox=sandbox
        )
    finally:
        sandbox.close()
    failed = [one for one in found if not one.passed]
    if call.json:
        print_json(found)
    else:
        for one in found:
            print_line(f"{'ok  ' if one.passed else 'FAIL'}  {one.rule} at {one.at:g} s: {one.said}")
        print_line(f"{len(found) - len(failed)} of {len(found)} as expected")
    raise typer.Exit(1 if failed else 0)


def _yaml(file: Path) -> object:
    import yaml

    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as failure:
        raise InvalidInputError(
            f"{file} cannot be read: {failure.strerror}", action="name a YAML file"
        ) from None
    except (UnicodeDecodeError, yaml.YAMLError) as wrong:
        raise InvalidInputError(f"{file} is no YAML: {wrong}", action="mend it") from None


def _proposed(one: dict[str, Any], name: str) -> str:
    return "none" if one[name] is None else _level(one, name)


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:.4g}"


def _level(one: dict[str, Any], name: str) -> str:
    if one[name] is None:
        return "not drawn"
    sign = ">" if one["direction"] == "above" else "<"
    return f"{sign} {one[name]:g} {one['unit']}".rstrip()
