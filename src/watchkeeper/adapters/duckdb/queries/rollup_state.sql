SELECT folded, folds, compacted FROM rollup_state
