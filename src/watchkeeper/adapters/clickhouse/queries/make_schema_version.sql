CREATE TABLE IF NOT EXISTS schema_version (version UInt32, applied_at DateTime64(9) DEFAULT now64(9))
ENGINE = MergeTree
ORDER BY version
