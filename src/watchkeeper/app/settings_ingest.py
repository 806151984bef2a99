"""Settings of the ingest process: where applications send their telemetry."""

from pydantic import Field

from watchkeeper.app.settings_section import Section


class IngestSettings(Section):
    """OTLP over HTTP and gRPC."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address that OTLP is taken on; anything but loopback asks senders for a key of ours.",
    )
    port: int = Field(default=4318, ge=0, le=65535, description="Port of OTLP/HTTP; 0 takes any free one.")
    grpc_port: int = Field(
        default=4317, ge=0, le=65535, description="Port of OTLP/gRPC; 0 takes any free one."
    )
    max_body_bytes: int = Field(
        default=16_000_000,
        ge=65_536,
        description="The longest request that is taken, in bytes, unpacked.",
    )
    max_in_flight_bytes: int = Field(
        default=64_000_000,
        ge=1_000_000,
        description="Bytes of requests not on disk yet, beyond which senders are told to wait.",
    )
    max_log_bytes: int = Field(
        default=4_000_000_000,
        ge=1_000_000,
        description="Bytes of telemetry on disk and not loaded yet, beyond which senders are told to wait.",
    )
    segment_bytes: int = Field(
        default=32_000_000, ge=65_536, description="A file of the log this long is followed by a new one."
    )
