SELECT count() FROM spans WHERE {where}
