select version, name, sha256, applied_at
from schema_migrations
order by version;
