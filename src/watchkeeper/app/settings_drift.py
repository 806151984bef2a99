"""Settings of drift: the models whose answers are compared with those of before."""

from pydantic import Field, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedModel

_DAY_S = 86_400.0


class WatchedModelSettings(Section):
    """A model that is watched for a silent change."""

    workload: str = Field(default="default", min_length=1, description="The workload that calls it.")
    model: str = Field(min_length=1, description="The model's name, as calls tell it.")
    current_s: float = Field(default=_DAY_S, ge=600, description="Seconds up to now that are compared.")
    reference_s: float = Field(
        default=7 * _DAY_S, ge=600, description="Seconds before these that they are compared with."
    )
    severity: Severity = Field(default="P2", description="How bad a silent change is.")

    def to_rule(self) -> Rule:
        """The rule; its figure is 1 when the model changed."""
        return Rule(
            name=f"silent-change-{self.model}",
            workload=self.workload,
            watched=WatchedModel(model=self.model, current_s=self.current_s, reference_s=self.reference_s),
            window_s=self.current_s,
            threshold=Threshold(direction="above", warning=0.5),
            warning=self.severity,
        )


class DriftSettings(Section):
    """What is watched for drift."""

    models: tuple[WatchedModelSettings, ...] = Field(
        default=(), description="Models watched for a silent change: same name, other answers."
    )

    @model_validator(mode="after")
    def _models_differ(self) -> "DriftSettings":
        keys = [(one.workload, one.model) for one in self.models]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise refused(f"workload {twice[0]!r} watches model {twice[1]!r} twice", "leave one out")
        return self

    def rules(self) -> tuple[Rule, ...]:
        """A rule a model."""
        return tuple(one.to_rule() for one in self.models)
