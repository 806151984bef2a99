SELECT count(*) FROM spans WHERE seq > $folded
