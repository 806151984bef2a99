SELECT {begins} AS begins, {groups}{figures}
FROM (SELECT *, {counts} AS counts FROM spans WHERE {where}) AS row
