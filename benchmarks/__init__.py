"""The measurements behind every speed the README promises; each runs alone too."""
