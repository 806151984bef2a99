select seq, kind, about, given_by as by, reason, key_id, given_at
from operator_orders
where seq > %(after)s and (subject is not null or given_at >= %(since)s)
order by seq;
