"""What import-linter cannot see: who calls whom inside a room, who asks what time it is, how large a file grows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from callcenter.shell import Frame
from tests.sources import HOUSE, ROOMS, TREES

DOORS = (
    "views",
    "tasks",
    "admin",
    "urls",
    "forms",
    "on_pages",
    "management",
    "apps",
)  # ready() wires a room to its queue
# These translate too, though no folder says so: a form of the sign-in library, a filter that tells ages, beat and the
# worker signing that they live, the probes of health, a folder whose files are as old as the disk's clock says, and the
# program of the played switchboard, which sets its clock once.
ASK_THE_CLOCK = (
    *("agents/own_account.py", "agents/second_factor.py", "agents/searched_lists.py", "agents/shortened_policies.py"),
    *("api/bearer.py", "callcenter/customers/for_programs.py", "callcenter/home.py"),
    "callcenter/clocks.py",  # two clocks are compared
    *(
        "agents/signing_in.py",
        "agents/spraying.py",
        "agents/sessions.py",
        "screens/templatetags/screens.py",
        "callcenter/shell.py",
    ),
    *("callcenter/beat.py", "callcenter/celery.py", "callcenter/live/listening.py", "callcenter/health.py"),
    *("callcenter/live/streams.py",),
    *("systems/reports/folders.py", "sandbox/switchboard/__main__.py"),
)
NO_ROOM = {"services", "utils", "helpers", "common", "core", "base"}
LONG = 330  # lines; «about 300», and a paragraph
LONG_FOR_A_REASON = ("callcenter/settings.py",)  # one settings file, whole


def is_door(path: str) -> bool:
    return any(part.removesuffix(".py") in DOORS for part in path.split("/")[1:])


def through_a_door_of_its_own(path: str, tree: ast.AST) -> list[str]:
    """Doors of its own room that a module imports: none, unless it is a door itself; apps wire them to their rooms."""
    room, *_rest = path.split("/")
    if is_door(path) or path.endswith("/tables.py"):
        return []
    return [
        name for name in imported(tree) if (parts := name.split("."))[0] == room and set(parts[1:]) & {*DOORS, "tables"}
    ]


def verbs() -> Iterator[tuple[str, ast.Module]]:
    for path, tree in TREES.items():
        if not is_door(path) and "/models" not in path:
            yield path, tree


def asks(tree: ast.AST, name: str) -> list[int]:
    """Lines where `name`, dots and all, is called with nothing: `localdate()` asks, `localdate(now)` translates."""
    called = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and not node.args)
    return [node.lineno for node in called if ast.unparse(node.func) == name]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_the_rooms_are_the_ones_the_linter_knows() -> None:
    found = {path.parent.name for path in HOUSE.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert found == set(ROOMS)


def test_nobody_goes_through_another_rooms_door() -> None:
    entered = [
        f"{path} imports {name}"
        for path, tree in TREES.items()
        for name in imported(tree)
        if (parts := name.split("."))[0] in ROOMS
        and parts[0] != path.split("/")[0]
        and set(parts[1:]) & set(DOORS)
        and not path.startswith(("callcenter/urls", "callcenter/programs"))  # the wiring gives every door its address
    ]
    assert entered == []


def test_nobody_goes_through_a_door_of_the_own_room_but_doors() -> None:
    """What a verb, or what lays out a page, needs of a door belongs in a module below both."""
    entered = {path: names for path, tree in TREES.items() if (names := through_a_door_of_its_own(path, tree))}
    assert entered == {}


def test_verbs_know_no_queue_and_no_request() -> None:
    known = [
        f"{path} imports {name}"
        for path, tree in verbs()
        # wiring, components, sessions and what programs are answered are of the web
        if not path.startswith(("callcenter/", "screens/", "agents/", "api/"))
        for name in imported(tree)
        if re.search(r"\.tasks(\.|$)|^celery|^django\.(http|shortcuts|contrib\.messages)", name)
    ]
    assert known == []


def test_only_doors_ask_what_time_it_is() -> None:
    asked = [
        f"{path}:{line}"
        for path, tree in TREES.items()
        if not is_door(path) and path not in ASK_THE_CLOCK
        for name in ("timezone.now", "timezone.localdate", "datetime.now", "date.today", "time.time")
        for line in asks(tree, name)
    ]
    assert asked == []


def test_a_clock_is_handed_in_by_its_name() -> None:
    positional = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in verbs()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "now" in [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        if not path.startswith(("callcenter/health", "screens/templatetags", "notices/models"))
    ]
    assert positional == []


ORDER = ("screens", "systems", "agents", "telephony", "service_level", "notices", "escalations")  # from below
MAY_SEE = {room: {*ORDER[: place + 1]} for place, room in enumerate(ORDER)}
MAY_SEE |= {room: {*ORDER, room} for room in ("campaigns", "inbound")}
MAY_SEE["api"] = {*ORDER, "campaigns", "inbound", "api"}
MAY_SEE["control_room"] = {*ORDER, "campaigns", "inbound", "control_room"}
MAY_SEE["callcenter"] = set(ROOMS)  # what joins the rooms stands above them


def climbs(path: str, text: str) -> list[str]:
    """What a template includes or links to that stands above it. The shell's names belong to no room."""
    room = path.split("/")[0]
    named = re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)", text)
    linked = [name.replace(":", "/") for name in re.findall(r"{%\s*url\s+[\"']([^\"']+:[^\"']+)", text)]
    return [
        name for name in (*named, *linked) if (to := name.split("/")[0]) in ROOMS and to not in MAY_SEE.get(room, ())
    ]


