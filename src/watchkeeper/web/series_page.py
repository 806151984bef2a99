"""Metrics: any series over any time beside the period before, with its statistics (HE-53)."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses
from watchkeeper.web.call_series import CALL_SERIES, CallSeries, call_chart, call_lines, total_facts
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.frame import PATIENCE_S, heading, page_frame, section, tell_failure
from watchkeeper.web.metric_view import metric_chart, quality_names, tags_of, value_table
from watchkeeper.web.refreshing import Refreshing
from watchkeeper.web.statistics_panel import statistics_panel
from watchkeeper.web.time_choice import CUSTOM, TimeChoice, time_choice

PATH = "/series"
"""Not `/metrics`: that is where Prometheus asks."""
_STATISTICS = ("mean", "sum", "rate", "p50", "p95", "p99", "min", "max", "count", "last")
_STEPS = {"1h": "minute", "6h": "minute", "24h": "hour", "7d": "hour", "30d": "day"}
_MINUTES_UP_TO = timedelta(hours=12)
_HOURS_UP_TO = timedelta(days=14)


class SeriesView:
    """One visitor's view of the metrics; everything it stands at is in the address."""

    def __init__(self, client: AsyncApiClient, query: Mapping[str, str], home: str) -> None:
        self._client = client
        self._query = query
        self._time = time_choice(query, home)
        self._name = query.get("name", "")
        self._compare = query.get("compare") == "before"
        self._found: Sequence[Mapping[str, Any]] | WatchkeeperError = ()
        self._names: Sequence[Mapping[str, Any]] = ()
        self._refreshing = Refreshing(
            query.get("refresh", ""), self._again, lambda word: self._address(refresh=word)
        )

    async def build(self) -> None:
        """Put everything on the page."""
        try:
            self._names = await self._client.get("/metrics/names", {"workload": self._query.get("workload")})
        except WatchkeeperError as error:
            tell_failure(error)
            return
        ControlForm(PATH, self._fields(), self._query, time=self._time).build()
        self._refreshing.build()
        self._content = ui.refreshable(self._charts)
        await self._ask()
        self._content()

    def _fields(self) -> tuple[Field, ...]:
        own = tuple((one.name, f"calls: {one.title.lower()}") for one in CALL_SERIES)
        told = {one["name"]: _described(one) for one in self._names}
        return (
            Field(
                name="name",
                label="metric",
                kind="select",
                choices=(("", "overview"), *own, *told.items()),
            ),
            Field(
                name="statistic",
                label="statistic",
                kind="select",
                choices=(("", "as fits it"), *((one, one) for one in _STATISTICS)),
            ),
            Field(
                name="compare",
                label="beside it",
                kind="select",
                choices=(("", "nothing"), ("before", "the period before")),
            ),
            Field(name="workload", label="workload", hint="any"),
            Field(name="tags", label="tags", hint="name=value, …"),
        )

    async def _again(self) -> None:
        """Ask first, and draw then: what stands is read until the answer is there."""
        await self._ask()
        self._content.refresh()

    async def _ask(self) -> None:
        """The answers of what is chosen: figures of calls first, or one metric; of the overview, both."""
        try:
            if self._name and self._chosen() is None:
                self._found = [await self._asked(self._name, self._query.get("statistic") or None)]
                return
            quality = [] if self._name else quality_names(self._names)
            self._found = await gather(self._figures(), *(self._asked(name, None) for name in quality))
        except WatchkeeperError as error:
            self._found = error

    def _chosen(self) -> CallSeries | None:
        return next((one for one in CALL_SERIES if one.name == self._name), None)

    def _charts(self) -> None:
        if isinstance(self._found, WatchkeeperError):
            tell_failure(self._found)
            return
        first, *others = self._found
        chosen = self._chosen()
        if chosen is not None:
            self._call_series(chosen, first)
        elif self._name:
            self._metric(first)
        else:
            self._overview(first, others)

    def _overview(self, answer: Mapping[str, Any], quality: Sequence[Mapping[str, Any]]) -> None:
        section("Calls", "of this time")
        statistics_panel(total_facts(answer["total"]), mark="statistics")
        with ui.element("div").classes("wk-charts"):
            for one in CALL_SERIES:
                call_chart(one, answer, self._time.timezone)
        section("Quality", "as it was recorded")
        if not quality:
            ui.html(
                "no quality was recorded (NDCG@10, Precision@5, diversity): no data",
                sanitize=False,
            ).classes("wk-empty wk-sheet").props('id="no-quality"')
        with ui.element("div").classes("wk-charts"):
            for one_of_it in quality:
                metric_chart(one_of_it, self._time.timezone)

    def _call_series(self, one: CallSeries, answer: Mapping[str, Any]) -> None:
        call_chart(one, answer, self._time.timezone)
        section("Statistics", "of the whole time")
        statistics_panel(total_facts(answer["total"]), mark="statistics")
        value_table(call_lines(one, answer), self._time.timezone)

    def _metric(self, answer: Mapping[str, Any]) -> None:
        lines = metric_chart(answer, self._time.timezone)
        section("Statistics", "of all points of the time")
        given, before = answer["statistics"], answer["before"]
        statistics_panel(_facts(given), mark="statistics")
        if before is not None:
            section("Statistics of the period before")
            statistics_panel(_facts(before["statistics"]), mark="statistics-before")
        value_table(lines, self._time.timezone)

    async def _figures(self) -> Mapping[str, Any]:
        asked = {**self._time.asked(), "workload": self._query.get("workload") or None}
        # Calls of models, each once: steps of applications would hide how long answers take.
        found = await self._client.get(
            "/figures",
            {**asked, "counted_only": "true", "step": step_of(self._time), "compare": self._compare},
        )
        return dict(found)

    async def _asked(self, name: str, statistic: str | None) -> Mapping[str, Any]:
        asked: dict[str, Any] = {
            **self._time.asked(),
            "name": name,
            "workload": self._query.get("workload") or None,
            "statistic": statistic,
            "compare": self._compare,
            **tags_of(self._query.get("tags", "")),
        }
        return dict(await self._client.get("/metrics/series", asked))

    def _address(self, **other: str) -> str:
        names = ("name", "statistic", "compare", "workload", "tags")
        query = {
            **self._time.query(),
            **{name: self._query.get(name) for name in names},
            "refresh": self._refreshing.word,
        }
        return addresses.with_query(PATH, **{**query, **other})


