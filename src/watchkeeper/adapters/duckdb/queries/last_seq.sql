SELECT greatest((SELECT coalesce(max(seq), 0) FROM spans), (SELECT folded FROM rollup_state))
