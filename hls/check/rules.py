# SPDX-License-Identifier: Apache-2.0
"""What Vitis HLS cannot synthesize, as rules on the syntax tree. Each finding is (file, line, rule, what was found)."""
import os
import re

from syntax_tree import FUNCTIONS, is_pattern, type_of

# phasic_timing.h is a stand-in that the vendor's build has no use for.
INCLUDES = {"ap_int.h", "hls_stream.h", "phasic_timing.h", "cstdint", "type_traits"}
ALLOCATORS = {"malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign", "alloca", "__builtin_alloca"}
CONTAINERS = re.compile(r"\bstd::(__cxx11::)?(vector|deque|list|forward_list|map|multimap|set|multiset|unordered_\w+|basic_string|"
                        r"function|unique_ptr|shared_ptr|weak_ptr|queue|stack|priority_queue|valarray|any)\b")
FIXED_WIDTH = re.compile(r"\bstd::(u?int(8|16|32|64)_t|size_t)\b")
VENDOR_TYPES = re.compile(r"^(const |volatile )*(hls::stream<|phasic_stand_in::|ap_u?int<)")
FLOATS = re.compile(r"\b(float|double|_Float16|__fp16|half)\b")
FUNCTION_POINTER = re.compile(r"\((\w+::|[\w<>, :]+::)?[*&]+( const)?\s*(\[\d*\])*\)\s*\(")
OPEN_ARRAY = re.compile(r"\[(?!\d+\])[^\]]")
PRAGMAS = {"ARRAY_PARTITION", "ARRAY_RESHAPE", "BIND_OP", "BIND_STORAGE", "DATAFLOW", "DEPENDENCE", "INLINE", "INTERFACE",
           "LOOP_FLATTEN", "LOOP_MERGE", "LOOP_TRIPCOUNT", "PIPELINE", "STABLE", "STREAM", "UNROLL"}
KINDS = {
    "CXXNewExpr": ("allocation", "new"),
    "CXXDeleteExpr": ("allocation", "delete"),
    "CXXThrowExpr": ("exception", "throw"),
    "CXXTryStmt": ("exception", "try"),
    "GotoStmt": ("goto", "goto"),
    "IndirectGotoStmt": ("goto", "computed goto"),
    "AddrLabelExpr": ("goto", "address of a label"),
    "CXXTypeidExpr": ("rtti", "typeid"),
    "CXXDynamicCastExpr": ("rtti", "dynamic_cast"),
    "FloatingLiteral": ("float", "a floating-point number"),
    "GCCAsmStmt": ("assembler", "asm"),
}
LOOPS = {"ForStmt": "for", "WhileStmt": "while", "DoStmt": "do", "CXXForRangeStmt": "range for"}


