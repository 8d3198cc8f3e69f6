# SPDX-License-Identifier: Apache-2.0
"""What scripts that read the RTL with Yosys share: its files, the builds that CMake names, Yosys itself, and tables in pages of docs."""
import os
import re
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, os.environ.get("PHASIC_BUILD", "build"))


class Failure(Exception):
    pass


def sources(rtl, lists=("files.txt",)):
    """The generated package and the files of the RTL that these lists name."""
    package = os.path.join(BUILD, "generated/phasic_pkg.sv")
    if not os.path.exists(package):
        raise Failure(f"{package} is missing; run: cmake --build {os.path.relpath(BUILD)} --target phasic_contract_generated")
    files = [package]
    for name in lists:
        with open(os.path.join(rtl, name), encoding="utf-8") as stream:
            files += [os.path.join(rtl, entry) for entry in stream.read().split()]
    return files


def module_of(path):
    return os.path.splitext(os.path.basename(path))[0]


def taken(files, top):
    """The package, and the files of the module and of those that it takes."""
    texts = {}
    for name in files:
        with open(name, encoding="utf-8") as stream:
            texts[module_of(name)] = name, re.sub(r"//.*", "", stream.read())
    found, open_ends = {"phasic_pkg"}, [top]
    while open_ends:
        module = open_ends.pop()
        found.add(module)
        open_ends += {name for name in re.findall(r"\bphasic_\w+", texts[module][1]) if name in texts} - found
    return [name for module, (name, _) in texts.items() if module in found]


def named_builds():
    """Parameters of the builds of the kernel that have names, such as rtl8."""
    path = os.path.join(ROOT, "sim/verilator/CMakeLists.txt")
    with open(path, encoding="utf-8") as stream:
        text = re.sub(r"#.*", "", stream.read())
    lists = dict(re.findall(r"\bset\((\w+)\s+((?:\w+=\d+\s*)+)\)", text))
    builds = {}
    for name, given in re.findall(r"phasic_rtl_variant\((\w+)[^)]*?\bPARAMETERS\s+([^)]*)\)", text):
        given = re.sub(r"\$\{(\w+)\}", lambda match: lists[match.group(1)], given)
        builds[name] = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", given)}
    if not builds:
        raise Failure(f"{path} names no builds")
    return builds


def elaborated(files, top, parameters, commands, quiet=False):
    """Reads the module, with these parameters, and those that it takes, runs the commands, and returns what Yosys says."""
    given = "".join(f" -set {name} {value}" for name, value in parameters.items())
    chparam = f"chparam{given} {top}; " if given else ""
    with tempfile.TemporaryDirectory() as folder:
        # Names of files become part of names of cells: they must not tell where the files lie.
        for name in (read := taken(files, top)):
            os.symlink(os.path.abspath(name), os.path.join(folder, os.path.basename(name)))
        names = " ".join(os.path.basename(name) for name in read)
        # Deferred, so that no module is elaborated with the defaults of its parameters, which takes longer than all else.
        return yosys(f"read_verilog -defer -sv {names}; {chparam}{commands}", quiet, folder)


def yosys(commands, quiet=False, folder=None):
    """Runs the commands; returns what Yosys says: all, or if it is to be quiet only warnings."""
    done = subprocess.run(["yosys", "-q" if quiet else "-Q", "-p", commands], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
                          check=False)
    if done.returncode != 0:
        raise Failure(f"yosys ended with status {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout


def version():
    return subprocess.run(["yosys", "-V"], capture_output=True, text=True, check=True).stdout.split(" (")[0]


# ---- tables in pages ----
def table(titles, alignment, rows):
    """A table in Markdown; alignment has a character a column, l or r."""
    lines = [titles, ["--:" if side == "r" else "---" for side in alignment], *rows]
    return "\n".join("|" + "|".join(cell if cell.startswith("--") else f" {cell} " for cell in map(str, line)) + "|" for line in lines) + "\n"


def _marked(page, name):
    with open(page, encoding="utf-8") as stream:
        text = stream.read()
    found = re.search(rf"(?<=<!-- table {re.escape(name)} -->\n).*?(?=<!-- end -->)", text, re.DOTALL)
    if found is None:
        raise Failure(f"{page} has no mark <!-- table {name} --> with an <!-- end -->")
    return text, found


def table_is(page, name, wanted):
    """Whether the page holds this table between its marks."""
    return _marked(page, name)[1].group() == wanted


def put_table(page, name, wanted):
    text, found = _marked(page, name)
    with open(page, "w", encoding="utf-8") as stream:
        stream.write(text[:found.start()] + wanted + text[found.end():])
