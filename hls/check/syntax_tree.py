# SPDX-License-Identifier: Apache-2.0
"""The syntax tree of a translation unit as clang sees it, templates instantiated, each node with its file and line."""
import json
import os
import subprocess
import sys

sys.setrecursionlimit(100000)

# Kernel code lives in namespaces and functions of this name; without the filter the tree of the standard library comes along.
FILTER = "phasic"


class TreeError(Exception):
    """The file does not compile, or clang is missing."""


def _run(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise TreeError(f"{command[0]}: {error.strerror}; ./scripts/install installs clang") from error
    if done.returncode != 0:
        raise TreeError(done.stderr.strip())
    return done.stdout


def _documents(text):
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return
        document, at = decoder.raw_decode(text, at)
        yield document


class _Places:
    """Clang leaves file and line out of a place where they are those of the place before."""

    def __init__(self, root):
        self.root, self.file, self.line = root, "", 0

    def take(self, place):
        """File and line of a place; of a macro, those of its use."""
        if not place:
            return None
        if "spellingLoc" in place:
            self.take(place["spellingLoc"])
            return self.take(place["expansionLoc"])
        if "offset" not in place:
            return None
        self.file = place.get("file", self.file)
        self.line = place.get("line", self.line)
        return os.path.relpath(os.path.join(self.root, self.file), self.root), self.line

    def mark(self, node):
        """Sets node["place"] of a node and all below it: where it is declared, or begins."""
        declared = begins = None
        for key, value in node.items():
            if key == "loc":
                declared = self.take(value)
            elif key == "range":
                begins = self.take(value.get("begin"))
                self.take(value.get("end"))
            elif key == "inner":
                for child in value:
                    self.mark(child)
        node["place"] = declared or begins


class Unit:
    """A translation unit: its trees, the files that it is made of below the root, and all declarations by id."""

    def __init__(self, file, root, generated, clang="clang++"):
        file = os.path.relpath(os.path.abspath(file), root)
        command = [clang, "-std=c++17", "-w", f"-I{root}", f"-I{root}/hls/stand_in", f"-I{os.path.abspath(generated)}"]
        made_of = _run(["env", "-C", root, *command, "-MM", file]).replace("\\\n", " ").split()[1:]
        self.root = root
        self.files = sorted({os.path.relpath(os.path.join(root, name), root) for name in made_of})
        dump = ["-fsyntax-only", "-Xclang", "-ast-dump=json", "-Xclang", f"-ast-dump-filter={FILTER}"]
        self.trees = list(_documents(_run(["env", "-C", root, *command, *dump, file])))
        self.by_id = {}
        for tree in self.trees:
            _Places(root).mark(tree)
            self._index(tree)

    def _index(self, node):
        if "inner" in node or "type" in node:
            self.by_id.setdefault(node.get("id"), node)
        for child in node.get("inner", ()):
            self._index(child)

    def text(self, file):
        with open(os.path.join(self.root, file), encoding="utf-8") as stream:
            return stream.read().splitlines()


def type_of(node):
    """The type of a node without names for other types."""
    kind = node.get("type", {})
    return kind.get("desugaredQualType", kind.get("qualType", ""))


def is_pattern(node, parent):
    """A template before its parameters are known. What is checked are its instantiations."""
    kind = node.get("kind", "")
    if kind == "ClassTemplatePartialSpecializationDecl":
        return True
    if parent.get("kind") == "ClassTemplateDecl":
        return kind == "CXXRecordDecl"
    if parent.get("kind") == "FunctionTemplateDecl":
        return kind in FUNCTIONS and not any(child.get("kind") == "TemplateArgument" for child in node.get("inner", ()))
    return False


FUNCTIONS = ("FunctionDecl", "CXXMethodDecl", "CXXConstructorDecl", "CXXDestructorDecl", "CXXConversionDecl")
