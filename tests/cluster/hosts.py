"""Two hosts to log in to: network namespaces with an sshd each or, where these are refused, two
sshds on loopback. In namespaces they have a network address of their own, and a folder for
parallel's files of their own; all else they share with this machine.
"""

import getpass
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

SSHD = "/usr/sbin/sshd"
SERVER = """
ListenAddress {address}:{port}
HostKey {folder}/host-key
AuthorizedKeysFile {folder}/key.pub
PidFile {folder}/{name}.pid
UsePAM no
StrictModes no
PasswordAuthentication no
SetEnv PATH={path}
"""
CLIENT = """
Host {name}
    HostName {address}
    Port {port}
    User {user}
    IdentityFile {folder}/key
    UserKnownHostsFile {folder}/known
    StrictHostKeyChecking accept-new
    LogLevel ERROR
"""


def quiet(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                          check=False).returncode == 0


class Hosts:
    """Used in a `with`; `names` are what ssh knows them by under `environment`."""

    names = ("assent-one", "assent-two")

    def __init__(self, path):
        self.path = path  # PATH on the hosts
        self.folder = Path(tempfile.mkdtemp(prefix="hosts-"))
        self.servers, self.spaces = [], []
        self.environment = {**os.environ, "PARALLEL_SSH": f"ssh -F {self.folder}/config"}

    def __enter__(self):
        for key in ("key", "host-key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                            f"{self.folder}/{key}"], check=True)
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        os.makedirs(os.path.expanduser("~/.parallel"), exist_ok=True)
        self.apart = all(self.make_space(i, name) for i, name in enumerate(self.names))
        for i, name in enumerate(self.names):
            self.start(i, name)
        return self

    def make_space(self, i, name):
        """A network namespace, joined to this one by a pair of interfaces."""
        if not quiet("ip", "netns", "add", name):
            return False
        self.spaces.append(name)
        here, there = f"assent{i}", f"assent{i}p"
        inside = ("ip", "-n", name)
        return (
            quiet("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
            and quiet("ip", "address", "add", f"10.77.{i}.1/24", "dev", here)
            and quiet("ip", "link", "set", here, "up")
            and quiet(*inside, "address", "add", f"10.77.{i}.2/24", "dev", there)
            and quiet(*inside, "link", "set", there, "up")
            and quiet(*inside, "link", "set", "lo", "up")
        )

    def start(self, i, name):
        address, port = (f"10.77.{i}.2", 22) if self.apart else ("127.0.0.1", 22022 + i)
        words = {"name": name, "address": address, "port": port, "folder": self.folder,
                 "user": getpass.getuser(), "path": self.path}
        server = self.folder / f"{name}.conf"
        server.write_text(SERVER.format(**words))
        with open(self.folder / "config", "a", encoding="utf-8") as config:
            config.write(CLIENT.format(**words))
        command = f"exec {SSHD} -D -E {self.folder}/{name}.log -f {server}"
        if self.apart:
            command = f"mount -t tmpfs none ~/.parallel && {command}"
        space = ("ip", "netns", "exec", name) if self.apart else ()
        self.servers.append(subprocess.Popen([*space, "sh", "-c", command]))
        for _ in range(100):
            if quiet("ssh", "-F", f"{self.folder}/config", name, "true"):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{name} does not answer: " + self.log(name))

    def run(self, name, command):
        """What the command prints there."""
        return subprocess.run(["ssh", "-F", f"{self.folder}/config", name, command],
                              stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def __exit__(self, *_):
        for server in self.servers:
            server.terminate()
            server.wait()
        for name in self.spaces:
            quiet("ip", "netns", "delete", name)
        shutil.rmtree(self.folder)
