"""The workload's own part of the settings: `workloads.recommender`."""

from pydantic import Field

from watchkeeper.app.settings import Section


class RecommenderSettings(Section):
    """How heritage documents are recommended."""

    corpus_seed: int = Field(default=1, ge=0, description="The seed of the generated corpus that is ranked.")
    component_limit_s: float = Field(
        default=0.2, gt=0, le=60, description="Seconds one component has for one query; then others answer."
    )
    evaluate_at: str = Field(
        default="03:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="When the server measures the ranking each day, in `timezone`: hours and minutes.",
    )
