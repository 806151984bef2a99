-- Which golden answers a judge judged wrongly, beside how many.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_evaluation_store_contract.py.
-- Undone by: dropping the column; how many stays known.

alter table judge_measurements add column erred json not null default '[]';
