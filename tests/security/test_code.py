"""What is dangerous in any program stands nowhere in ours, or stands here by name with the reason why it may.

Read from the syntax trees, because rule packs of scanners cannot be fetched where this is built.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import openpyxl.xml

from portal.settings.environment import BASE_DIR
from tests.setup.test_code_habits import source_files


def trees() -> list[tuple[str, ast.Module]]:
    return [(str(path.relative_to(BASE_DIR)), ast.parse(path.read_text("utf-8"))) for path in source_files()]


TREES = trees()


def owner(tree: ast.Module, node: ast.AST) -> str:
    """The function or class around a node; empty at the top of the module."""
    line = getattr(node, "lineno", 0)
    around = [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and each.lineno <= line <= (each.end_lineno or 0)
    ]
    return max(around, key=lambda each: each.lineno).name if around else ""


def where(matches: Callable[[ast.AST], bool]) -> set[str]:
    """`path:function` of every node that matches."""
    return {
        f"{path}:{owner(tree, node)}" for path, tree in TREES for node in ast.walk(tree) if matches(node)
    }


def called(node: ast.AST) -> str:
    """The dotted name of what a call calls; empty for anything else."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def imports(*names: str) -> Callable[[ast.AST], bool]:
    def matches(node: ast.AST) -> bool:
        if isinstance(node, ast.ImportFrom):
            return node.module is not None and node.module.split(".")[0] in names
        return isinstance(node, ast.Import) and any(alias.name.split(".")[0] in names for alias in node.names)

    return matches


def test_ASVS_1_3_2_nothing_is_evaluated() -> None:
    assert where(lambda node: called(node) in {"eval", "exec", "compile", "__import__"}) == set()


def test_ASVS_1_5_2_nothing_is_unpickled_and_yaml_is_read_by_its_safe_loader() -> None:
    assert where(imports("pickle", "marshal", "shelve", "dill", "cPickle")) == set()
    unsafe = {"yaml.unsafe_load", "yaml.full_load", "yaml.load", "yaml.load_all"}
    # The same loader as safe_load, in C; the file's one argument names it.
    assert where(lambda node: called(node) in unsafe) == {"portal/web/yaml_files.py:read"}
    assert '"CSafeLoader", yaml.SafeLoader' in (BASE_DIR / "portal/web/yaml_files.py").read_text("utf-8")


def test_ASVS_1_2_5_no_shell_runs() -> None:
    def shell(node: ast.AST) -> bool:
        if called(node) in {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}:
            return True
        return isinstance(node, ast.Call) and any(
            word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
            for word in node.keywords
        )

    assert where(shell) == set()


#: Views that take a POST without a form token, and why nothing can be forged there.
WITHOUT_A_TOKEN = {
    "applications/views/progress.py:progress_form": "asks; changes nothing; nobody is signed in",
    "portal/documents/views/public.py:verify_file": "judges a file; changes nothing; nobody is signed in",
    "portal/operations/reports.py:policy_report": "writes a log line; browsers send it without a token",
}


def test_ASVS_3_5_1_only_these_forms_have_no_token() -> None:
    def exempt(node: ast.AST) -> bool:
        decorators = getattr(node, "decorator_list", [])
        return any("csrf_exempt" in ast.unparse(each) for each in decorators) or "csrf_exempt" in called(node)

    assert where(exempt) == set(WITHOUT_A_TOKEN)


#: Markup that is not escaped once more, and what it is made of.
MARKED = {
    "disclosure/addresses.py:qr_svg": "squares of a QR code, drawn by segno",
    "disclosure/templatetags/disclosure.py:highlight": "escapes each piece between its own marks",
    "disclosure/views/guide.py:_flow_chart": "the table of transitions, drawn by the code that holds it",
    "portal/documents/rendering.py:qr_svg": "squares of a QR code, drawn by segno",
    "portal/web/drawing.py:_input": "escapes every attribute",
    "portal/web/drawing.py:_text_area": "escapes every attribute and the text",
    "portal/web/drawing.py:attributes": "escapes every attribute",
    "portal/web/forms.py:_options": "one of two constants",
    "portal/web/fragments.py:_draw": "the output of a template, which escaped it",
}


def test_ASVS_1_2_1_markup_is_marked_as_safe_only_where_it_is_made() -> None:
    marks = {"mark_safe", "SafeString", "SafeText", "SafeData", "safestring.mark_safe"}
    assert where(lambda node: called(node) in marks) == set(MARKED)
    faults = [
        f"{path.relative_to(BASE_DIR)}: {match[0]}"
        for path in sorted((BASE_DIR / "templates").rglob("*"))
        if path.is_file()
        for match in re.finditer(r"\|\s*safe(seq)?\b|autoescape\s+off", path.read_text("utf-8"))
    ]
    assert faults == []


def test_ASVS_1_2_1_format_html_gets_its_markup_as_a_constant() -> None:
    def composed(node: ast.AST) -> bool:
        if called(node) not in {"format_html", "format_html_join"}:
            return False
        assert isinstance(node, ast.Call)
        given = node.args[:2] if called(node).endswith("join") else node.args[:1]
        return any(not isinstance(each, ast.Constant | ast.Name) for each in given)

    assert where(composed) == set()