def test_templates_climb_to_no_higher_room() -> None:
    """A page may include and link to the shell, its own room and those below it; the shell to no room at all."""
    pages = list(HOUSE.glob("*/templates/**/*.html")) + list((HOUSE / "templates").rglob("*.html"))
    assert len(pages) > 150
    found = {path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8") for path in pages}
    assert {path: up for path, text in found.items() if (up := climbs(path, text))} == {}
    assert climbs("templates/base.html", '{% include "campaigns/desk/_desk.html" %}') == ["campaigns/desk/_desk.html"]
    assert climbs("escalations/templates/escalations/card.html", "{% url 'inbound:card_lane' 1 %}") == [
        "inbound/card_lane"
    ]


def test_the_key_that_goes_elsewhere_presses_nothing() -> None:
    """`g` waits for the letter of a page: a button that says `g` is never pressed by it."""
    pages = [*HOUSE.glob("*/templates/**/*.html"), *(HOUSE / "templates").rglob("*.html")]
    said = re.compile(r"""(?:data-)?key="g\"""")
    assert [path.relative_to(HOUSE).as_posix() for path in pages if said.search(path.read_text(encoding="utf-8"))] == []


def test_a_piece_that_is_included_by_a_variable_is_named_by_the_wiring() -> None:
    """What the test above cannot read: a template in a variable, an address in the settings, a template in Python."""
    pages = [*HOUSE.glob("*/templates/**/*.html"), *(HOUSE / "templates").rglob("*.html")]
    by_variable = {
        name
        for path in pages
        for name in re.findall(r"{%\s*(?:include|extends)\s+([^\"'\s]+)", path.read_text(encoding="utf-8"))
    }
    pieces = {"frame.account_piece", "frame.payments_piece", "frame.seat_piece", "frame.own_piece"}
    pieces |= {"frame.own_day_piece"}
    assert by_variable == pieces
    get_template(Frame.account_piece)
    get_template(Frame.payments_piece)
    get_template(Frame.seat_piece)
    get_template(Frame.own_piece)
    get_template(Frame.own_day_piece)
    for address in (address for addresses in settings.CARD_PIECES.values() for address in addresses):
        assert reverse(address, args=[1])
    named = [
        f"{path}:{node.lineno} {node.value}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html")
        if (room := path.split("/")[0]) != "callcenter"  # the wiring may name a piece of any room
        if (to := node.value.split("/")[0]) in ROOMS and to not in MAY_SEE.get(room, {room})
    ]
    assert named == []


