insert into experiments (
    name, workload, arms, control, metric, evaluation, share, least, alpha, planned, enough, started_by,
    started_at, reason, ends_at
)
values (
    %(name)s, %(workload)s, %(arms)s, %(control)s, %(metric)s, %(evaluation)s, %(share)s, %(least)s, %(alpha)s,
    %(planned)s, %(enough)s, %(started_by)s, %(started_at)s, %(reason)s, %(ends_at)s
)
on conflict (name) do nothing
returning name;
