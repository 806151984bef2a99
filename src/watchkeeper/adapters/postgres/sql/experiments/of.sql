select
    experiments.name, experiments.workload, arms, control, metric, evaluation, share, least, alpha, planned, enough,
    started_by, started_at, experiments.reason, ends_at,
    experiment_stops.by as stopped_by, experiment_stops.reason as stopped_reason,
    experiment_stops.at as stopped_at, told, winner
from experiments
left join experiment_stops using (name)
where
    (%(name)s::text is null or experiments.name = %(name)s)
    and (%(workload)s::text is null or experiments.workload = %(workload)s)
    and (not %(running)s or experiment_stops.at is null)
order by started_at, experiments.name collate "C";
