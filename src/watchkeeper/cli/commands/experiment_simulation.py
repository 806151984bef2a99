"""`wk experiment simulate`: made-up subjects sent through the rule that tells a winner."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.domain.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class SimulatedExperiments:
    """What `wk experiment simulate --json` prints."""

    experiments: int
    winners: dict[str, int]
    """How often each arm was told to have won; `arm-1` is the first."""
    no_difference: int
    undecided: int
    median_subjects: int | None
    """Of all arms together, of those that were decided; null where none was."""
    outcomes: tuple[dict[str, Any], ...]


def simulate(
    *,
    ctx: typer.Context,
    rate: Annotated[list[float], typer.Option(min=0, max=1, help="Share of right answers; once an arm.")],
    experiments: Annotated[int, typer.Option(min=1, max=10_000, help="How many experiments.")] = 100,
    subjects: Annotated[int, typer.Option(min=40, help="Subjects of all arms, at most.")] = 5_000,
    least: Annotated[float | None, typer.Option(help="A difference too small to matter.")] = None,
    seed: Annotated[int, typer.Option(help="Of the first; the others follow it.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Send simulated subjects through the rule, looked at all along: who wins, and how soon."""
    from watchkeeper.releases.experiments.simulation import quality_experiment
    from watchkeeper.releases.experiments.simulation import simulate as one_experiment

    call = invoked(ctx, as_json=as_json)
    if not 2 <= len(rate) <= 10:
        raise InvalidInputError(f"{len(rate)} arms are no experiment", action="give --rate 2 to 10 times")
    own = call.settings.releases.experiments
    experiment = quality_experiment(
        len(rate), alpha=own.alpha, planned=own.planned_subjects, enough=own.enough_subjects, least=least
    )
    outcomes = [
        one_experiment(experiment, rate, seed=seed + number, most_subjects=subjects)
        for number in range(experiments)
    ]
    took = sorted(one.subjects for one in outcomes if one.decision in {"winner", "no difference"})
    found = SimulatedExperiments(
        experiments=experiments,
        winners=dict(sorted(Counter(one.winner for one in outcomes if one.winner is not None).items())),
        no_difference=sum(one.decision == "no difference" for one in outcomes),
        undecided=experiments - len(took),
        median_subjects=took[len(took) // 2] if took else None,
        outcomes=tuple(asdict(one) for one in outcomes),
    )
    if call.json:
        print_json(found)
        return
    won = ", ".join(f"{arm} {count}" for arm, count in found.winners.items()) or "nobody"
    print_line(
        f"of {experiments} simulated experiments: won by {won};"
        f" no difference that matters {found.no_difference};"
        f" undecided after {subjects} subjects {found.undecided}"
    )
    if found.median_subjects is not None:
        print_line(f"decided after {found.median_subjects} subjects at the median")