def test_pages_reach_rows_through_their_one_gate() -> None:
    """`Model.objects` in a view is followed by `visible_to(…)`, or by `none()`, which shows nothing."""
    past_it = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, tree in TREES.items()
        if "/views" in path
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)
        if node.value.attr in ("objects", "_default_manager") and node.attr not in ("visible_to", "none")
    ]
    assert past_it == []


def test_a_task_rings_one_verb_and_is_short() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in TREES.items()
        if path.endswith("/tasks.py")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 10
    ]
    assert long == []


@pytest.mark.parametrize("room", ROOMS)
def test_models_do_not_save_by_themselves_nor_order_themselves(room: str) -> None:
    found = []
    for path, tree in TREES.items():
        if not path.startswith(f"{room}/models"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete"):
                found.append(f"{path}:{node.lineno} def {node.name}")
            if isinstance(node, ast.Assign) and "ordering" in [ast.unparse(target) for target in node.targets]:
                found.append(f"{path}:{node.lineno} ordering")
        found += [f"{path} {name}" for name in imported(tree) if name.startswith("django.db.models.signals")]
    assert found == []


LIFE_OF_CONTACTS = "campaigns/contacts/life.py"
SETS_STATE = re.compile(
    r"UPDATE campaigns_listentry\b(?:(?!\bWHERE\b).)*?\bSET\b(?:(?!\bWHERE\b).)*?\bstate\s*=", re.DOTALL
)
AN_ENTRYS_STATE = re.compile(r"\bentry\.state$")


def writes_a_contacts_state(tree: ast.AST) -> list[int]:
    """Lines that write `ListEntry.state` or its history: in SQL, by `update(state=…)`, or on an entry itself."""
    lines = []
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr():
                sql = node.value if isinstance(node, ast.Constant) else ast.unparse(node)
                is_breach = SETS_STATE.search(str(sql)) or "INTO campaigns_contactchange" in str(sql)
            case ast.Call(func=ast.Attribute(value=rows, attr="create" | "bulk_create" | "update" | "bulk_update")):
                changes = {keyword.arg for keyword in node.keywords}
                is_breach = "ContactChange" in ast.unparse(rows) or (
                    node.func.attr == "update" and "state" in changes and "ListEntry" in ast.unparse(rows)
                )
            case ast.Assign(targets=targets):
                is_breach = any(AN_ENTRYS_STATE.search(ast.unparse(one)) for one in targets)
            case _:
                continue
        lines += [node.lineno] if is_breach else []
    return lines


def test_the_state_of_a_contact_is_written_by_its_life_alone() -> None:
    written = [
        f"{path}:{line}"
        for path, tree in TREES.items()
        if path != LIFE_OF_CONTACTS
        for line in writes_a_contacts_state(tree)
    ]
    assert written == []


def test_this_test_would_see_a_state_written_elsewhere() -> None:
    breaches = (
        "cursor.execute('UPDATE campaigns_listentry e SET owner_id = 1, state = %s FROM x WHERE e.state = 1')",
        "cursor.execute(f'UPDATE campaigns_listentry {x} SET state = {y}')",
        "ListEntry.objects.filter(pk=1).update(state='done')",
        "entry.state = State.DONE",
        "ContactChange.objects.create(contact=contact)",
    )
    assert [bool(writes_a_contacts_state(ast.parse(breach))) for breach in breaches] == [True] * len(breaches)
    fine = "cursor.execute('UPDATE campaigns_listentry e SET position = 1 WHERE e.state = 1')"
    assert writes_a_contacts_state(ast.parse(fine)) == []
    assert writes_a_contacts_state(TREES[LIFE_OF_CONTACTS])


STATES_OF_AGENTS = "agents/states.py"
# a sign of life, once a minute at most, is no change
WRITES_AGENT_STATE = re.compile(r"(?:INTO|UPDATE|DELETE FROM) agents_(?:agentstate|shift)\b(?! s SET last_sign_at)")


def writes_an_agents_state(tree: ast.AST) -> list[int]:
    """Lines that write a stretch or a shift: in SQL, or by `create`, `update` and their like."""
    lines = []
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text):
                is_breach = bool(WRITES_AGENT_STATE.search(text))
            case ast.Call(func=ast.Attribute(value=rows, attr="create" | "bulk_create" | "update" | "get_or_create")):
                is_breach = bool(re.search(r"\b(AgentState|Shift)\.objects", ast.unparse(rows)))
            case _:
                continue
        lines += [node.lineno] if is_breach else []
    return lines


