select
    known.channel,
    coalesce(channels.failing, 0) as failing,
    known.waiting,
    channels.problem,
    channels.delivered_at
from (
    select
        channel,
        count(*) filter (where state = 'waiting') as waiting
    from letters
    group by channel
) as known
left join channels on known.channel = channels.channel
order by known.channel;
