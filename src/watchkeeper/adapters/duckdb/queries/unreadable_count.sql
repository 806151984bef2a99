SELECT count(*) FROM unreadable_lines
