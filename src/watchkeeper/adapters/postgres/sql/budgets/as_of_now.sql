-- Sums and leases as they stood at one moment.
set transaction isolation level repeatable read, read only;
