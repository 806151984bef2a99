delete from coached_instructions where workload = %(workload)s;