def test_ASVS_1_3_7_no_template_is_made_of_a_text_at_run_time() -> None:
    makers = {"Template", "engines.from_string", "template.Template", "Engine.from_string"}
    assert where(lambda node: called(node) in makers or called(node).endswith(".from_string")) == set()


#: Statements that are put together, and of what: never of a value, which is always a parameter.
COMPOSED = {
    "applications/queries/offered.py:items_in_force": "constants of the module",
    "applications/queries/worklist.py:_counts_one_by_one": "conditions of the module, chosen by filters",
    "applications/queries/worklist.py:_tally": "conditions of the module, chosen by filters",
    "applications/queries/worklist.py:neighbours": "conditions of the module, chosen by filters",
    "applications/queries/worklist.py:work_page": "conditions of the module, chosen by filters",
    "applications/services/nightly.py:_acts_without_their_event": "names of models' tables",
    "applications/services/nightly.py:_events_without_their_act": "names of models' tables",
    "applications/services/nightly.py:check_numbers": "the name of a model's table",
    "supervision/nightly.py:_untold": "the name of a model's table",
    "portal/clock.py:now": "the expression of the clock",
    "portal/documents/services/issuing.py:_next_number": "names of a model's columns",
    "portal/embedded/postgres.py:ensure_roles": "psycopg2.sql, names of roles from the machine's own secrets",
    "portal/ledger/checking/copying.py:stream": "statements of the checking modules; COPY takes no parameters",
    "portal/ledger/exporting.py:_events": "a number of the module",
    "portal/operations/grants.py:grant": "the quoted name of a role from the environment; GRANT takes no parameters",
    "portal/operations/backup/restoring.py:_forget_recovery": "names of the server's settings",
    "portal/operations/backup/server.py:keep_wal": "a number of the module; ALTER SYSTEM takes no parameters",
    "portal/privacy/rotation.py:_batch": "names of models' columns",
    "portal/privacy/rotation.py:left": "names of models' columns",
    "portal/workdays/services.py:_lock_calendar": "the name of a model's table",
}


RUNS = frozenset({"execute", "executemany", "raw", "RawSQL", "extra", "copy_expert", "mogrify"})


def put_together(node: ast.AST | None) -> bool:
    return isinstance(node, ast.JoinedStr | ast.BinOp) or called(node or ast.Pass()).endswith((".format", ".join"))


def composed(tree: ast.Module) -> Iterator[ast.AST]:
    """Calls that run a text which is put together on the spot, or in a variable of the same function."""
    for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
        made = {
            ast.unparse(target)
            for each in ast.walk(function)
            if isinstance(each, ast.AugAssign) or (isinstance(each, ast.Assign) and put_together(each.value))
            for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        }
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or called(node).rpartition(".")[2] not in RUNS or not node.args:
                continue
            if put_together(node.args[0]) or ast.unparse(node.args[0]) in made:
                yield node


def test_ASVS_1_2_4_no_statement_is_put_together_from_input() -> None:
    found = {
        f"{path}:{owner(tree, node)}" for path, tree in TREES if "/migrations/" not in path for node in composed(tree)
    }
    assert found == set(COMPOSED), sorted(found ^ set(COMPOSED))


def test_ASVS_1_2_10_no_export_writes_cells_of_a_spreadsheet() -> None:
    """Whoever adds one names it here with its test: no cell begins with = + - @, tab, CR or a full-width twin."""
    assert where(imports("csv", "openpyxl", "tablib", "import_export", "xlsxwriter", "xlwt", "pandas")) == set()


def test_ASVS_1_5_1_xml_is_read_without_entities() -> None:
    assert openpyxl.xml.DEFUSEDXML
    assert where(imports("lxml", "expat", "pyexpat")) == set()
    harmless = {"xml.sax.handler", "xml.sax.saxutils"}

    def parser(node: ast.AST) -> bool:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xml"):
            return node.module not in harmless and {alias.name for alias in node.names} != {"SAXException"}
        return isinstance(node, ast.Import) and any(alias.name.startswith("xml") for alias in node.names)

    assert where(parser) == set()


def test_ASVS_13_4_2_nothing_is_left_that_shows_more_to_a_developer() -> None:
    assert where(lambda node: called(node) in {"breakpoint", "pdb.set_trace", "set_trace"}) == set()
    assert where(imports("pdb", "ipdb", "debug_toolbar", "silk")) == set()


def test_the_search_finds_what_it_is_for() -> None:
    """Broken once in each way."""
    samples = {"eval('1')": "eval", "mark_safe(x)": "mark_safe", "subprocess.run('x', shell=True)": "subprocess.run"}
    for code, name in samples.items():
        assert called(ast.parse(code, mode="eval").body) == name
    assert imports("pickle")(ast.parse("import pickle").body[0])
    assert imports("pickle")(ast.parse("from pickle import loads").body[0])
    assert owner(ast.parse("def f():\n    x = 1"), ast.parse("\nx").body[0]) == "f"


def test_ASVS_1_2_3_no_template_writes_data_into_a_script() -> None:
    faults = [
        str(path.relative_to(BASE_DIR))
        for path in sorted((BASE_DIR / "templates").rglob("*.html"))
        for script in re.findall(r"<script\b[^>]*>(.*?)</script>", path.read_text("utf-8"), flags=re.S)
        if "{{" in script or "{%" in script
    ]
    assert faults == []
