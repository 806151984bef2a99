"""What is wrong at the moment, who was told, and when it passed."""
