select
    key_id, name, sha256, hint, role, workload, requests_per_minute, tokens_per_minute, expires_at,
    created_at, created_by, revoked_at, revoked_by, revoke_reason
from api_keys
where key_id = %(key_id)s;
