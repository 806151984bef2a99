SELECT DISTINCT partition_id FROM system.parts
WHERE active AND database = currentDatabase() AND table = {table:String} AND toInt64(partition) < {week:Int64}
