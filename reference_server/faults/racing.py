"""How a fault loses a race: it takes its time between looking and writing."""

import threading
import time


def linger() -> None:
    """Wait for others to come as far, long enough on a busy machine.

    Who is answered in the main thread of a process is alone: servers have threads for requests, and who calls an
    application by itself needs them to ask for more than one thing at once.
    """
    if threading.current_thread() is not threading.main_thread():
        time.sleep(0.5)
