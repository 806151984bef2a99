"""JSON logs: four files of lines, written away from the calls they tell of."""
