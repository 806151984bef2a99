select seq, kind, about, given_by as by, reason, key_id, given_at
from operator_orders
where seq in (select max(seq) from operator_orders where subject is not null group by subject)
order by seq;
