select seq, worker_id, at, problem, told
from operator_order_answers
where seq = %(seq)s
order by at, worker_id collate "C";
