SELECT each.begins, {groups}count(each.item) AS items,
    sum(each.calls) AS calls, sum(each.model_calls) AS model_calls,
    sum(each.cost_usd) AS cost_usd, sum(each.cost_usd_known) AS cost_usd_known
FROM (
    SELECT part.begins AS begins, {parts}part.item AS item,
        sum(part.calls) AS calls, sum(part.model_calls) AS model_calls,
        sum(part.cost_usd) AS cost_usd, sum(part.cost_usd_known) AS cost_usd_known
    FROM (
        SELECT {begins} AS begins, {dimensions}row.item_id AS item, {figures}
        FROM (SELECT *, {counts} AS counts FROM spans WHERE {where}) AS row
    ) AS part
    GROUP BY part.begins, {parts_named}part.item
) AS each
GROUP BY each.begins, {groups}each.item IS NULL
