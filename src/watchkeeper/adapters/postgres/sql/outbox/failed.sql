with failed as (
    update letters
    set
        problem = %(problem)s,
        state = case when %(again_at)s::timestamptz is null then 'given up' else 'waiting' end,
        due_at = coalesce(%(again_at)s::timestamptz, due_at)
    where key = %(key)s and state = 'waiting'
    returning channel
)

insert into channels (channel, failing, problem, delivered_at)
select
    channel,
    1,
    %(problem)s,
    null
from failed
on conflict (channel) do update set failing = channels.failing + 1, problem = excluded.problem;
