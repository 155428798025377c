# SPDX-License-Identifier: MIT
"""The Mac's NFS server as the guest meets it: nfs-ganesha and rpcbind in the test's namespace.

NFSv3 over TCP, everybody mapped to 501:20 as `-mapall=501:20` does, /Users exported. Both run with the namespace's
own /run, so nothing here touches a server of the machine's.
"""

import shutil
import signal
import socket
import struct
from pathlib import Path

import proc
import tree

CONFIG = """
NFS_CORE_PARAM {{
    Protocols = 3;
    NFS_Port = {nfs_port}; MNT_Port = 20048;
    mount_path_pseudo = true;
    Enable_NLM = false; Enable_RQUOTA = false;
}}
NFS_KRB5 {{ Active_krb5 = false; }}
EXPORT_DEFAULTS {{
    Protocols = 3; Transports = TCP; SecType = sys; Access_Type = RW;
    Squash = All_Squash; Anonymous_Uid = 501; Anonymous_Gid = 20;
    Attr_Expiration_Time = 0; PrivilegedPort = {privileged};
}}
{exports}
"""

EXPORT = """
EXPORT {{
    Export_Id = {number}; Path = "{path}"; Pseudo = "{name}";
    FSAL {{ Name = VFS; }}
    {more}
}}
"""

PORTS = {"rpcbind": 111, "nfs": 2049, "mountd": 20048}


class Mac:
    """What is on the Mac, whoever serves it: a project in /Users, and the list of exports."""

    def __init__(self, folder, exports):
        self.folder, self.exports = Path(folder), exports
        self.users = self.path("/Users")
        tree.make(self.users)
        proc.run(["chown", "-R", "501:20", self.users])

    def path(self, name):
        """The server's folder of an export."""
        return self.folder / "mac" / name.strip("/")

    def evidence(self):
        """Brings what explains a failure into the lab's folder, where that does not happen by itself."""


class Server(Mac):
    """exports: name -> extra text of its EXPORT block, e.g. {"/Users": "CLIENT { Clients = 192.0.2.9; Access_Type = RO; }"}"""

    more = ""  # further blocks of its configuration

    def __init__(self, netns, folder, exports=None, privileged=False, nfs_port=PORTS["nfs"]):
        super().__init__(folder, {"/Users": ""} if exports is None else exports)
        self.netns, self.privileged, self.nfs_port = netns, privileged, nfs_port
        self.numbers = {}
        self.rpcbind = self.ganesha = None

    def start(self, wait=True):
        """Starts what is not running; with wait, returns when both programs answer a NULL call."""
        if not (self.rpcbind and self.rpcbind.running()):
            self.rpcbind = self.netns.daemon(["rpcbind", "-f", "-w"], self.folder / "rpcbind.log")
            proc.until("rpcbind listens", lambda: self.answers(100000, 2, 111), 10, every=0.01)
        self.start_nfs()
        if wait:
            self.wait_answers()

    def start_nfs(self):
        self.configure()
        # It keeps its recovery data here, and the machine's must not be touched.
        self.netns.run("mount", "-t", "tmpfs", "nfs", "/var/lib/nfs")
        self.ganesha = self.netns.daemon(["ganesha.nfsd", "-F", "-f", self.config, "-L", self.folder / "ganesha.log",
                                          "-p", self.folder / "ganesha.pid"], self.folder / "ganesha.out")

    def configure(self):
        blocks = []
        for name, more in self.exports.items():
            self.path(name).mkdir(parents=True, exist_ok=True)
            # A handle names its export by number: another export must never get the number of one that is gone.
            number = self.numbers.setdefault(name, len(self.numbers) + 1)
            blocks.append(EXPORT.format(number=number, path=self.path(name), name=name, more=more))
        self.config = self.folder / "ganesha.conf"
        self.config.write_text(CONFIG.format(exports="".join(blocks) + self.more, nfs_port=self.nfs_port,
                                             privileged=str(self.privileged).lower()))

    def wait_answers(self, timeout=20):
        def answers():
            if not self.ganesha.running():
                raise proc.Failed(f"ganesha.nfsd ended: see {self.folder}/ganesha.log")
            # It listens before it has told rpcbind; a client that asks in between would find half a server.
            calls = ((100003, 3, self.nfs_port), (100005, 3, PORTS["mountd"]))
            return all(self.answers(*call) and self._is_listed(*call[:2]) for call in calls)
        proc.until("the NFS server answers", answers, timeout, every=0.02)

    def stop(self):
        """Both gone: the ports refuse."""
        self.stop_nfs()
        if self.rpcbind:
            self.rpcbind.stop()

    def stop_nfs(self):
        """The NFS server killed, rpcbind left, as a crash does; stale registrations and all."""
        if self.ganesha:
            self.ganesha.kill()

    def pause(self):
        """Returns when no thread of it runs any more."""
        self.ganesha.signal(signal.SIGSTOP)
        threads = Path(f"/proc/{self.ganesha.pid}/task")

        def stands():
            try:
                return all(") T " in (one / "stat").read_text() for one in threads.iterdir())
            except OSError:  # a thread has ended meanwhile
                return False
        proc.until("a server that stands", stands, 10, every=0.005)

    def resume(self):
        self.ganesha.signal(signal.SIGCONT)

    def reconfigure(self, exports):
        """Another /etc/exports, and a restart of the NFS server."""
        self.exports = exports
        self.stop_nfs()
        self.start_nfs()
        self.wait_answers()

    def answers(self, program, version, port):
        """A NULL call over TCP."""
        return self._call(program, version, 0, port) is not None

    def _is_listed(self, program, version):
        """Whether rpcbind lists this version of a program on TCP. Asked for its port, it would tell another version's."""
        listed = self._call(100000, 2, 4, 111) or b""
        rows = [struct.unpack(">3I", listed[at + 4:at + 16]) for at in range(0, len(listed) - 20, 20)]
        return (program, version, socket.IPPROTO_TCP) in rows

    def _call(self, program, version, procedure, port):
        """One call, by hand; its result, or None when it did not succeed."""
        call = struct.pack(">10I", 7, 0, 2, program, version, procedure, 0, 0, 0, 0)
        try:
            with self.netns.socket() as sock:
                sock.settimeout(1)
                sock.connect(("127.0.0.1", port))
                sock.sendall(struct.pack(">I", 0x80000000 | len(call)) + call)
                reply = sock.recv(4096)  # rpcbind's list is shorter
        except OSError:
            return None
        return reply[28:] if len(reply) >= 28 and struct.unpack(">I", reply[24:28]) == (0,) else None


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
