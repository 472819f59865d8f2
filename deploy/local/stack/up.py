"""`arrears up`: run a stack until a signal, in the foreground or in the background."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deploy.local.parts import Say
from deploy.local.stack.detach import start_detached
from deploy.local.stack.options import UpOptions
from deploy.local.stack.record import describe
from deploy.local.stack.supervisor import Stack

HANDLED = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


async def up(options: UpOptions, say: Say, *, on_ready: Callable[[], None] | None = None) -> int:
    """Start the stack and stay until SIGINT, SIGTERM or SIGHUP; return 0.

    With `detach` it returns as soon as the stack is ready and leaves it running. `on_ready` is
    given by the process that runs it in the background, where no Ctrl-C reaches it. `say` is given
    each line for the person who waits. Raises `StackError` when the stack cannot start; nothing
    of it runs then.
    """
    if options.detach:
        await start_detached(options, say)
        return 0
    stack = Stack(options, say)
    with until_signal(stack, say):
        async with stack:
            for line in describe(stack.file):
                say(f"  {line}")
            keys = "" if on_ready else " Ctrl-C or"
            say(f"Arrears is up; stop it with{keys}: arrears down --data {options.data}")
            if on_ready is not None:
                on_ready()
            await asyncio.Event().wait()
    say("Arrears has stopped")
    return 0


@contextmanager
def until_signal(stack: Stack, say: Say) -> Iterator[None]:
    """Let a signal end the body, which is no error; a second one kills what still runs.

    The body is `async with stack: …`, which stops the stack on its way out. It must run in the
    main thread.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    caught: list[signal.Signals] = []

    def handle(number: signal.Signals) -> None:
        caught.append(number)
        if len(caught) == 1:
            say(f"{number.name}: stopping; a second one kills")
            task.cancel()
        else:
            stack.kill()

    # Whoever ignores the hang-up of the terminal (nohup) keeps ignoring it.
    handled = {number for number in HANDLED if signal.getsignal(number) is not signal.SIG_IGN}
    for number in handled:
        loop.add_signal_handler(number, handle, number)
    try:
        yield
    except asyncio.CancelledError:
        if not caught:
            raise
        task.uncancel()
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
