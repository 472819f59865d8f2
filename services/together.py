"""All services in one process: what a small firm runs. `python -m services.together`."""

import sys

from services.ingest import main as ingest
from services.ingest.settings import IngestSettings
from services.monitor import main as monitor
from services.monitor.settings import MonitorSettings
from services.notifier import main as notifier
from services.notifier.settings import NotifierSettings
from shared.runtime import logs
from shared.runtime.serve import run
from shared.runtime.settings import SettingsError, load


def main() -> None:
    """Run every service from the environment's settings, until a signal says stop."""
    try:
        settings = (load(IngestSettings), load(MonitorSettings), load(NotifierSettings))
        settings[0].token()
    except SettingsError as error:
        print(error.message, file=sys.stderr)  # noqa: T201
        sys.exit(2)
    logs.configure(settings[0].log_format, settings[0].log_level)
    run([ingest.build(settings[0]), monitor.build(settings[1]), notifier.build(settings[2])])


if __name__ == "__main__":
    main()
