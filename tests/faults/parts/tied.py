"""Imported by the process that forks the services, and by it alone: ends it with its parent.

Left to itself it ends with the last of its forks, and these end with it.
"""

import os
import signal

from deploy.local.tether import tie

tie(os.getppid(), signal.SIGKILL)
