-- Who read what and when, without a look into the data.
with items as (
    select run_id, document
    from item_results
    where %(run_id)s::text is null and workload = %(workload)s and model = %(consensus)s
    order by created_at desc, document collate "C" desc, run_id collate "C" desc
    limit %(newest)s
)

select run_id, document, model, created_at
from item_results
where workload = %(workload)s
    and model <> %(consensus)s
    and status = 'ok'
    and (
        run_id = %(run_id)s
        or %(run_id)s::text is null and (run_id, document) in (select run_id, document from items)
    )
order by run_id collate "C", document collate "C", model collate "C";
