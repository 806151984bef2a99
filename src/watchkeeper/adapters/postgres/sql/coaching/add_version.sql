insert into coached_instructions (
    workload, agent, version, parent, strategy, author, reason, content, accuracy, created_at
)
select
    %(workload)s, %(agent)s, coalesce(max(version), 0) + 1,
    coalesce(%(parent)s, max(version)), %(strategy)s, %(author)s, %(reason)s, %(content)s, %(accuracy)s,
    %(created_at)s
from coached_instructions
where workload = %(workload)s and agent = %(agent)s
returning version;
