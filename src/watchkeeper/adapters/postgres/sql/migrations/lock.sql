-- One process migrates at a time; the number is arbitrary and ours. Ends with the session.
select pg_advisory_lock(7203518840297116051);
