-- Values only: places and reasons make an item's data some thirty times as long. Data with NUL or with
-- surrogates is handed over whole, for PostgreSQL cannot look into it.
with items as (
    select run_id, document
    from item_results
    where %(run_id)s::text is null and workload = %(workload)s and model = %(consensus)s
    order by created_at desc, document collate "C" desc, run_id collate "C" desc
    limit %(newest)s
),

found as (
    select
        run_id, document, model, created_at, data,
        data::text ~ '\\u(0000|d[89ab])' as is_odd
    from item_results
    where workload = %(workload)s
        and model <> %(consensus)s
        and status = 'ok'
        and (
            run_id = %(run_id)s
            or %(run_id)s::text is null and (run_id, document) in (select run_id, document from items)
        )
)

select
    run_id, document, model, created_at,
    case when is_odd then data end as data,
    case
        when is_odd then null
        when json_typeof(data -> 'fields') = 'object' then
            (select json_object_agg(each.key, each.value -> 'value') from json_each(data -> 'fields') as each)
    end as "values"
from found
order by run_id collate "C", document collate "C", model collate "C";
