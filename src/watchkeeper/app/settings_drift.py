"""Settings of drift: references that calls are held against, and models compared with themselves."""

from pydantic import Field, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedModel, WatchedReference

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


class WatchedReferenceSettings(Section):
    """A reference that a workload's calls are held against."""

    reference: str = Field(min_length=1, description="`name` for the newest version, or `name@version`.")
    workload: str = Field(default="default", min_length=1, description="Whose calls.")
    window_s: float = Field(default=3600.0, ge=60, description="Seconds up to now whose calls are compared.")
    severity: Severity = Field(default="P3", description="How bad drift is.")

    def to_rule(self) -> Rule:
        """The rule; its figure is how many columns drifted."""
        return Rule(
            name=f"drift-from-{self.reference}",
            workload=self.workload,
            watched=WatchedReference(reference=self.reference),
            window_s=self.window_s,
            threshold=Threshold(direction="above", warning=0.5),
            warning=self.severity,
            unit="columns",
        )


class DriftSettings(Section):
    """What is watched for drift."""

    references: tuple[WatchedReferenceSettings, ...] = Field(
        default=(), description="References that calls are held against (`wk drift reference add`)."
    )

    models: tuple[WatchedModelSettings, ...] = Field(
        default=(), description="Models watched for a silent change: same name, other answers."
    )

    @model_validator(mode="after")
    def _models_differ(self) -> "DriftSettings":
        keys = [(one.workload, one.model) for one in self.models]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise refused(f"workload {twice[0]!r} watches model {twice[1]!r} twice", "leave one out")
        held = [(one.workload, one.reference) for one in self.references]
        again = next((key for key in held if held.count(key) > 1), None)
        if again is not None:
            raise refused(f"workload {again[0]!r} is held against {again[1]!r} twice", "leave one out")
        return self

    def rules(self) -> tuple[Rule, ...]:
        """A rule a model, and one a reference."""
        return (*(one.to_rule() for one in self.models), *(one.to_rule() for one in self.references))
