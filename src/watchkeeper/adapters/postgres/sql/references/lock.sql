select pg_advisory_xact_lock(hashtext('drift reference ' || %(name)s));
