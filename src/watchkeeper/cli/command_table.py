"""Every command by name: known without importing it, so that `wk --help` answers at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command or group of commands; its module has `app` (typer) and `schemas` (JSON by command)."""

    name: str
    help: str
    """One line."""
    module: str


def _entry(name: str, help_line: str) -> CommandEntry:
    return CommandEntry(name, help_line, f"watchkeeper.cli.commands.{name.replace('-', '_')}")


COMMANDS: tuple[CommandEntry, ...] = (
    _entry("up", "Start Watchkeeper and stay until Ctrl-C."),
    _entry("down", "Stop everything that runs on this data folder."),
    _entry("reload", "Have what runs work with the settings as they stand now."),
    _entry("server", "Start the server alone: API and pages."),
    _entry("gateway", "Start the gateway alone: model calls over HTTP."),
    _entry("ingest", "Take telemetry by OTLP, alone."),
    _entry("rules", "Look at what is watched, check it, and try it on the past."),
    _entry("simulate", "Replay a made-up day through the rules: who would be told what, and when."),
    _entry("anomalies", "Say what is unusual in a series."),
    _entry("drift", "Say whether what comes now is still like what came before."),
    _entry("host", "Say how full the machine is."),
    _entry("slo", "Say what is promised, and how much of it may still fail."),
    _entry("health", "Say how well each workload is, and why not better."),
    _entry("alerts", "Say what is wrong now and what was, and take it on."),
    _entry("silences", "Tell nobody of some alerts for a time."),
    _entry("maintenance", "Plan work on a workload: nobody is told of its alerts meanwhile."),
    _entry("oncall", "Say who answers, and have somebody stand in."),
    _entry("status", "Say how a workload stands: five numbers first."),
    _entry("run", "Run a workload over documents or queries."),
    _entry("serve", "Answer a workload's queries over HTTP."),
    _entry("recommender", "Make the recommender's corpus, and measure its ranking."),
    _entry("coach", "Coach the readers on reports, and look at how they learn."),
    _entry("documents", "Add documents to a workload's corpus, and list them."),
    _entry("receipts", "Look at the receipts of model calls, and verify them."),
    _entry("cost", "Say what calls cost, and the prices behind it."),
    _entry("calls", "Look at calls: the newest, one whole, by what was said, or as recorded."),
    _entry("traces", "Look at a request from its beginning to its end."),
    _entry("metrics", "List the metrics there are, and show any of them over time."),
    _entry("stats", "Report the queries of the last days against their targets."),
    _entry("telemetry", "Look at the telemetry store, check and rebuild its figures, and move it."),
    _entry("budget", "Say what may be spent and what was, and open what a level refused."),
    _entry("replay", "Ask a candidate what was really asked, and judge its answers beside those given."),
    _entry("experiment", "Compare releases side by side on live traffic, until one is shown to be best."),
    _entry("release", "Look at releases, give them traffic, and take them back."),
    _entry("eval", "Answer datasets, score the answers, compare runs, and measure judges."),
    _entry("feedback", "Give feedback on answers, list it, and say how satisfied people are."),
    _entry("twins", "Compare what several readers made of the same documents."),
    _entry("canary", "Run a workload's canary suite."),
    _entry("preflight", "Check what must hold before a production run."),
    _entry("voyage", "Run the four tests of a workload's verification voyage."),
    _entry("samples", "Make sample reports of invented associations."),
    _entry("demo", "Show the main job on generated reports, and stay up."),
    _entry("route", "Look at the routes, and at what a call would try and why."),
    _entry("breaker", "Look at the targets' circuit breakers, and hold them open or closed."),
    _entry("cache", "Put answers out of the gateways' caches."),
    _entry("keys", "Make, list and revoke the keys of callers, readers and operators."),
    _entry("config", "Check, show and describe the settings."),
    _entry("schema", "Print the JSON Schema of a command's --json output."),
)
"""In the order `wk --help` shows them."""
