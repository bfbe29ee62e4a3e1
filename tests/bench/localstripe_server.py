"""localstripe as a process of its own, on the loopback address only.

It writes all it knows into a file in /tmp at every change; here into FOLDER, or nowhere when no folder is given.
The port is printed before anything is loaded, so that a client can wait for its first answer.
"""

import socket
import sys
from pathlib import Path

listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listening.bind(("127.0.0.1", 0))
listening.listen(128)
print(listening.getsockname()[1], flush=True)

from aiohttp import web  # noqa: E402 - loading it is part of its start
from localstripe import resources  # noqa: E402
from localstripe.server import app  # noqa: E402

if len(sys.argv) > 1:
    kept = Path(sys.argv[1]) / "localstripe.pickle"
    vars(resources)["open"] = lambda _path, mode: kept.open(mode)
else:
    resources.Store.dump_to_disk = lambda _store: None
web.run_app(app, sock=listening, access_log=None, print=None)
