-- What a span of an application may say beside a receipt's facts.
-- Checked by: the contract suite of the telemetry store. Undone by: restoring the backup beside the file.
ALTER TABLE spans ADD COLUMN component VARCHAR;
ALTER TABLE spans ADD COLUMN conversation_id VARCHAR;
ALTER TABLE spans ADD COLUMN query_type VARCHAR;
ALTER TABLE spans ADD COLUMN prompt_preview VARCHAR;
ALTER TABLE spans ADD COLUMN reply_preview VARCHAR;
ALTER TABLE span_conflicts ADD COLUMN component VARCHAR;
ALTER TABLE span_conflicts ADD COLUMN conversation_id VARCHAR;
ALTER TABLE span_conflicts ADD COLUMN query_type VARCHAR;
ALTER TABLE span_conflicts ADD COLUMN prompt_preview VARCHAR;
ALTER TABLE span_conflicts ADD COLUMN reply_preview VARCHAR;
