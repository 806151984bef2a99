select
    order_id, workload, agent, strategy, given_by, reason, given_at, expires_at, used_at, used_by_session
from coaching_orders
where workload = %(workload)s
order by given_at, order_id;
