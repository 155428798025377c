# SPDX-License-Identifier: MIT
"""Runs a program with a stop at each system call of its main thread, by ptrace(2), to kill it or to do something else
there. Linux only; nothing but Python is needed."""

import ctypes
import os
import signal

PTRACE_TRACEME, PTRACE_KILL, PTRACE_SYSCALL, PTRACE_SETOPTIONS = 0, 8, 24, 0x4200
PTRACE_O_TRACESYSGOOD, PTRACE_O_EXITKILL = 1, 0x100000
PTRACE_GET_SYSCALL_INFO = 0x420E
SYSCALL_STOP = signal.SIGTRAP | 0x80

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


class Info(ctypes.Structure):
    """struct ptrace_syscall_info of <linux/ptrace.h>, as far as it is used here."""

    _fields_ = [("op", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32), ("ip", ctypes.c_uint64),
                ("sp", ctypes.c_uint64), ("number", ctypes.c_uint64), ("arguments", ctypes.c_uint64 * 6)]


ENTRY = 1


def _ptrace(request, pid, address=None, data=None):
    if libc.ptrace(request, pid, address, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def run(command, at_stop, env=None, cwd=None):
    """Runs command in cwd; calls at_stop(index, info) at each entry to and exit from a system call; info has the pid as well.
    When that returns True the program is killed at once. Returns the wait status."""
    pid = os.fork()
    if pid == 0:
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for fd in range(3):
                os.dup2(null, fd)
            if cwd:
                os.chdir(cwd)
            for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(ignored_by_python, signal.SIG_DFL)
            _ptrace(PTRACE_TRACEME, 0)
            # LeakSanitizer traces the program itself, which cannot be done twice.
            os.execve(command[0], [os.fsencode(word) for word in command],
                      {**(env or os.environ), "ASAN_OPTIONS": "detect_leaks=0"})
        finally:
            os._exit(127)
    os.waitpid(pid, 0)
    _ptrace(PTRACE_SETOPTIONS, pid, None, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)
    index, send = 0, 0
    while True:
        _ptrace(PTRACE_SYSCALL, pid, None, send)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return status
        send = 0
        if os.WSTOPSIG(status) != SYSCALL_STOP:
            send = os.WSTOPSIG(status)
            continue
        info = Info()
        _ptrace(PTRACE_GET_SYSCALL_INFO, pid, ctypes.sizeof(info), ctypes.byref(info))
        info.pid = pid
        if at_stop(index, info):
            os.kill(pid, signal.SIGKILL)
            while os.WIFSTOPPED(os.waitpid(pid, 0)[1]):
                pass
            return signal.SIGKILL
        index += 1
