select item, repeat, output, error, seconds, cost_usd, receipts, scores, reasons
from evaluation_answers
where run_id = %(run_id)s and (%(items)s::text [] is null or item = any(%(items)s::text []))
order by seq
limit %(limit)s offset %(skip)s;
