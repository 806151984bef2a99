"""The bank of budgets in PostgreSQL: short transactions that lock a budget's account first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
from psycopg.rows import class_row, dict_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.lending import (
    Lent,
    closed_grant,
    is_scarce,
    lend,
    levels_passed,
    with_lease_closed,
)
from watchkeeper.costs.budgets.period import Period
from watchkeeper.costs.budgets.ports import (
    ZERO,
    Account,
    Enabled,
    Entry,
    LeaseGrant,
    LeaseReport,
    LeaseRequest,
    OpenLease,
    Reached,
)
from watchkeeper.domain.errors import ConflictError

Connection = psycopg.Connection[Any]
Kind = TypeVar("Kind")
_Key = tuple[str, datetime]
_CLOSED_SEQ = 2**62
"""The number of a lease's last exchange once it is closed: nothing overtakes it."""


@dataclass(slots=True)
class _Locked:
    """An account whose row this transaction holds."""

    account: Account
    scarce_at: datetime | None
    seqs: dict[str, int]
    closed: set[str]


class PostgresBank:
    """A `Bank` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def exchange(
        self, holder: str, seq: int, requests: Sequence[LeaseRequest], *, now: datetime, lease_s: float
    ) -> tuple[LeaseGrant, ...]:
        """See `Bank.exchange`."""
        with self._database.transaction() as connection:
            wanted = [(one.report.budget, one.report.period) for one in requests]
            locked = _lock(connection, wanted, holder)
            lent: list[tuple[LeaseRequest, Lent]] = []
            grants = []
            for request in requests:
                row = locked[request.report.budget, request.report.period.start]
                if holder in row.closed:
                    grants.append(closed_grant(request, row.account))
                    continue
                if seq <= row.seqs.get(holder, -1):
                    raise ConflictError(f"exchange {seq} of {holder} was overtaken", action="ask again")
                scarce = is_scarce(row.scarce_at, now)
                done = lend(row.account, holder, request, now=now, lease_s=lease_s, scarce=scarce)
                lent.append((request, done))
                grants.append(done.grant)
            _keep_lent(connection, lent, locked, seq=seq, now=now)
        return tuple(grants)

    def close(self, holder: str, reports: Sequence[LeaseReport], *, now: datetime) -> None:
        """See `Bank.close`."""
        with self._database.transaction() as connection:
            words = {(one.budget, one.period.start): one for one in reports}
            found = connection.execute(statement("budgets/lease_keys"), {"holder": holder}).fetchall()
            wanted = {(one.budget, one.period) for one in reports}
            wanted |= {(budget, Period(_utc(start), _utc(end))) for budget, start, end in found}
            for key, row in _lock(connection, wanted, holder).items():
                kept = next((lease for lease in row.account.leases if lease.holder == holder), None)
                if holder not in row.closed:
                    _close(connection, row.account, holder, kept=kept, word=words.get(key), now=now)

    def accounts(self, wanted: Sequence[tuple[str, Period]]) -> tuple[Account, ...]:
        """See `Bank.accounts`."""
        with self._database.transaction() as connection:
            connection.execute(statement("budgets/as_of_now"))
            keys = _keys(wanted)
            found = {key: row.account for key, row in _rows(connection, "accounts", keys, holder="").items()}
            for one in _listed(connection, "reached", Reached, keys):
                account = found[one.budget, one.period_start]
                found[one.budget, one.period_start] = replace(account, reached=(*account.reached, one))
            for act in _listed(connection, "enabled", Enabled, keys):
                account = found[act.budget, act.period_start]
                found[act.budget, act.period_start] = replace(account, enabled=(*account.enabled, act))
            for counted, start, *columns in connection.execute(statement("budgets/entries"), keys).fetchall():
                key = (counted, _utc(start))
                found[key] = replace(found[key], entries=(*found[key].entries, _entry(columns)))
        return tuple(
            found.get((budget, period.start), Account(budget=budget, period=period))
            for budget, period in wanted
        )

    def enter(self, entry: Entry, into: Sequence[tuple[Budget, Period]]) -> None:
        """See `Bank.enter`."""
        with self._database.transaction() as connection:
            if connection.execute(statement("budgets/enter"), asdict(entry)).fetchone() is None:
                return
            locked = _lock(connection, [(budget.name, period) for budget, period in into], "")
            for budget, period in into:
                values = {"entry_id": entry.entry_id, "usd": entry.usd, **_key_values(budget.name, period)}
                connection.execute(statement("budgets/enter_into"), values)
                connection.execute(statement("budgets/add_entered"), values)
                account = locked[budget.name, period.start].account
                _raise_levels(connection, budget, account, account.used_usd + entry.usd, now=entry.entered_at)

    def enable(self, enabled: Enabled) -> None:
        """See `Bank.enable`."""
        with self._database.transaction() as connection:
            connection.execute(statement("budgets/enable"), asdict(enabled))

    def raise_levels(self, wanted: Sequence[tuple[Budget, Period]], *, now: datetime) -> None:
        """See `Bank.raise_levels`."""
        for budget, account in zip(
            (budget for budget, _ in wanted),
            self.accounts([(budget.name, period) for budget, period in wanted]),
            strict=True,
        ):
            # Seldom anything: so nobody waits for a lock that is not needed.
            if levels_passed(budget, account, account.used_usd, now=now):
                with self._database.transaction() as connection:
                    _raise_levels(connection, budget, account, account.used_usd, now=now)

    def events(self, *, since: datetime) -> tuple[Reached, ...]:
        """See `Bank.events`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=class_row(Reached))
            return tuple(cursor.execute(statement("budgets/reached_since"), {"since": since}).fetchall())


