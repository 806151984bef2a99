update api_keys
set revoked_at = %(at)s, revoked_by = %(by)s, revoke_reason = %(reason)s
where key_id = %(key_id)s and revoked_at is null
returning key_id;