class Check:
    """Findings of one translation unit. `inside` says of a file whether it is kernel code; `top` is the top function."""

    def __init__(self, unit, inside, top):
        self.unit, self.inside, self.top = unit, inside, top
        self.findings = set()
        self.calls = {}  # of each function with a body: the functions that it names
        self.functions, self.bodies = {}, {}
        self.constructors = {}  # by name of the class and type
        self.pragmas = {}  # lines of LOOP_TRIPCOUNT pragmas with a maximum, by file

    def run(self):
        for file in self.unit.files:
            if self.inside(file):
                self.read_text(file)
        for tree in self.unit.trees:
            self.visit(tree, {}, None)
        self.find_recursion()
        return sorted(self.findings)

    def found(self, node, rule, what):
        if node.get("place") and self.inside(node["place"][0]):
            self.findings.add((*node["place"], rule, what))

    # ---- what only the text tells ------------------------------------------------------------------------------------------

    def read_text(self, file):
        bounds = self.pragmas.setdefault(file, set())
        for number, line in enumerate(self.unit.text(file), 1):
            include = re.match(r"\s*#\s*include\s*<([^>]+)>", line)
            if include and include[1] not in INCLUDES:
                self.findings.add((file, number, "include", f"<{include[1]}> is not for kernel code"))
            pragma = re.match(r"\s*#\s*pragma\s+HLS\s+(\w+)(.*)", line, re.IGNORECASE)
            if pragma and pragma[1].upper() not in PRAGMAS:
                self.findings.add((file, number, "pragma", f"no pragma is called {pragma[1]}"))
            if pragma and pragma[1].upper() == "LOOP_TRIPCOUNT" and re.search(r"\bmax\s*=", pragma[2]):
                bounds.add(number)

    def has_trip_count(self, body):
        """The pragma stands among the lines right after the one that opens the body."""
        if body.get("kind") != "CompoundStmt" or not body.get("place"):
            return False
        file, line = body["place"]
        text = self.unit.text(file)
        while line < len(text) and re.match(r"\s*(#\s*pragma|//|$)", text[line]):
            line += 1
            if line in self.pragmas.get(file, ()):
                return True
        return False

    # ---- the tree ------------------------------------------------------------------------------------------------------------

    def visit(self, node, parent, function):
        if is_pattern(node, parent):
            return
        kind = node.get("kind", "")
        if kind in FUNCTIONS:
            function = self.enter(node)
            # What the compiler writes by itself: copies of members, which it spells with functions of its own.
            if node.get("isImplicit") or node.get("explicitlyDefaulted"):
                return
        if kind in KINDS:
            self.found(node, *KINDS[kind])
        if kind in LOOPS and not self.is_bounded(node):
            self.found(node, "loop", f"a {LOOPS[kind]} loop without a constant bound and without LOOP_TRIPCOUNT max")
        if kind.endswith("Expr") or kind in ("VarDecl", "FieldDecl", "ParmVarDecl", "BinaryOperator", "UnaryOperator"):
            self.check_type(node, kind)
        if kind == "VarDecl":
            self.check_storage(node, function)
        if kind in ("DeclRefExpr", "MemberExpr", "CXXConstructExpr", "CXXTemporaryObjectExpr"):
            self.check_use(node, kind, function)
        if node.get("castKind") == "FunctionToPointerDecay" and parent.get("kind") not in ("CallExpr", "CXXOperatorCallExpr"):
            self.found(node, "function pointer", "a function is used as a value")
        for at, child in enumerate(node.get("inner", ())):
            if child.get("castKind") == "FunctionToPointerDecay" and at > 0 and "Call" in kind:
                self.found(child, "function pointer", "a function is handed on")
            self.visit(child, node, function)

    def enter(self, node):
        self.functions[node["id"]] = node
        identity = self.first(node["id"])
        kinds = {child.get("kind") for child in node.get("inner", ())}
        if identity not in self.bodies or "CompoundStmt" in kinds:
            self.bodies[identity] = node
        if node.get("virtual") or "OverrideAttr" in kinds:
            self.found(node, "virtual", f"{node.get('name')} is virtual")
        if node.get("variadic"):
            self.found(node, "variadic", f"{node.get('name')} takes any number of arguments")
        if node["kind"] == "CXXConstructorDecl":
            self.constructors.setdefault((node.get("name"), type_of(node)), set()).add(identity)
        self.calls.setdefault(identity, set())
        return identity

    def first(self, identity):
        """The first declaration of a function that is declared several times."""
        while "previousDecl" in self.functions.get(identity, {}):
            identity = self.functions[identity]["previousDecl"]
        return identity

    def check_type(self, node, kind):
        name = type_of(node)
        if FLOATS.search(name):
            self.found(node, "float", f"type {name}")
        if FUNCTION_POINTER.search(name) and kind.endswith("Decl"):
            self.found(node, "function pointer", f"type {name}")
        if not kind.endswith("Decl") or node.get("isImplicit"):
            return
        if CONTAINERS.search(name):
            self.found(node, "allocation", f"type {name}")
        elif "std::" in FIXED_WIDTH.sub("", name):
            self.found(node, "library", f"type {name}")
        if OPEN_ARRAY.search(name):
            self.found(node, "array size", f"type {name}")

    def check_storage(self, node, function):
        if node.get("tls"):
            self.found(node, "static", f"{node.get('name')} is of a thread")
        name = type_of(node)
        if node.get("constexpr") or (name.endswith("const") if "*" in name else name.startswith("const ")):
            return
        if function is None:
            self.found(node, "static", f"{node.get('name')} is a variable outside functions")
        elif node.get("storageClass") == "static" and self.functions[function].get("name") != self.top:
            self.found(node, "static", f"{node.get('name')} keeps its value outside the top function")

    def check_use(self, node, kind, function):
        if kind == "MemberExpr":
            target, name = node.get("referencedMemberDecl"), node.get("name", "")
            if not type_of(node).startswith("<bound member"):
                return
            if VENDOR_TYPES.match(type_of(node["inner"][0]).rstrip(" *&")):
                return
        elif kind == "DeclRefExpr":
            declared = node.get("referencedDecl", {})
            target, name = declared.get("id"), declared.get("name", "")
            if declared.get("kind") not in FUNCTIONS:
                return
        else:
            name = type_of(node)
            if function is not None:
                short = re.sub(r"<.*", "", re.sub(r"^const ", "", name)).split("::")[-1]
                self.calls[function].add(("constructors", short, node.get("ctorType", {}).get("qualType", "")))
            return
        if name in ALLOCATORS or name in ("operator new", "operator delete"):
            self.found(node, "allocation", name)
        elif target not in self.unit.by_id:
            self.found(node, "library", f"{name} is no function of the kernel")
        elif function is not None:
            self.calls[function].add(target)

    # ---- loops -----------------------------------------------------------------------------------------------------------------

    def is_bounded(self, node):
        inner = node.get("inner", [])
        if node["kind"] == "CXXForRangeStmt":
            ranges = [part["inner"][0] for part in inner if part.get("kind") == "DeclStmt"
                      and part["inner"][0].get("name", "").startswith("__range")]
            if ranges and re.search(r"\[\d+\]", type_of(ranges[0])):
                return True
        if node["kind"] == "ForStmt" and len(inner) == 5:
            variables = {name["id"] for name in inner[0].get("inner", ()) if name.get("kind") == "VarDecl"}
            if variables & self.changed(inner[3]) and self.limits(inner[2], variables & self.changed(inner[3])):
                return not (variables & self.changed(inner[4]))
        if node["kind"] == "DoStmt" and inner and inner[-1].get("kind") == "CXXBoolLiteralExpr" and not inner[-1].get("value"):
            return True
        body = inner[0] if node["kind"] == "DoStmt" else inner[-1]
        return self.has_trip_count(body)

    def changed(self, node):
        """Ids of the variables that an expression or a body steps or assigns."""
        ids = set()
        kind, operation = node.get("kind"), node.get("opcode", "")
        steps = kind == "UnaryOperator" and operation in ("++", "--")
        assigns = kind == "CompoundAssignOperator" or (kind == "BinaryOperator" and operation == "=")
        if (steps or assigns) and node["inner"][0].get("kind") == "DeclRefExpr":
            ids.add(node["inner"][0].get("referencedDecl", {}).get("id"))
        for child in node.get("inner", ()):
            ids |= self.changed(child)
        return ids

    def limits(self, node, variables):
        """A condition that ends a loop at a constant, alone or together with others."""
        while node.get("kind") in ("ParenExpr", "ImplicitCastExpr", "ExprWithCleanups"):
            node = node["inner"][0]
        if node.get("kind") != "BinaryOperator":
            return False
        left, right = node["inner"]
        if node["opcode"] == "&&":
            return self.limits(left, variables) or self.limits(right, variables)
        if node["opcode"] not in ("<", "<=", ">", ">=", "!="):
            return False
        return (self.is_variable(left, variables) and self.is_constant(right)) or \
            (self.is_variable(right, variables) and self.is_constant(left))

    def is_variable(self, node, variables):
        while node.get("kind") in ("ParenExpr", "ImplicitCastExpr"):
            node = node["inner"][0]
        return node.get("kind") == "DeclRefExpr" and node.get("referencedDecl", {}).get("id") in variables

    def is_constant(self, node):
        kind = node.get("kind", "")
        if kind in ("IntegerLiteral", "UnaryExprOrTypeTraitExpr", "CharacterLiteral", "CXXBoolLiteralExpr"):
            return True
        if kind == "DeclRefExpr":
            declared = node.get("referencedDecl", {})
            known = self.unit.by_id.get(declared.get("id"), {})
            return declared.get("kind") == "EnumConstantDecl" or bool(known.get("constexpr"))
        parts = [part for part in node.get("inner", ()) if part.get("kind") != "NonTypeTemplateParmDecl"]
        return (kind.endswith(("CastExpr", "Operator")) or kind in ("ParenExpr", "ConstantExpr", "SubstNonTypeTemplateParmExpr")) \
            and bool(parts) and all(self.is_constant(part) for part in parts)

    # ---- recursion -------------------------------------------------------------------------------------------------------------

    def callees(self, identity):
        for target in self.calls.get(identity, ()):
            if isinstance(target, tuple):
                yield from self.constructors.get(target[1:], ())
            elif target in self.functions:
                yield self.first(target)

    def find_recursion(self):
        for start in self.calls:
            reached, waiting = set(), [start]
            while waiting:
                for target in self.callees(waiting.pop()):
                    if target not in reached:
                        reached.add(target)
                        waiting.append(target)
            if start in reached:
                node = self.bodies[start]
                self.found(node, "recursion", f"{node.get('name')} reaches itself")


def kernel_code(root, unit_file):
    """Says of a file whether it is kernel code: hls/ without stand-ins, and the translation unit itself."""
    own = os.path.relpath(os.path.abspath(unit_file), root)

    def inside(file):
        return file == own or (file.startswith("hls/") and not file.startswith("hls/stand_in/"))

    return inside
