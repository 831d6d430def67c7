#!/usr/bin/python3
"""The house rules as a test. Usage: tidy.py ROOT [RULE ...]; without names, every rule.

Prints each breach as FILE:LINE: what, and exits 1 if there was one, 77 if a rule had to be
skipped (its tool is missing) and nothing else was wrong.
"""

import os
import re
import shutil
import subprocess
import sys

SKIPPED = 77
LINE_MAX = 100
SOURCES = (".cpp", ".hpp")
TEXTS = SOURCES + (".py", ".cmake", ".txt", ".js", ".java", ".sql", ".sh", ".toml")
FOLDERS = ("protocol", "shadow", "proxy", "tests", "bench", "conf", "cmake", "docker", ".ci")

# Include direction: what a folder may include of ours.
MAY_INCLUDE = {
    "protocol": ("protocol",),
    "shadow": ("protocol", "shadow"),
    "proxy": ("protocol", "shadow", "proxy"),
}

# Headers of other people, and the only places that may see them. `bench` and `tests` are free.
ONLY_IN = [
    (r"libpq-fe\.h|libpq/|postgres_ext\.h", ("shadow/store/postgres/", "proxy/")),
    (r"sqlite3\.h", ("shadow/store/sqlite/", "shadow/ledger/")),
    (r"pg_query\.h", ("shadow/sql/",)),
    (r"toml\+\+/.*|toml\.hpp", ("proxy/config/",)),
    (r"boost/(asio|beast)(/.*|\.hpp)", ("proxy/",)),
    (r"CLI/.*", ("proxy/",)),
]

BANNED = [
    (r"\bdetached\b", "`detached`: only session_registry may start what nobody waits for",
     SOURCES, ("session_registry",)),
    (r"\busing namespace std\s*;", "`using namespace std`", SOURCES, ()),
    (r"\bTODO\b(?!\(#?\d+\)|:? *#\d+)", "TODO without an issue number, write TODO(#12)", TEXTS,
     ("tests/tidy/",)),
    (r"\bFIXME\b|\bXXX\b(?!\d)", "FIXME or XXX: make it an issue", SOURCES, ()),
    (r"\benable_shared_from_this\b", "shared ownership of a session; see the style notes",
     SOURCES, ()),
    (r"^#ifndef \w+_(H|HPP|H_|HPP_)$", "include guard; use #pragma once", (".hpp",), ()),
    (r"\[=[\],]", "capture by [=]; name what is captured", SOURCES, ("tests/",)),
    (r"file\(GLOB", "file(GLOB): name the sources", (".txt", ".cmake"), ("tests/tidy/",)),
]


