"""How people are told: letters, routes, channels, and the way there."""
