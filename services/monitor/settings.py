"""The monitor's settings."""

from shared.runtime.settings import Port, Settings


class MonitorSettings(Settings):
    """What the monitor needs beyond what every service does."""

    monitor_port: Port = 8102
