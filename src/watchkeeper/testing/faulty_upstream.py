"""A fast provider of both dialects, in a process of its own, that fails as seeded and counts what it bills.

    plan = ProviderPlan(seed=7, faults={Fault.RATE_LIMITED: 0.1, Fault.CUT: 0.1}, latency_s=0.05)
    with FaultyUpstream(plan) as upstream:
        client = openai.OpenAI(base_url=upstream.openai_url, api_key="any")
        ...
        assert upstream.counts().billed["gpt-4o-mini"].requests == 20

It stands for OpenAI (`/v1/chat/completions`, `/v1/embeddings`, `/v1/models`) and Anthropic
(`/v1/messages`), whole and streamed. Any model's name is served; a name may have a plan of its own. What
it answers can be foretold (`foretold`), calls the first of the tools offered, fits a JSON schema asked for,
and goes on after words of the assistant's. What it bills counts from a request's arrival, input as its
usage tells and output as generated, whether or not anybody waits for the answer; only error statuses are
free. `ScriptedUpstream` is the one to take where a test scripts every answer.
"""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from watchkeeper.testing.provider.connection import plans_json
from watchkeeper.testing.provider.counting import Billed, Counts, LoggedRequest
from watchkeeper.testing.provider.plan import ProviderPlan

_CONTROL_S = 60.0
_END_S = 10.0


class FaultyUpstream:
    """A context manager; the process ends with it, or with its starter."""

    def __init__(
        self, plan: ProviderPlan | None = None, *, by_model: Mapping[str, ProviderPlan] | None = None
    ) -> None:
        """Take the plans.

        Args:
            plan: How it behaves.
            by_model: How it behaves as models of these names.
        """
        self._plan = plan or ProviderPlan()
        self._by_model = dict(by_model or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """What an Anthropic client takes as its base URL; `/control/…` is under it."""
        if self._process is None:
            raise RuntimeError("the upstream is not running; use it in a `with` statement")
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai_url(self) -> str:
        """What an OpenAI client takes as its base URL."""
        return f"{self.url}/v1"

    @property
    def pid(self) -> int:
        """Its process."""
        if self._process is None:
            raise RuntimeError("the upstream is not running; use it in a `with` statement")
        return self._process.pid

    def counts(self) -> Counts:
        """Everything it has seen and billed since the start or the last reset."""
        found = self._control("counts")
        billed = {model: Billed(**one) for model, one in found.pop("billed").items()}
        return Counts(**found, billed=billed)

    def requests(self, *, after: int = 0) -> list[LoggedRequest]:
        """The calls in the order of their arrival, those with a number above one."""
        return [LoggedRequest(**one) for one in self._control(f"requests?after={after}")]

    def reset(self) -> None:
        """Count from zero; draws go on."""
        self._control("reset")

    def use(self, plan: ProviderPlan, *, by_model: Mapping[str, ProviderPlan] | None = None) -> None:
        """Behave otherwise from now on; draws begin anew."""
        self._plan, self._by_model = plan, dict(by_model or {})
        self._control("plan", plans_json(self._plan, self._by_model))

    def start(self) -> None:
        """Start it and wait until it listens; `with` does it.

        Raises:
            RuntimeError: It did not start.
        """
        command = [sys.executable, "-m", "watchkeeper.testing.provider"]
        self._process = subprocess.Popen(
            [*command, plans_json(self._plan, self._by_model).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            self.stop()
            raise RuntimeError("the scripted provider did not start; its standard error says why")
        self._port = int(line)

    def stop(self) -> None:
        """End it and wait; `with` does it."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.communicate(timeout=_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _control(self, what: str, body: bytes | None = None) -> Any:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/control/{what}", data=body, timeout=_CONTROL_S) as reply:
            return json.load(reply)
