"""Each rule of tidy.py finds its breach in a small tree, and nothing in a clean one."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tidy import Tidy  # noqa: E402

CLEAN = {
    ".clang-format": "BasedOnStyle: Google\n",
    "protocol/README.md": "| file | holds |\n|---|---|\n| `frame` | framing |\n",
    "protocol/frame.hpp": "#pragma once\n#include <string>\n",
    "protocol/frame.cpp": '#include "protocol/frame.hpp"\n',
    "proxy/README.md": "| file | holds |\n|---|---|\n| `main.cpp` | main |\n",
    "proxy/main.cpp": '#include <boost/asio.hpp>\n\n#include "protocol/frame.hpp"\n',
    "shadow/sql/README.md": "| file | holds |\n|---|---|\n| `parse.cpp` | parsing |\n",
    "shadow/sql/parse.cpp": '#include <pg_query.h>\n\n#include "protocol/frame.hpp"\n',
}

# rule, file, its text, what the message must say
BREACHES = [
    ("include_direction", "protocol/frame.cpp", '#include "shadow/duet.hpp"\n',
     "protocol must not include shadow/"),
    ("include_direction", "shadow/sql/parse.cpp", '#include "proxy/main.hpp"\n',
     "shadow must not include proxy/"),
    ("include_direction", "proxy/main.cpp", '#include "main.hpp"\n', "by path from the root"),
    ("outside_headers", "shadow/sql/parse.cpp", "#include <libpq-fe.h>\n", "libpq-fe.h is seen"),
    ("outside_headers", "proxy/main.cpp", "#include <sqlite3.h>\n", "sqlite3.h is seen"),
    ("outside_headers", "proxy/main.cpp", "#include <pg_query.h>\n", "pg_query.h is seen"),
    ("outside_headers", "proxy/main.cpp", "#include <toml++/toml.h>\n", "toml++/toml.h is seen"),
    ("outside_headers", "shadow/sql/parse.cpp", "#include <boost/asio.hpp>\n", "boost/asio.hpp"),
    ("outside_headers", "shadow/sql/parse.cpp", "#include <boost/beast/http.hpp>\n", "beast"),
    ("pragma_once", "protocol/frame.hpp", "#include <string>\n", "#pragma once"),
    ("line_length", "protocol/frame.cpp", "// " + "x" * 98 + "\n", "101 columns"),
    ("whitespace", "protocol/frame.cpp", "int a; \n", "space at the end"),
    ("whitespace", "protocol/frame.cpp", "int a;", "one newline"),
    ("whitespace", "protocol/frame.cpp", "\tint a;\n", "tab"),
    ("banned", "proxy/main.cpp", "co_spawn(x, y, asio::detached);\n", "`detached`"),
    ("banned", "proxy/main.cpp", "using namespace std;\n", "using namespace std"),
    ("banned", "proxy/main.cpp", "// TODO: later\n", "TODO without"),
    ("banned", "proxy/main.cpp", "auto f = [=] { return a; };\n", "[=]"),
    ("readme_rows", "protocol/other.cpp", "\n", "no row for `other.cpp`"),
    ("readme_rows", "protocol/README.md",
     "| file | x |\n|---|---|\n| `frame` | x |\n| `gone.cpp` | y |\n",
     "`gone.cpp` is not in the folder"),
    ("readme_rows", "shadow/replay/plan.cpp", "\n", "missing: name every file"),
    ("clang_format", "protocol/frame.cpp", "int   a ;\n", "not formatted"),
]


class TidyRules(unittest.TestCase):
    def breaches(self, rule, changes):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**CLEAN, **changes}.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)) or root, exist_ok=True)
                with open(os.path.join(root, path), "w") as out:
                    out.write(text)
            tidy = Tidy(root)
            getattr(tidy, rule)()
            if tidy.skipped:
                self.skipTest(tidy.skipped[0])
            return "\n".join(tidy.breaches)

    def test_clean_tree(self):
        for rule in Tidy.RULES:
            with self.subTest(rule=rule):
                self.assertEqual(self.breaches(rule, {}), "")

    def test_breaches(self):
        for rule, path, text, what in BREACHES:
            with self.subTest(rule=rule, what=what):
                self.assertIn(what, self.breaches(rule, {path: text}))

    def test_allowed(self):
        for rule, path, text in (
                ("banned", "proxy/session_registry.cpp", "asio::detached\n"),
                ("banned", "proxy/main.cpp", "// TODO(#12): later\n"),
                ("banned", "proxy/main.cpp", "// TODO #12: later\n")):
            with self.subTest(text=text):
                self.assertEqual(self.breaches(rule, {path: text}), "")


if __name__ == "__main__":
    unittest.main()
