"""Run a program that ends when the process that started it ends, even by SIGKILL.

Started as a script, in front of the program:

    python -I -S tether.py PARENT_PID SIGNAL USER PROGRAM ARGUMENT…

USER is `-` (as the caller), `map:UID:GID` (in a user namespace of its own, where the caller's
files belong to that user) or `set:UID:GID` (become that user; root only). The program replaces
this process, so that its process number is the one the parent knows. Only Linux has the parent's
death signal; elsewhere the program is run without it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
#: The exit status when the user asked for is not allowed, or the parent is already gone.
EXIT_NOT_ALLOWED = 125
EXIT_ORPHAN = 124


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, change the user, and become the program."""
    parent_pid, orphan_signal, user, *command = arguments
    # Looked up first: another user may not reach what Python reads for this.
    program = _find(command[0])
    try:
        _become(user)
    except OSError as error:
        print(f"cannot run as {user}: {error}", file=sys.stderr)  # noqa: T201 - the log is stderr
        sys.exit(EXIT_NOT_ALLOWED)
    # A change of credentials clears the death signal, so it is asked for after that.
    tie(int(parent_pid), int(orphan_signal))
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores these; the program must not
        signal.signal(number, signal.SIG_DFL)
    os.execv(program, command)  # noqa: S606 - the very purpose


def tie(parent_pid: int, orphan_signal: int) -> None:
    """Have this process sent a signal when its parent ends; ends it when that is gone already."""
    if sys.platform == "linux":
        _call(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, orphan_signal))
    if os.getppid() != parent_pid:
        sys.exit(EXIT_ORPHAN)


def _find(name: str) -> str:
    if os.sep in name:
        return name
    candidates = (os.path.join(folder, name) for folder in os.get_exec_path())  # noqa: PTH118
    return next((path for path in candidates if os.access(path, os.X_OK)), name)


def _become(user: str) -> None:
    if user == "-":
        return
    how, uid, gid = user.split(":")
    if how == "set":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
        return
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    _call(ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER))
    for file, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as handle:  # noqa: PTH123 - keeps the start quick
            handle.write(line)


def _call(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
