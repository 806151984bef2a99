delete from coaching_rounds where workload = %(workload)s;
