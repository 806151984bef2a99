WITH verdicts AS (
    SELECT trace_id, span_id, arg_max(value, (ts_ns, evaluation_id)) AS value
    FROM evaluations
    WHERE name = $evaluation AND value BETWEEN 0 AND 1 AND trace_id IS NOT NULL AND span_id IS NOT NULL
        AND {judged}
    GROUP BY trace_id, span_id
), called AS (
    SELECT
        {unit} AS unit,
        spans.ok AS ok,
        CAST(NOT spans.ok AS INTEGER) AS errors,
        CASE WHEN spans.ok AND spans.duration_ns > 0 THEN ln(spans.duration_ns) END AS latency,
        CASE WHEN spans.ok AND spans.cost_usd IS NOT NULL
            THEN ln(greatest(CAST(spans.cost_usd AS DOUBLE), $least_cost)) END AS cost,
        spans.ok AND spans.cost_usd IS NULL AS unpriced,
        verdicts.value AS quality
    FROM (SELECT * FROM spans WHERE {where}) AS spans
    LEFT JOIN verdicts USING (trace_id, span_id)
), each AS (
    SELECT
        count(*) AS calls,
        count(*) FILTER (ok) AS answered,
        count(*) FILTER (unpriced) AS unpriced,
        avg(quality) AS quality,
        avg(errors) AS errors,
        avg(latency) AS latency,
        avg(cost) AS cost
    FROM called
    GROUP BY unit
)
SELECT
    sum(calls), count(*), sum(answered), sum(unpriced),
    count(quality), avg(quality), var_samp(quality),
    count(errors), avg(errors), var_samp(errors),
    count(latency), avg(latency), var_samp(latency),
    count(cost), avg(cost), var_samp(cost)
FROM each
