"""What is watched, and from where on somebody is told."""
