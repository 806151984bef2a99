delete from canary_results
where workload = %(workload)s and suite = %(suite)s and suite_ran_at = %(suite_ran_at)s;
