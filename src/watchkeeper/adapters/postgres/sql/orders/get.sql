select seq, kind, about, given_by as by, reason, key_id, given_at
from operator_orders
where seq = %(seq)s;
