UPDATE rollup_state SET folded = $folded, folds = $folds, compacted = $compacted
