"""OTLP: what applications' instrumentation sends, decoded, bounded and mapped to our own rows."""
