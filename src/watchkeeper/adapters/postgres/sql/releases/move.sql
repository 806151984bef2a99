update releases
set state = %(after)s, share = %(share)s
where release_id = %(release_id)s and state = %(before)s
returning release_id;
