-- In which order points came that were received at one instant: a name's unit is the one told first.
-- Checked by: the contract suite of the telemetry store. Undone by: a backup of the database.
--
-- Points of before get one instant for all, written down: left to the default, each read would tell another.
ALTER TABLE metric_points ADD COLUMN IF NOT EXISTS inserted_at DateTime64(9) DEFAULT toDateTime64(0, 9);
ALTER TABLE metric_points MATERIALIZE COLUMN inserted_at SETTINGS mutations_sync = 2;
ALTER TABLE metric_points MODIFY COLUMN inserted_at DateTime64(9) DEFAULT now64(9)
