"""What is promised over weeks, how much of it may still fail, and how fast that is used up."""
