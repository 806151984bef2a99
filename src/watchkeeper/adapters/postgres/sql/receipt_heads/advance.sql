insert into receipt_heads (writer, count, sha256, seen_at)
values (%(writer)s, %(count)s, %(sha256)s, %(seen_at)s)
on conflict (writer) do update set
    count = excluded.count,
    sha256 = excluded.sha256,
    seen_at = excluded.seen_at
where excluded.count > receipt_heads.count;
