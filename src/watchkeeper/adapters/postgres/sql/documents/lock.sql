-- Adding to one workload happens one after the other: numbers are given without gaps.
select pg_advisory_xact_lock(hashtextextended('documents ' || %(workload)s, 0));
