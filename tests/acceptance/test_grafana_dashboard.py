"""The dashboard for Grafana names what a running server and gateway expose, and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest
import yaml

from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.provider.plan import Fault, ProviderPlan

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of this folder

DEPLOY = Path(__file__).parents[2] / "deploy" / "grafana"
DASHBOARD = DEPLOY / "dashboards" / "watchkeeper.json"
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_GROUPED = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
_MATCHERS = re.compile(r"\{([^}]*)\}")
_RANGE = re.compile(r"\[[^\]]*\]")
_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_NOT_METRICS = {"sum", "rate", "increase", "histogram_quantile", "topk"}
_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? \S+$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="')


def expressions() -> Iterator[str]:
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def names_in(expression: str) -> tuple[set[str], set[str]]:
    """The metrics and the labels an expression names."""
    bare = _RANGE.sub("", _TEXT.sub('""', expression))
    labels = {name for inner in _GROUPED.findall(bare) for name in _WORD.findall(inner)}
    labels |= {name for inner in _MATCHERS.findall(bare) for name in _WORD.findall(inner)}
    rest = _MATCHERS.sub("", _GROUPED.sub("", bare))
    return set(_WORD.findall(rest)) - _NOT_METRICS, labels


def exposed_by(*urls: str) -> tuple[set[str], set[str]]:
    """The metrics and labels that are exposed; a family without samples counts with its type's names."""
    metrics, labels = set(), set()
    for url in urls:
        for line in httpx.get(f"{url}/metrics", trust_env=False).text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split()
                parts = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
                metrics |= {name + part for part in parts}
            elif found := _SAMPLE.match(line):
                labels |= set(_LABEL.findall(found[2] or ""))
    return metrics, labels


def test_an_expression_is_taken_apart() -> None:
    expression = 'sum by (le) (rate(calls_bucket{a="b c", d!=""}[5m])) / sum(other)'
    assert names_in(expression) == ({"calls_bucket", "other"}, {"le", "a", "d"})


@pytest.mark.slow
def test_the_dashboard_names_what_a_running_server_and_gateway_expose(wk: "Installation") -> None:
    broken = ProviderPlan(faults={Fault.UNAVAILABLE: 1.0})
    with FaultyUpstream(ProviderPlan(), by_model={"broken": broken}) as upstream:
        settings: dict[str, Any] = {
            "server": {"port": 0},
            "gateway": {"port": 0},
            "targets": {
                name: {
                    "provider": "openai",
                    "base_url": upstream.openai_url,
                    "api_key": "sk-any",
                    "model": model,
                }
                for name, model in (("well", "gpt-4o-mini"), ("down", "broken"))
            },
            "routes": {"broken": {"targets": ["down"], "retries": 0}},
        }
        wk.settings(json.dumps(settings))
        assert wk.run("up", "--detach").returncode == 0
        with wk.api() as api:
            server = api.url
            workers = wk.until(lambda: api.get("/gateway")["workers"])
        gateway = workers[0]["address"]
        ask_both(gateway)
        metrics, labels = exposed_by(server, gateway)

    for expression in expressions():
        named, by = names_in(expression)
        assert named, expression
        assert named <= metrics, f"{expression} names what is not exposed: {named - metrics}"
        assert by <= labels, f"{expression} names labels nothing has: {by - labels}"


def ask_both(gateway: str) -> None:
    with openai.OpenAI(base_url=f"{gateway}/v1", api_key="sk-mine", max_retries=0) as client:
        asked = {"messages": [{"role": "user", "content": "Hi"}]}
        assert client.chat.completions.create(model="well", **asked).choices  # type: ignore[call-overload]
        with pytest.raises(openai.APIStatusError):
            client.chat.completions.create(model="broken", **asked)  # type: ignore[call-overload]


def test_what_is_provisioned_is_well_formed_and_meets() -> None:
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(places)
    sources = yaml.safe_load((DEPLOY / "provisioning/datasources/prometheus.yaml").read_text("utf-8"))
    chosen = next(one for one in dashboard["templating"]["list"] if one["name"] == "datasource")
    assert chosen["current"]["value"] == sources["datasources"][0]["uid"]
    scraped = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))
    jobs = {one["job_name"]: one["static_configs"][0]["targets"] for one in scraped["scrape_configs"]}
    assert jobs == {"watchkeeper-server": ["127.0.0.1:8787"], "watchkeeper-gateway": ["127.0.0.1:8788"]}
