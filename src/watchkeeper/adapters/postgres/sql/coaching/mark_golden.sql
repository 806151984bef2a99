update golden_examples
set verified_by = %(verified_by)s, active = %(active)s
where workload = %(workload)s and example_id = %(example_id)s
returning example_id;
