"""The words of a letter, by templates: one that ships, and one a channel may have of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.notification.letter import Why

SUBJECT = "[{{ level }} {{ severity }}] {{ message }}{% if count > 1 %} (and {{ count - 1 }} more){% endif %}"
BODY = """\
{% for alert in alerts -%}
{{ alert.message }}
level: {{ alert.level }}, severity {{ alert.severity }}
metric: {{ alert.metric }}
value: {{ alert.value }}
threshold: {{ alert.threshold }}
{% if alert.runbook %}runbook: {{ alert.runbook }}
{% endif %}{% if why != "resolved" %}take it on: wk alerts acknowledge {{ alert.alert_id }}
{% endif %}
{% endfor -%}
{% if others %}of the same cause ({{ cause }}), told before:
{% for alert in others %}  {{ alert.message }}
{% endfor %}{% endif %}"""
_SIGNS: Mapping[Why, str] = {"resolved": "RESOLVED ", "escalated": "ESCALATED ", "repeated": "STILL "}
_environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def compiled(template: str) -> Template:
    """A template, ready.

    Raises:
        InvalidInputError: It is no jinja2 template.
    """
    try:
        return _environment.from_string(template)
    except TemplateError as wrong:
        raise InvalidInputError(
            f"the template cannot be read: {wrong}", action="write it as a jinja2 template"
        ) from None


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The templates of channels, by the channel's name."""

    subjects: Mapping[str, Template] = field(default_factory=dict)
    bodies: Mapping[str, Template] = field(default_factory=dict)

    def words(
        self, channel: str, why: Why, alerts: Sequence[Alert], *, others: Sequence[Alert], now: datetime
    ) -> Words:
        """The letter for a channel; where its own template fails, the shipped one, which says so.

        Args:
            channel: Where it goes.
            why: Why it is written.
            alerts: What it tells, the worst first; one at least.
            others: Alerts of the same cause that were told before.
            now: When it is.
        """
        facts = _facts(why, alerts, others, now)
        subject, body = self.subjects.get(channel, _SUBJECT), self.bodies.get(channel, _BODY)
        try:
            return Words(_line(subject.render(facts), why), body.render(facts).strip())
        except Exception as failure:  # noqa: BLE001 - a template's own code fails in any way it likes
            note = f"\n\n(the template of channel {channel} failed: {failure})"
            return Words(_line(_SUBJECT.render(facts), why), _BODY.render(facts).strip() + note)


def _facts(why: Why, alerts: Sequence[Alert], others: Sequence[Alert], now: datetime) -> dict[str, object]:
    worst = alerts[0]
    return {
        "why": why,
        "count": len(alerts),
        "cause": worst.cause,
        "workload": worst.workload,
        "level": worst.at_level,
        "severity": worst.severity,
        "message": worst.message,
        "alerts": [_alert_facts(alert) for alert in alerts],
        "others": [_alert_facts(alert) for alert in others],
        "now": now,
    }


def _alert_facts(alert: Alert) -> dict[str, object]:
    return {
        "alert_id": alert.alert_id,
        "message": alert.message,
        "level": alert.at_level,
        "severity": alert.severity,
        "band": str(alert.band),
        "workload": alert.workload,
        "rule": alert.rule,
        "metric": alert.about,
        "value": _figure(alert.value, alert.unit),
        "threshold": _figure(alert.level, alert.unit),
        "runbook": alert.runbook,
        "begun_at": alert.begun_at,
    }


def _figure(value: float | None, unit: str) -> str:
    return "no data" if value is None else f"{value:.2f} {unit}".rstrip()


def _line(subject: str, why: Why) -> str:
    return _SIGNS.get(why, "") + " ".join(subject.split())


_SUBJECT = compiled(SUBJECT)
_BODY = compiled(BODY)
