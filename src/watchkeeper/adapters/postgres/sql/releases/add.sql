insert into releases (release_id, workload, pins, parent, state, share, made_by, made_at, note)
values (
    %(release_id)s, %(workload)s, %(pins)s, %(parent)s, %(state)s, %(share)s, %(made_by)s, %(made_at)s,
    %(note)s
)
on conflict (release_id) do nothing
returning release_id;
