insert into schema_migrations (version, name, sha256, applied_at)
values (%(version)s, %(name)s, %(sha256)s, %(applied_at)s);
