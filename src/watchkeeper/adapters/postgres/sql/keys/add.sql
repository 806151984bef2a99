insert into api_keys (
    key_id, name, sha256, hint, role, workload, requests_per_minute, tokens_per_minute, expires_at,
    created_at, created_by
) values (
    %(key_id)s, %(name)s, %(sha256)s, %(hint)s, %(role)s, %(workload)s, %(requests_per_minute)s,
    %(tokens_per_minute)s, %(expires_at)s, %(created_at)s, %(created_by)s
)
on conflict do nothing
returning key_id;
