insert into experiment_stops (name, workload, by, reason, at, told, winner)
select name, workload, %(by)s, %(reason)s, %(at)s, %(told)s, %(winner)s
from experiments
where name = %(name)s
on conflict (name) do nothing
returning name;
