SELECT
    sum(each.calls), count(), sum(each.answered), sum(each.unpriced),
    count(each.quality), avg(each.quality), varSampStable(each.quality),
    count(each.errors), avg(each.errors), varSampStable(each.errors),
    count(each.latency), avg(each.latency), varSampStable(each.latency),
    count(each.cost), avg(each.cost), varSampStable(each.cost)
FROM (
    SELECT
        called.unit AS unit,
        count() AS calls,
        countIf(called.answered) AS answered,
        countIf(called.unpriced) AS unpriced,
        avg(verdicts.verdict) AS quality,
        avg(toFloat64(NOT called.answered)) AS errors,
        avg(if(called.answered AND called.duration_ns > 0, toNullable(log(called.duration_ns)), NULL)) AS latency,
        avg(
            if(called.answered AND NOT called.unpriced, log(greatest(toFloat64(called.cost_usd), {{least_cost:Float64}})), NULL)
        ) AS cost
    FROM (
        SELECT
            {unit} AS unit, trace_id, span_id, ok AS answered, ok AND isNull(cost_usd) AS unpriced, duration_ns,
            cost_usd
        FROM spans
        WHERE {where}
    ) AS called
    LEFT JOIN (
        SELECT
            assumeNotNull(trace_id) AS of_trace, assumeNotNull(span_id) AS of_span,
            argMax(value, tuple(ts_ns, evaluation_id)) AS verdict
        FROM evaluations
        WHERE name = {{evaluation:String}} AND value >= 0 AND value <= 1
            AND isNotNull(trace_id) AND isNotNull(span_id) AND {judged}
        GROUP BY of_trace, of_span
    ) AS verdicts ON called.trace_id = verdicts.of_trace AND called.span_id = verdicts.of_span
    GROUP BY called.unit
) AS each
