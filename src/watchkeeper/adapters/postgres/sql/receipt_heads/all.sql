select writer, count, sha256, seen_at
from receipt_heads
order by writer collate "C";
