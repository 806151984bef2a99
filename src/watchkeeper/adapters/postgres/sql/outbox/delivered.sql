with sent as (
    update letters
    set state = 'delivered', delivered_at = %(at)s, problem = null
    where key = %(key)s and state <> 'delivered'
    returning channel
)

insert into channels (channel, failing, problem, delivered_at)
select
    channel,
    0,
    null,
    %(at)s
from sent
on conflict (channel) do update set failing = 0, problem = null, delivered_at = excluded.delivered_at;