def _lock(connection: Connection, wanted: Iterable[tuple[str, Period]], holder: str) -> dict[_Key, _Locked]:
    """The accounts, made where there were none, their rows held to the end of the transaction."""
    pairs = tuple(wanted)
    keys = _keys(pairs)
    rows = _rows(connection, "lock_accounts", keys, holder=holder)
    if len(rows) == len(pairs):
        return rows
    connection.execute(statement("budgets/open_accounts"), keys)
    return _rows(connection, "lock_accounts", keys, holder=holder)


def _rows(
    connection: Connection, name: str, keys: Mapping[str, object], *, holder: str
) -> dict[_Key, _Locked]:
    cursor = connection.cursor(row_factory=dict_row)
    rows = {}
    for row in cursor.execute(statement(f"budgets/{name}"), keys).fetchall():
        period = Period(_utc(row.pop("period_start")), _utc(row.pop("period_end")))
        scarce_at = row.pop("scarce_at")
        rows[row["budget"], period.start] = _Locked(Account(period=period, **row), scarce_at, {}, set())
    for lease in cursor.execute(statement("budgets/leases"), {**keys, "holder": holder}).fetchall():
        locked = rows.get((lease.pop("budget"), _utc(lease.pop("period_start"))))
        if locked is None:
            continue  # another gateway made the account between the two reads: it is not ours to lock yet
        locked.seqs[lease["holder"]] = lease.pop("seq")
        if lease.pop("closed"):
            locked.closed.add(lease["holder"])
        else:
            locked.account = replace(locked.account, leases=(*locked.account.leases, OpenLease(**lease)))
    return rows


def _keep_lent(
    connection: Connection,
    lent: Sequence[tuple[LeaseRequest, Lent]],
    locked: Mapping[_Key, _Locked],
    *,
    seq: int,
    now: datetime,
) -> None:
    leases = [
        {
            **asdict(done.lease),
            **_key_values(request.report.budget, request.report.period),
            "seq": seq,
            "closed": False,
        }
        for request, done in lent
    ]
    if leases:
        connection.cursor().executemany(statement("budgets/keep_lease"), leases)
    for request, done in lent:
        key = _key_values(request.report.budget, request.report.period)
        if done.in_vain:
            connection.execute(statement("budgets/mark_scarce"), {**key, "scarce_at": now})
        account = locked[request.report.budget, request.report.period.start].account
        _raise_levels(connection, request.budget, account, done.grant.used_usd, now=now)


def _raise_levels(
    connection: Connection, budget: Budget, account: Account, used_usd: Decimal, *, now: datetime
) -> None:
    """Keep the levels that are passed now; one that stands already stays as it is."""
    for one in levels_passed(budget, account, used_usd, now=now):
        connection.execute(statement("budgets/keep_reached"), asdict(one))


def _close(
    connection: Connection,
    account: Account,
    holder: str,
    *,
    kept: OpenLease | None,
    word: LeaseReport | None,
    now: datetime,
) -> None:
    closed = with_lease_closed(account, holder, kept, word)
    key = _key_values(account.budget, account.period)
    sums = {
        name: getattr(closed, name)
        for name in ("closed_settled_usd", "closed_unsettled_usd", "closed_unpriced_calls")
    }
    connection.execute(statement("budgets/keep_account"), {**key, **sums})
    tombstone = OpenLease(
        holder=holder,
        granted_usd=ZERO,
        settled_usd=closed.closed_settled_usd - account.closed_settled_usd,
        unsettled_usd=closed.closed_unsettled_usd - account.closed_unsettled_usd,
        held_usd=ZERO,
        unpriced_calls=closed.closed_unpriced_calls - account.closed_unpriced_calls,
        expires_at=now,
    )
    values = {**asdict(tombstone), **key, "seq": _CLOSED_SEQ, "closed": True}
    connection.execute(statement("budgets/keep_lease"), values)


def _listed(connection: Connection, name: str, kind: type[Kind], keys: Mapping[str, object]) -> list[Kind]:
    cursor = connection.cursor(row_factory=class_row(kind))
    return cursor.execute(statement(f"budgets/{name}"), keys).fetchall()


def _entry(columns: Sequence[Any]) -> Entry:
    entry_id, budget, usd, what, by, entered_at = columns
    return Entry(entry_id=entry_id, budget=budget, usd=usd, what=what, by=by, entered_at=entered_at)


def _keys(wanted: Iterable[tuple[str, Period]]) -> dict[str, object]:
    pairs = tuple(wanted)
    return {
        "budget": [budget for budget, _ in pairs],
        "period_start": [period.start for _, period in pairs],
        "period_end": [period.end for _, period in pairs],
    }


def _key_values(budget: str, period: Period) -> dict[str, object]:
    return {"budget": budget, "period_start": period.start}


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
