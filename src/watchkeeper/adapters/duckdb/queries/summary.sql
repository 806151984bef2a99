-- Tokens and cost count model operations only (law 2); what is unknown is counted, never added as 0.
SELECT
    {dimensions}
    count(*) AS calls,
    count(*) FILTER (NOT ok) AS failed,
    count(*) FILTER (operation = ANY ($model_operations)) AS model_calls,
    sum(input_tokens) FILTER (operation = ANY ($model_operations)) AS input_tokens,
    count(input_tokens) FILTER (operation = ANY ($model_operations)) AS input_tokens_known,
    sum(output_tokens) FILTER (operation = ANY ($model_operations)) AS output_tokens,
    count(output_tokens) FILTER (operation = ANY ($model_operations)) AS output_tokens_known,
    sum(cost_usd) FILTER (operation = ANY ($model_operations)) AS cost_usd,
    count(cost_usd) FILTER (operation = ANY ($model_operations)) AS cost_usd_known,
    sum(duration_ns) AS duration_sum_ns,
    max(duration_ns) AS duration_max_ns
FROM spans
WHERE {where}
GROUP BY ALL
HAVING count(*) > 0
