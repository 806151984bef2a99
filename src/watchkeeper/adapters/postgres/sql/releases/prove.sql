insert into release_proofs (release_id, workload, "check", verdict, told, by, at)
values (%(release_id)s, %(workload)s, %(check)s, %(verdict)s, %(told)s, %(by)s, %(at)s);
