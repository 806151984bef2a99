"""`wk release simulate`: made-up candidates sent through the gate."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.printing import print_json, print_line


@dataclass(frozen=True, slots=True)
class Simulations:
    """What `wk release simulate --json` prints."""

    candidates: int
    went_live: int
    turned_away: int
    most_calls: int
    """That any of them got."""
    outcomes: tuple[dict[str, Any], ...]


def simulate(
    *,
    ctx: typer.Context,
    candidates: Annotated[int, typer.Option(min=1, max=10_000, help="How many candidates.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the first; the others follow it.")] = 0,
    success: Annotated[float, typer.Option(min=0, max=1, help="Share of right answers.")] = 0.90,
    slower: Annotated[float, typer.Option(min=0.01, help="Latency, times the live one's.")] = 1.0,
    dearer: Annotated[float, typer.Option(min=0.01, help="Cost, times the live one's.")] = 1.0,
    live: Annotated[float, typer.Option(min=0, max=1, help="The live release's right answers.")] = 0.90,
    as_json: JsonOption = False,
) -> None:
    """Send simulated candidates through the gate as the settings have it."""
    from watchkeeper.releases.simulation import Simulated
    from watchkeeper.releases.simulation import simulate as one_candidate

    call = invoked(ctx, as_json=as_json)
    settings = call.settings.releases
    candidate = Simulated(success=success, slower=slower, dearer=dearer)
    outcomes = [
        one_candidate(
            candidate,
            Simulated(success=live),
            seed=seed + number,
            tolerances=settings.gate.tolerances(),
            stages=settings.as_stages(),
        )
        for number in range(candidates)
    ]
    went_live = sum(one.went_live for one in outcomes)
    found = Simulations(
        candidates=candidates,
        went_live=went_live,
        turned_away=candidates - went_live,
        most_calls=max(one.calls for one in outcomes),
        outcomes=tuple(asdict(one) for one in outcomes),
    )
    if call.json:
        print_json(found)
        return
    print_line(
        f"of {candidates} simulated candidates {went_live} went live, {candidates - went_live} did not"
    )
    print_line(f"none got more than {found.most_calls} calls")
