"""What each process of ``icr serve`` serves; the parent of several does not load it."""

import os
import signal
import threading
from multiprocessing import connection, parent_process

from fastapi import FastAPI

from app.core.settings import get_settings
from app.main import create_app


def worker() -> FastAPI:
    """Make the application of one of several workers, which stops when its parent is gone."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_stop_after, args=[parent.sentinel], daemon=True).start()
    return create_app(get_settings())


def _stop_after(sentinel: int) -> None:
    """Wait until the parent is gone; it would have taken the signal to stop for this process."""
    connection.wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
