select workload, enabled, given_by, reason, given_at
from coaching_switches
where workload = %(workload)s
order by seq desc
limit 1;
