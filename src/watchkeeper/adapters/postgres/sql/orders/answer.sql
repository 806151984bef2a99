insert into operator_order_answers (seq, worker_id, at, problem, told)
values (%(seq)s, %(worker_id)s, %(at)s, %(problem)s, %(told)s)
on conflict do nothing;
