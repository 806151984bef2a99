"""The options that say which calls a command asks about."""

from typing import Annotated

import typer

ModelOption = Annotated[str | None, typer.Option(help="Only this model's.")]
AgentOption = Annotated[str | None, typer.Option(help="Only this agent's.")]
ProviderOption = Annotated[str | None, typer.Option(help="Only this provider's.")]
RouteOption = Annotated[str | None, typer.Option(help="Only this route's.")]
ReleaseOption = Annotated[str | None, typer.Option(help="Only this release's.")]
ExperimentOption = Annotated[str | None, typer.Option(help="Only those in this experiment.")]
ArmOption = Annotated[str | None, typer.Option(help="Only those in this arm of it.")]
ComponentOption = Annotated[str | None, typer.Option(help="Only this component's.")]
OperationOption = Annotated[str | None, typer.Option(help="Only this operation, such as chat.")]
RunOption = Annotated[str | None, typer.Option("--run", help="Only this run's.")]
ItemOption = Annotated[str | None, typer.Option("--item", help="Only this document's or stock's.")]
ConversationOption = Annotated[str | None, typer.Option(help="Only this conversation's.")]
QueryTypeOption = Annotated[str | None, typer.Option(help="Only queries of this type.")]
TraceOption = Annotated[str | None, typer.Option("--trace", help="Only this trace's.")]
ErrorOption = Annotated[str | None, typer.Option("--error", help="Only calls that failed with this code.")]
FailedOption = Annotated[bool | None, typer.Option("--failed/--ok", help="Only failed, or only good ones.")]
CachedOption = Annotated[bool | None, typer.Option("--cached/--not-cached", help="From a cache, or not.")]
DegradedOption = Annotated[
    bool | None, typer.Option("--degraded/--not-degraded", help="Answered by a fallback, or not.")
]
SlowerOption = Annotated[float | None, typer.Option(min=0, help="Only calls of at least so many ms.")]
GatewayOption = Annotated[bool, typer.Option("--gateway", help="Only calls through the gateway.")]
StepsOption = Annotated[
    bool, typer.Option("--steps", help="Every step of applications, not only calls of models.")
]
