"""No way out: a connection to anywhere but this computer, and a name that is looked up elsewhere, is an error.

tests/conftest.py puts this folder on PYTHONPATH, so that every Python that a test starts begins with it (but for one
that was told to ignore its environment); the tests' own process gets the same guard from a fixture.
"""

import importlib.machinery
import importlib.util
import ipaddress
import socket
import sys
from pathlib import Path

WAYS = ("connect", "connect_ex", "sendto", "sendmsg")


class AbroadError(AssertionError):
    """Something tried to leave this computer."""


def is_here(host):
    """Whether a host is this computer: no name, localhost, its own name, or an address that leads back."""
    text = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if text in ("localhost", "0.0.0.0", "::", "<broadcast>", socket.gethostname()):  # noqa: S104 - compared, not bound
        return text != "<broadcast>"
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def guarded(tried):
    """(object, name, function in its place) for each way out. tried: where the address of an attempt is noted."""
    def refuse(address):
        tried.append(address)
        raise AbroadError(f"a connection to {address} was tried")

    def closed(name):
        way = getattr(socket.socket, name)

        def only_here(self, *args):
            at = {"sendto": -1, "sendmsg": 3}.get(name, 0)
            address = args[at] if len(args) > at else None
            if self.family in (socket.AF_INET, socket.AF_INET6) and address and not is_here(address[0]):
                refuse(address)
            return way(self, *args)

        return only_here

    look_up = socket.getaddrinfo

    def only_here(host, *args, **options):
        if not is_here(host):
            refuse(host)
        return look_up(host, *args, **options)

    ways = [(socket.socket, name, closed(name)) for name in WAYS if hasattr(socket.socket, name)]
    return [*ways, (socket, "getaddrinfo", only_here)]


def _start():
    """Closes the ways of this process, and goes on with the customisation that this file stands before."""
    for owner, name, function in guarded([]):
        setattr(owner, name, function)
    here = Path(__file__).resolve().parent
    places = [Path(path or ".").resolve() for path in sys.path]
    behind = places[places.index(here) + 1:] if here in places else []
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", [str(path) for path in behind])
    if spec and spec.loader:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if __name__ == "sitecustomize":
    _start()
