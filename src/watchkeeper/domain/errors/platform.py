"""Errors of what the platform stands on: settings, stores, services, the disk."""

from watchkeeper.domain.errors.table import ErrorTier, WatchkeeperError


class SettingsError(WatchkeeperError):
    """The settings have problems; the message lists all of them."""

    code = "invalid_settings"
    tier = ErrorTier.CRITICAL
    status = 500


class UnavailableError(WatchkeeperError):
    """An engine or service we depend on does not answer."""

    code = "unavailable"
    tier = ErrorTier.CRITICAL
    status = 503
    retryable = True


class StorageFullError(WatchkeeperError):
    """The disk is full or the data folder cannot be written."""

    code = "storage_unwritable"
    tier = ErrorTier.CRITICAL
    status = 507


class StateSchemaError(WatchkeeperError):
    """The stored state has a schema this version cannot use: newer, or changed by hand."""

    code = "state_schema"
    tier = ErrorTier.CRITICAL
    status = 500


class ContentDamagedError(WatchkeeperError):
    """Kept content no longer has the hash it was kept under; it is reported and not returned."""

    code = "content_damaged"
    tier = ErrorTier.MEDIUM
    status = 500


class StoreDamagedError(WatchkeeperError):
    """A store's file cannot be read; nothing of it was changed."""

    code = "store_damaged"
    tier = ErrorTier.CRITICAL
    status = 500
