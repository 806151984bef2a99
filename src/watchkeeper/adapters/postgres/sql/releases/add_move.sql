insert into release_moves (release_id, workload, before, after, share, by, reason, at)
values (
    %(release_id)s, %(workload)s, %(before)s, %(after)s, %(share)s, %(by)s, %(reason)s, %(at)s
);
