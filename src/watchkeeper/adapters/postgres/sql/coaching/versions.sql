select workload, agent, version, parent, strategy, author, reason, content, accuracy, created_at
from coached_instructions
where workload = %(workload)s and (%(agent)s::text is null or agent = %(agent)s)
order by agent, version;
