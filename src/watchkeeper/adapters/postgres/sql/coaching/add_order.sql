insert into coaching_orders (order_id, workload, agent, strategy, given_by, reason, given_at, expires_at)
values (
    %(order_id)s, %(workload)s, %(agent)s, %(strategy)s, %(given_by)s, %(reason)s, %(given_at)s,
    %(expires_at)s
);
