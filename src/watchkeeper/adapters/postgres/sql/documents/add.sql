-- Run under documents/lock. Of the same bytes given twice, the first stands.
with given as (
    select *
    from unnest(
        %(workload)s::text[], %(name)s::text[], %(sha256)s::text[], %(path)s::text[],
        %(pages)s::integer[], %(status)s::text[], %(added_at)s::timestamptz[]
    ) with ordinality as g (workload, name, sha256, path, pages, status, added_at, place)
),
fresh as (
    select distinct on (workload, sha256) *
    from given
    where not exists (
        select from documents as d where d.workload = given.workload and d.sha256 = given.sha256
    )
    order by workload, sha256, place
)
insert into documents (workload, number, name, sha256, path, pages, status, added_at)
select
    workload,
    coalesce((select max(d.number) from documents as d where d.workload = fresh.workload), 0)
        + row_number() over (partition by workload order by place),
    name, sha256, path, pages, status, added_at
from fresh
returning workload, sha256;
