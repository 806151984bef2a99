delete from golden_examples where workload = %(workload)s;
