DELETE FROM touched_minutes WHERE minute < {minute:UInt32}