def test_the_state_of_an_agent_is_written_by_one_module_alone() -> None:
    written = [
        f"{path}:{line}"
        for path, tree in TREES.items()
        if path != STATES_OF_AGENTS
        for line in writes_an_agents_state(tree)
    ]
    assert written == []
    assert writes_an_agents_state(TREES[STATES_OF_AGENTS])
    assert writes_an_agents_state(ast.parse("x('UPDATE agents_agentstate SET state = 1')"))
    assert writes_an_agents_state(ast.parse("AgentState.objects.open().update(state='away')"))


def test_no_module_is_named_for_nothing() -> None:
    assert [path for path in TREES if NO_ROOM & {part.removesuffix(".py") for part in path.split("/")}] == []


def test_files_stay_small_enough_to_be_read() -> None:
    long = {
        path: lines
        for path in TREES
        if (lines := (HOUSE / path).read_text().count("\n")) > LONG and path not in LONG_FOR_A_REASON
    }
    assert long == {}


def test_the_files_contributing_names_are_there() -> None:
    """Whoever carries the house on is led to files that exist."""
    text = (HOUSE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"`([\w./]+/[\w./]*)`", text) if "*" not in name]
    assert len(named) > 30
    assert [name for name in named if not (HOUSE / name).exists()] == []


def test_contributing_counts_the_files_it_names() -> None:
    """A change costs the files that stand beside its count; a result, a kind, a line and a system three at most."""
    text = (HOUSE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (an? [^|]+) \| (\d+) \| ([^|]*)\|", text, flags=re.MULTILINE)
    counts = {change: int(count) for change, count, _these in rows}
    assert len(counts) == len(rows) == 10
    assert counts == {change: len(set(re.findall(r"`[\w./]+/[\w./]*`", these))) for change, _count, these in rows}
    few = ("a result of a call", "a kind of card", "a line", "an outside system")
    assert [counts[change] for change in few if counts[change] > 3] == []


def test_every_test_file_has_its_room() -> None:
    """`tests/<room>/`, and the five kinds that belong to no room."""
    kinds = {path.name for path in (HOUSE / "tests").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert kinds - set(ROOMS) == {"browser", "data", "faults", "processes", "walkthroughs"}


@pytest.mark.xdist_group("alone")
def test_whoever_hands_out_the_tests_knows_of_groups(request: pytest.FixtureRequest) -> None:
    """Those that kill servers must not meet each other; a pytest-xdist that forgets groups says nothing of it."""
    command = getattr(request.config, "workerinput", {}).get("mainargv", [])
    if "loadgroup" in command:
        assert request.node.nodeid.endswith("@alone")


def test_this_test_would_see_a_breach() -> None:
    breach = ast.parse("from campaigns.desk.views import desk\nnow = timezone.now()\nrows = Contact.objects.all()")
    assert list(imported(breach)) == ["campaigns.desk.views.desk"]
    assert asks(breach, "timezone.now") == [2]
    assert is_door("campaigns/desk/views/desk.py")
    assert not is_door("campaigns/desk/giving.py")
    own = ast.parse(
        "from escalations.forms import form_of\nfrom escalations.tables import ListTable\nimport campaigns.forms"
    )
    assert through_a_door_of_its_own("escalations/card_page.py", own) == [
        *("escalations.forms.form_of", "escalations.tables.ListTable")
    ]
    assert through_a_door_of_its_own("escalations/views/cards.py", own) == []
