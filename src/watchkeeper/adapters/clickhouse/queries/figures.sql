SELECT part.begins, {groups}{added_up}
FROM (
{pieces}
) AS part
GROUP BY ALL
HAVING calls > 0
