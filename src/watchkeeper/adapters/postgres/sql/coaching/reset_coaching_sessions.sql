delete from coaching_sessions where workload = %(workload)s;
