"""What the kernel lets a parent arrange for its child: dying with it, and not being root.

PostgreSQL refuses to run as root. Where we are root it runs as `nobody`, who may not even enter the
checkout; so the child keeps the one capability that looks past file permissions (CAP_DAC_OVERRIDE), and
nothing has to be opened to others.
"""

from __future__ import annotations

import ctypes
import os
import signal

NOBODY = 65534

_PR_SET_PDEATHSIG = 1
_PR_GET_SECUREBITS = 27
_PR_SET_SECUREBITS = 28
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_NO_SETUID_FIXUP = 1 << 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilityData(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Have the kernel send `death_signal` to this process when process `parent` ends, however it ends.

    For a child between fork and exec. Changing the user clears the arrangement, so drop privileges first.
    """
    _prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def become_nobody(*, reaching_everything: bool) -> None:
    """Give up root for good, keeping only the right to pass file permissions where that is asked for.

    Raises OSError where the machine (a container, say) does not allow it.
    """
    if reaching_everything:
        _keep_capabilities_of_any_user()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if reaching_everything:
        _keep_only(_CAP_DAC_OVERRIDE)


def _keep_capabilities_of_any_user() -> None:
    """When the user changes, keep capabilities, and let access(2) heed them: initdb asks it for postgres."""
    _prctl(_PR_SET_SECUREBITS, _libc.prctl(_PR_GET_SECUREBITS) | _NO_SETUID_FIXUP)


def _keep_only(capability: int) -> None:
    """Hold one capability in a way that outlives exec (capabilities(7): the ambient set)."""
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    mask = 1 << capability
    data = (_CapabilityData * 2)(_CapabilityData(mask, mask, mask))
    _checked(_libc.capset(ctypes.byref(header), data))
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)][:4]
    _checked(_libc.prctl(option, *padded))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