class Tidy:
    def __init__(self, root):
        self.root = root
        self.breaches = []
        self.skipped = []

    def files(self, endings, folders=FOLDERS):
        """Paths below the root, with forward slashes, sorted."""
        found = []
        for folder in folders:
            for path, names, files in os.walk(os.path.join(self.root, folder)):
                names[:] = [name for name in names
                            if name not in ("__pycache__", "node_modules", "corpus")]
                found += [os.path.relpath(os.path.join(path, name), self.root) for name in files
                          if name.endswith(endings)]
        return sorted(found)

    def lines(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as source:
            return source.read().split("\n")

    def breach(self, path, line, what):
        self.breaches.append(f"{path}:{line}: {what}")

    # Rules. Each is a method; its name is the rule's name.

    def include_direction(self):
        for path in self.files(SOURCES, tuple(MAY_INCLUDE)):
            allowed = MAY_INCLUDE[path.split("/")[0]]
            for number, line in enumerate(self.lines(path), 1):
                own = re.match(r'\s*#\s*include\s*"([^"/]+)/', line)
                if own and own[1] not in allowed:
                    self.breach(path, number, f"{allowed[-1]} must not include {own[1]}/")
                if re.match(r'\s*#\s*include\s*"(?![^"]*/)', line):
                    self.breach(path, number, "include by path from the root")
                if re.match(r'\s*#\s*include\s*"\.\.?/', line):
                    self.breach(path, number, "include by path from the root")

    def outside_headers(self):
        for path in self.files(SOURCES, tuple(MAY_INCLUDE)):
            for number, line in enumerate(self.lines(path), 1):
                other = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
                for pattern, places in ONLY_IN:
                    if other and re.fullmatch(pattern, other[1]) and not path.startswith(places):
                        self.breach(path, number,
                                    f"{other[1]} is seen only in {' and '.join(places)}")

    def pragma_once(self):
        for path in self.files((".hpp",)):
            if "#pragma once" not in self.lines(path)[:3]:
                self.breach(path, 1, "a header starts with #pragma once")

    def line_length(self):
        for path in self.files(TEXTS):
            # One command, or one option with its reason, per line reads better than a broken one.
            if os.path.basename(path) == "CMakeLists.txt" or path.startswith("conf/"):
                continue
            if "/data/" in path:
                continue
            raw = ""  # inside a raw string, the text that ends it: its lines are data
            table = False  # between clang-format off and on: one row per line
            for number, line in enumerate(self.lines(path), 1):
                if "clang-format o" in line:
                    table = "clang-format off" in line
                opened = re.search(r'R"(\w*)\(', line) if path.endswith(SOURCES) else None
                data = bool(raw) or bool(opened) or table
                if raw and raw in line:
                    raw = ""
                elif opened and f'){opened[1]}"' not in line[opened.end():]:
                    raw = f'){opened[1]}"'
                if len(line) > LINE_MAX and not data and "://" not in line:
                    self.breach(path, number, f"{len(line)} columns, at most {LINE_MAX}")

    def whitespace(self):
        for path in self.files(TEXTS):
            lines = self.lines(path)
            for number, line in enumerate(lines, 1):
                if "\t" in line and path.endswith(SOURCES) and "\\t" not in line:
                    self.breach(path, number, "tab")
                if line != line.rstrip():
                    self.breach(path, number, "space at the end of the line")
            if lines[-1] != "" or (len(lines) > 1 and lines[-2] == "" and len(lines) > 2):
                self.breach(path, len(lines), "end the file with one newline")

    def banned(self):
        for pattern, what, endings, exempt in BANNED:
            for path in self.files(endings):
                if any(part in path for part in exempt) or path.startswith("tests/tidy/"):
                    continue
                for number, line in enumerate(self.lines(path), 1):
                    if re.search(pattern, line):
                        self.breach(path, number, what)

    def readme_rows(self):
        """Each folder's README names every file in one table row, and nothing that is not there.
        A row may name several files: `codec.hpp` `codec.cpp`, or `codec` for both."""
        for folder in self.readme_folders():
            readme = os.path.join(folder, "README.md")
            if not os.path.exists(os.path.join(self.root, readme)):
                self.breach(readme, 1, "missing: name every file of the folder in a table")
                continue
            rows = self.table_rows(readme)
            present = self.own_files(folder)
            named = set()
            for name, number in rows.items():
                covered = {file for file in present if self.covers(name, file)}
                if not covered and not os.path.exists(os.path.join(self.root, folder, name)):
                    self.breach(readme, number, f"`{name}` is not in the folder")
                named |= covered
            for file in sorted(present - named):
                self.breach(readme, 1, f"no row for `{file}`")

    def table_rows(self, readme):
        """{name: line} of what stands in backquotes in the column `file` (or `folder`) of any
        table; other tables are not about files."""
        rows, column = {}, None
        for number, line in enumerate(self.lines(readme), 1):
            cells = [cell.strip() for cell in line.split("|")] if line.startswith("|") else []
            if not cells:
                column = None
            elif column is None:
                titles = [cell.lower() for cell in cells]
                column = next((titles.index(title) for title in ("file", "files", "folder")
                               if title in titles), -1)
            elif column > 0 and column < len(cells):
                for name in re.findall(r"`([^`]+)`", cells[column]):
                    rows[name.strip("/")] = number
        return rows

    def readme_folders(self):
        """protocol, proxy, and every folder of shadow that holds sources directly; deeper folders
        may instead be covered by the README above them."""
        found = ["protocol", "proxy"] + [f"shadow/{name}" for name in
                                         sorted(os.listdir(os.path.join(self.root, "shadow")))
                                         if os.path.isdir(os.path.join(self.root, "shadow", name))]
        for path, _, files in os.walk(os.path.join(self.root)):
            relative = os.path.relpath(path, self.root)
            if relative.split(os.sep)[0] in ("protocol", "proxy", "shadow", "tests", "bench"):
                if "README.md" in files and relative not in found:
                    found.append(relative)
        if "README.md" in os.listdir(os.path.join(self.root, "shadow")) and "shadow" not in found:
            found.append("shadow")
        return found

    def own_files(self, folder):
        """Sources below the folder, without those a deeper README answers for."""
        found = set()
        for path, names, files in os.walk(os.path.join(self.root, folder)):
            if path != os.path.join(self.root, folder) and "README.md" in files:
                names[:] = []
                continue
            names[:] = [name for name in names if name not in ("__pycache__", "corpus")]
            for name in files:
                if name.endswith((".cpp", ".hpp", ".py", ".js", ".java", ".sql", ".wire")):
                    found.add(os.path.relpath(os.path.join(path, name),
                                              os.path.join(self.root, folder)))
        if folder == "shadow":
            found = {name for name in found if "/" not in name}
        return found

    @staticmethod
    def covers(name, file):
        return name == file or os.path.splitext(file)[0] == name or file.startswith(name + "/")

    def clang_format(self):
        program = shutil.which("clang-format-14")
        if program is None:
            self.skipped.append("clang-format-14 is not installed, formatting is not checked")
            return
        files = self.files(SOURCES)
        done = subprocess.run([program, "--dry-run", "--style=file"] + files, cwd=self.root,
                              capture_output=True, text=True, check=False)
        seen = set()
        for line in done.stderr.split("\n"):
            found = re.match(r"(\S+?):(\d+):\d+: warning: code should be clang-formatted", line)
            if found and found[1] not in seen:
                seen.add(found[1])
                self.breach(found[1], found[2], "not formatted: clang-format-14 -i " + found[1])

    RULES = ("include_direction", "outside_headers", "pragma_once", "line_length", "whitespace",
             "banned", "readme_rows", "clang_format")


def main(arguments):
    tidy = Tidy(os.path.abspath(arguments[0]))
    for rule in arguments[1:] or Tidy.RULES:
        getattr(tidy, rule)()
    for what in tidy.breaches:
        print(what)
    for what in tidy.skipped:
        print("SKIPPED:", what)
    if tidy.breaches:
        print(f"{len(tidy.breaches)} breaches")
        return 1
    return SKIPPED if tidy.skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
