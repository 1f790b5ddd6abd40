"""What a power cut leaves: power_cut.c has on record what was synced; of all else, each file and each
entry of a folder may have outlasted it or not, by chance."""
import os


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Record:
    def __init__(self, folder):
        self.folder = folder

    def path(self, kind, number):
        return os.path.join(self.folder, f"{kind}-{number}")

    def content(self, number):
        return b"" if int(number) < 0 else read(self.path("c", number))

    def newest(self, inode):
        """What was synced last of the file; nothing, if it never was."""
        path = self.path("i", inode)
        return self.content(int(read(path))) if os.path.exists(path) else b""

    def entries(self, inode):
        """name -> (inode, content) of a folder when it was synced last."""
        path = self.path("d", inode)
        entries = {}
        for line in read(path).decode().splitlines() if os.path.exists(path) else []:
            entry, content, name = line.split(" ", 2)
            entries[name] = int(entry), content
        return entries

    def calls(self):
        return int(read(self.path("calls", 0)))


def content_left(rng, synced, now):
    """One of the states that a file may be in."""
    states = [synced, now]
    if now.startswith(synced):
        states.append(now[: rng.randint(len(synced), len(now))])
    return rng.choice(states)


def left(rng, record, folder):
    """name -> bytes of a file, or a dict of a folder, after the cut."""
    then = record.entries(os.stat(folder).st_ino)
    now = {entry.name: entry for entry in os.scandir(folder)}
    world = {}
    for name in sorted(then.keys() | now.keys()):
        path = os.path.join(folder, name)
        is_same = name in then and name in now and then[name][0] == now[name].inode()
        if name in now and (is_same or rng.random() < 0.5):
            if now[name].is_dir():
                world[name] = left(rng, record, path)
            else:
                world[name] = content_left(rng, record.newest(now[name].inode()), read(path))
        elif name in then and not is_same:
            world[name] = record.content(then[name][1])
    return world


def lay(world, folder):
    os.mkdir(folder)
    for name, content in world.items():
        path = os.path.join(folder, name)
        if isinstance(content, dict):
            lay(content, path)
        else:
            with open(path, "wb") as file:
                file.write(content)