def step_of(time: TimeChoice) -> str:
    """How long a step of figures is, such that a chart of this time can be read."""
    if time.range != CUSTOM:
        return _STEPS[time.range]
    try:
        long = datetime.fromisoformat(time.ends) - datetime.fromisoformat(time.begins)
    except ValueError:
        return "hour"
    return "minute" if long <= _MINUTES_UP_TO else "hour" if long <= _HOURS_UP_TO else "day"


def _described(one: Mapping[str, Any]) -> str:
    unit = f", {one['unit']}" if one["unit"] else ""
    return f"{one['name']} ({one['kind']}{unit})"


def _facts(given: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    names = {
        "count": "count",
        "mean": "mean",
        "p50": "median",
        "std": "standard deviation",
        "min": "min",
        "max": "max",
        "p95": "P95",
        "p99": "P99",
        "last": "last",
        "sum": "sum",
        "per_second": "a second",
    }
    return [
        (text, None if given[key] is None or (key != "count" and not given["count"]) else f"{given[key]:.6g}")
        for key, text in names.items()
    ]


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH, response_timeout=PATIENCE_S)
    async def series_page(request: Request) -> None:
        with page_frame("Metrics", at=PATH):
            heading("Metrics")
            await SeriesView(client, request.query_params, timezone).build()
