"""Shells that are asked to complete a line, as by somebody who types it: bash and zsh on a
terminal of their own, fish by its own question. Each is a function of a folder to start in; what
it returns takes a line and gives the words that could come last in it.
"""

import fcntl
import os
import pty
import select
import shlex
import struct
import subprocess
import termios
import time

PATIENCE = 60  # seconds for one answer, also under an emulator or a sanitizer

BASH = """
source {completions}/assent.bash
bind 'set completion-query-items 0'
bind -x '"\\C-o": printf "%s\\n" "$READLINE_LINE" >answer.part; mv answer.part answer'
"""

ZSH = """
fpath=({completions} $fpath)
autoload -Uz compinit && compinit -u -D
zle -C all-matches complete-word _generic
bindkey '\\e*' all-matches
zstyle ':completion:all-matches::::' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
answer() {{ print -r -- "$BUFFER" >answer.part; mv answer.part answer }}
zle -N answer
bindkey '^O' answer
bindkey '^U' kill-whole-line
"""


class Terminal:
    """A shell on a terminal whose Escape-* puts every completion into the line and whose Control-O
    writes the line to the file `answer`."""

    def __init__(self, command, setup, completions, folder):
        self.answer = os.path.join(folder, "answer")
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.environ["TERM"] = "xterm"
            os.execvp(command[0], command)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 4000, 0, 0))
        setup = setup.format(completions=shlex.quote(completions))
        with open(os.path.join(folder, "setup"), "w", encoding="utf-8") as file:
            file.write(setup)
        self.type(b". ./setup; echo >answer\n")
        self.read_answer()

    def type(self, keys):
        os.write(self.terminal, keys)

    def read_answer(self):
        """The line; the shell's output is read away meanwhile, lest it waits."""
        end = time.monotonic() + PATIENCE
        while not os.path.exists(self.answer):
            if select.select([self.terminal], [], [], 0.01)[0]:
                os.read(self.terminal, 65536)
            if time.monotonic() > end:
                raise TimeoutError("the shell did not answer")
        with open(self.answer, encoding="utf-8") as file:
            answer = file.read()
        os.remove(self.answer)
        return answer

    def __call__(self, line):
        self.type(b"\x15" + line.encode() + b"\x1b*\x0f")
        answer = self.read_answer()
        before = line[: line.rindex(" ") + 1]
        if not answer.startswith(before) or answer.rstrip() == line.rstrip():
            return []
        return shlex.split(answer[len(before):])


def bash(completions, folder):
    return Terminal(["bash", "--norc", "--noprofile", "-i"], BASH, completions, folder)


def zsh(completions, folder):
    return Terminal(["zsh", "-f", "-i"], ZSH, completions, folder)


def fish(completions, folder):
    def complete(line):
        script = f"source {shlex.quote(completions)}/assent.fish; complete -C {shlex.quote(line)}"
        answer = subprocess.run(["fish", "--no-config", "-c", script], cwd=folder, check=True,
                                capture_output=True, text=True, timeout=PATIENCE)
        return [match.split("\t")[0] for match in answer.stdout.splitlines()]

    return complete


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}
