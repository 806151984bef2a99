delete from coaching_orders where workload = %(workload)s;
