"""The outside world behind the features' ports: engines, files, providers, documents."""
