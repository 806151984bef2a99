update runs
set ok = %(ok)s, needs_ocr = %(needs_ocr)s, failed = %(failed)s, pages = %(pages)s
where run_id = %(run_id)s
returning run_id;
