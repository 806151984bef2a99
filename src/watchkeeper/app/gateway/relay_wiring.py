"""Joining the relay's ports and adapters: the same for calls over HTTP and for those of this process."""

import random
from dataclasses import dataclass
from types import MappingProxyType

from watchkeeper.adapters.providers.http_target import HttpTarget, rooted
from watchkeeper.adapters.providers.upstream_pool import UpstreamPools
from watchkeeper.app.configured_guards import configured_guards
from watchkeeper.app.configured_routes import (
    configured_breakers,
    configured_complexity,
    configured_gates,
    configured_routes,
)
from watchkeeper.app.gateway.gates import Gates
from watchkeeper.app.pricing import price_book, price_provider
from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_targets import PUBLIC_ADDRESSES
from watchkeeper.costs import PriceTable
from watchkeeper.gateway.answer_cache import AnswerCache
from watchkeeper.gateway.circuit_breaker import CircuitBreakers
from watchkeeper.gateway.dialects import Dialect
from watchkeeper.gateway.embedding_cache import EmbeddingCache
from watchkeeper.gateway.ports import Purse
from watchkeeper.gateway.rate_limit import RateLimiter
from watchkeeper.gateway.relay.admission import Admission
from watchkeeper.gateway.relay.answer_reuse import AnswerReuse
from watchkeeper.gateway.relay.answers import Answers
from watchkeeper.gateway.relay.attempting import Attempting
from watchkeeper.gateway.relay.embedding_reuse import EmbeddingReuse
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.last_resort import Engines, LastResort
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.planning import Planning
from watchkeeper.gateway.relay.relay import Relay
from watchkeeper.gateway.relay.rounds import Rounds
from watchkeeper.gateway.route_shares import RouteShares

PASSTHROUGH_TIMEOUT_S = 600.0
"""What the providers' own clients wait by default."""
NO_ENGINES: Engines = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """What outlives a change of settings."""

    ledger: Ledger
    breakers: CircuitBreakers
    gates: Gates
    pools: UpstreamPools
    purse: Purse
    answers: AnswerCache
    embeddings: EmbeddingCache
    limiter: RateLimiter
    shares: RouteShares


def lasting(settings: Settings, ledger: Ledger, purse: Purse) -> Lasting:
    """What outlives a change of these settings."""
    return Lasting(
        ledger=ledger,
        breakers=CircuitBreakers(configured_breakers(settings), now_s=ledger.clock.monotonic()),
        gates=Gates(),
        pools=UpstreamPools(),
        purse=purse,
        answers=AnswerCache(most_entries=settings.cache.answers, most_bytes=settings.cache.answer_bytes),
        embeddings=EmbeddingCache(
            ttl_s=settings.cache.embedding_ttl_s,
            most_entries=settings.cache.embeddings,
            most_bytes=settings.cache.embedding_bytes,
        ),
        limiter=RateLimiter(),
        shares=RouteShares(),
    )


def relay_under(settings: Settings, lasting: Lasting, *, engines: Engines = NO_ENGINES) -> Relay:
    """The relay as these settings want it; breakers whose settings are the same keep their state.

    Args:
        settings: What is configured.
        lasting: What outlives a change of them.
        engines: What answers as the last tier over HTTP; a caller of this process has its own.
    """
    clock, ids = lasting.ledger.clock, lasting.ledger.ids
    lasting.breakers.reload(configured_breakers(settings), now_s=clock.monotonic())
    prices = price_book(settings)
    guards = configured_guards(settings)
    planning = Planning(
        routes=lasting.shares.use(configured_routes(settings)),
        lanes=_lanes(settings, prices.table, lasting),
        passthrough=_passthrough(settings, lasting.pools),
        passthrough_timeout_s=PASSTHROUGH_TIMEOUT_S,
        embedding_routes=_of_one_model(settings),
        complexity=configured_complexity(settings),
        clock=clock,
        chance=random.random,
    )
    attempting = Attempting(
        pricer=prices,
        purse=lasting.purse,
        ledger=lasting.ledger,
        guards={name: found.output for name, found in guards.items()},
        clock=clock,
        ids=ids,
    )
    answers = Answers(
        ledger=lasting.ledger,
        reuse=AnswerReuse(cache=lasting.answers, clock=clock),
        embeddings=EmbeddingReuse(cache=lasting.embeddings, clock=clock)
        if settings.cache.embedding_ttl_s
        else None,
    )
    return Relay(
        admission=Admission(
            limiter=lasting.limiter,
            clock=clock,
            guards={name: found.input for name, found in guards.items()},
        ),
        planning=planning,
        answers=answers,
        last_resort=LastResort(answers=answers, ledger=lasting.ledger, engines=engines),
        rounds=Rounds(planning=planning, attempting=attempting, clock=clock, chance=random.random),
        ledger=lasting.ledger,
    )


def _of_one_model(settings: Settings) -> frozenset[str]:
    """The routes all of whose targets have one model: only their vectors can stand for each other."""
    models = {
        name: {
            settings.targets[each.target].model for each in route.targets if each.target in settings.targets
        }
        for name, route in settings.routes.items()
    }
    return frozenset(name for name, found in models.items() if len(found) == 1)


def _lanes(settings: Settings, table: PriceTable, lasting: Lasting) -> dict[str, Lane]:
    lanes = {}
    gates = configured_gates(settings)
    for name, one in settings.targets.items():
        target = HttpTarget(
            name,
            dialect=one.provider,
            pool=lasting.pools.of(rooted(one.base_url, one.provider)),
            model=one.model,
            provider=table.provider_of_url(one.base_url) or one.provider,
            api_key=one.api_key.get_secret_value() if one.api_key else None,
        )
        lanes[name] = Lane(
            target=target,
            timeout_s=one.timeout_s,
            breaker=lasting.breakers[name],
            places=lasting.gates.of(name, gates[name]),
            priced_as=price_provider(table, name, one),
            says_max_completion_tokens=one.base_url == PUBLIC_ADDRESSES["openai"],
        )
    return lanes


def _passthrough(settings: Settings, pools: UpstreamPools) -> dict[Dialect, Lane]:
    section = settings.passthrough
    if not (not settings.routes if section.enabled is None else section.enabled):
        return {}
    lanes = {}
    for dialect, address in ((Dialect.OPENAI, section.openai), (Dialect.ANTHROPIC, section.anthropic)):
        target = HttpTarget(
            f"passthrough-{dialect}",
            dialect=dialect,
            pool=pools.of(rooted(address.base_url, dialect)),
            model="",
            provider=dialect,
        )
        lanes[dialect] = Lane(target=target, timeout_s=PASSTHROUGH_TIMEOUT_S, passes_credentials=True)
    return lanes
