select item, repeat, error, seconds, cost_usd, scores
from evaluation_answers
where run_id = %(run_id)s
order by seq;
