update coaching_orders
set used_at = %(at)s, used_by_session = %(session_id)s
where order_id = %(order_id)s and used_at is null;
