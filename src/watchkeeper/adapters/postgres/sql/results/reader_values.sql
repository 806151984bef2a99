-- Values only: places and reasons make an item's data some thirty times as long. Data with NUL or with
-- surrogates is handed over whole, for PostgreSQL cannot look into it.
with asked as (
    select run_id, document
    from unnest(%(run_ids)s::text[], %(documents)s::text[]) as given (run_id, document)
),

found as (
    select
        run_id, document, model, created_at, data,
        data::text ~ '\\u(0000|d[89ab])' as is_odd
    from item_results
    where model <> %(consensus)s
        and status = 'ok'
        and (run_id, document) in (select run_id, document from asked)
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
