"""The form of one step of a draft: its words, and where it may go, look and hand over, chosen from what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from escalations.models import Kind
from inbound.flows.editing import Place
from inbound.flows.publishing import StepChanges
from inbound.flows.schema import NAME, NEEDS, UNTITLED
from inbound.flows.shapes import OUTCOMES, SETTLES
from inbound.models import ServiceLine
from inbound.outside.actions import actions
from inbound.outside.look_ups import look_ups

Choices = list[tuple[str, str]]
Raw = Mapping[str, Any]
WORDS = {  # key of a step: how it is asked for, and how long it may be
    "title": (_("Título"), 120),
    "say": (_("Qué dice el agente"), 2000),
    "question": (_("Qué decide el agente"), 160),
    "label": (_("Cómo se llama este final"), 120),
    "promised": (_("Qué se le promete al cliente"), 200),
    "noted": (_("Qué se anota en la tarjeta"), 400),
    "none": (_("Botón para «ninguno de estos»"), 120),
}
CHOSEN = {
    "next": _("Sigue con"),
    "look_up": _("Qué busca"),
    "action": _("Qué hace en el otro sistema"),
    "escalation": _("Qué tipo de derivación abre"),
    "settles": _("Qué hace con la tarjeta"),
    "continue_as": _("Ofrece continuar como la línea"),
}


class StepForm(forms.Form):
    """What of a step is edited here; conditions, fields of the agent and the rest are in the text."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, name: str, steps: Mapping[str, Raw], line: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.raw, self.ways = steps[name], dict[str, Place]()
        self._steps = [(key, title_of(key, step)) for key, step in steps.items()]
        self._line = line
        needed = NEEDS.get(str(self.raw.get("kind")), (frozenset(), frozenset()))
        self._needed, self._possible = needed[0], needed[0] | needed[1]
        self._words()
        self._chosen()
        self._branches()

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """What proposes or bars each branch, as the text has it."""
        found = []
        for _n, branch in self._branch_list():
            told = [f"{key}: {_in_a_row(branch[key])}" for key in ("when", "needs", "unless") if branch.get(key)]
            found.append((str(branch.get("label", "")), " · ".join(told)))
        return [(label, told) for label, told in found if told]

    @property
    def changes(self) -> StepChanges:
        """What is to be different; call it once the form is valid."""
        removed = [n for n, _branch in self._branch_list() if self.cleaned_data.get(f"branch-{n}-remove")]
        gone = {("branches", n) for n in removed}
        sent = {way: self.cleaned_data[field].replace("\r\n", "\n") for field, way in self.ways.items()}
        words = {way: word for way, word in sent.items() if word != self._now(way) and way[:2] not in gone}
        new = tuple(self.cleaned_data.get(f"new-{part}", "") for part in ("name", "label", "next"))
        return StepChanges(words, removed, new if all(new) else None)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        new = [bool(told.get(f"new-{part}")) for part in ("name", "label", "next")]
        if any(new) and not all(new):
            raise ValidationError(gettext("Una rama nueva necesita nombre, palabras y a dónde lleva."))
        return told

    def clean_seen(self) -> str:
        return str(self.cleaned_data["seen"])

    def _now(self, way: Place) -> str:
        found: Any = self.raw
        for part in way:
            found = found[int(part)] if isinstance(found, list) else (found or {}).get(part)
        return found.strip() if isinstance(found, str) else ""

    def _ask(self, field: str, way: Place, asked: forms.Field) -> None:
        asked.initial = self._now(way)
        self.fields[field], self.ways[field] = asked, way

    def _words(self) -> None:
        untitled = UNTITLED.get(str(self.raw.get("kind")))
        for key, (label, longest) in WORDS.items():
            is_possible = key in self._possible or (key == "noted" and key in self.raw)
            if not is_possible and not (key == "say" or (key == "title" and not untitled)):
                continue
            widget = (
                forms.Textarea(attrs={"rows": 3, "cols": 80}) if key == "say" else forms.TextInput(attrs={"size": 80})
            )
            required = key in self._needed or key == "title"
            self._ask(key, (key,), forms.CharField(label=label, max_length=longest, required=required, widget=widget))

    def _chosen(self) -> None:
        choices: dict[str, Choices] = {
            "next": self._steps,
            "look_up": [(key, f"{one.words} ({key})") for key, one in look_ups().items()],
            "action": [(key, f"{one.words} ({key})") for key, one in actions().items()],
            "escalation": [(kind.code, f"{kind.name} ({kind.code})") for kind in Kind.objects.order_by("code")],
            "settles": [(word, word) for word in SETTLES],
            "continue_as": [
                (line.number, str(line))
                for line in ServiceLine.objects.filter(is_active=True).exclude(number=self._line).in_order()
            ],
        }
        is_told = isinstance(self.raw.get("outcomes"), dict)
        for key, label in CHOSEN.items():
            if key in self._possible and not (key == "next" and is_told):
                required = key in self._needed or key in self.raw and key == "next"
                self._ask(key, (key,), self._one_of(label, choices[key], self._now((key,)), required=required))
        if is_told:
            for outcome, words in OUTCOMES.items():
                asked = self._one_of(words, self._steps, self._now(("outcomes", outcome)), required=True)
                self._ask(f"outcome-{outcome}", ("outcomes", outcome), asked)

    def _branches(self) -> None:
        for n, branch in self._branch_list():
            self._branch(f"branch-{n}", ("branches", n), str(branch.get("name", n)))
            self.fields[f"branch-{n}-remove"] = forms.BooleanField(label=_("Quitar esta rama"), required=False)
        if isinstance(self.raw.get("other"), dict):
            self._branch("other", ("other",), gettext("otro estado"))
        if self._branch_list():
            self.fields["new-name"] = forms.RegexField(
                rf"\A(?:{NAME.pattern})\Z", label=_("Rama nueva: nombre"), required=False,
                help_text=_("Con minúsculas sin acento, cifras y _. Nadie la propone: lo elige el agente."),
            )  # fmt: skip
            self.fields["new-label"] = forms.CharField(label=_("Rama nueva: palabras"), max_length=120, required=False)
            self.fields["new-next"] = self._one_of(_("Rama nueva: sigue con"), self._steps, "", required=False)

    def _branch(self, field: str, way: Place, name: str) -> None:
        label = forms.CharField(label=gettext("Rama %(name)s") % {"name": name}, max_length=120)
        label.widget.attrs["size"] = 60
        self._ask(f"{field}-label", (*way, "label"), label)
        leads = self._one_of(_("sigue con"), self._steps, self._now((*way, "next")), required=True)
        self._ask(f"{field}-next", (*way, "next"), leads)

    def _branch_list(self) -> list[tuple[int, Raw]]:
        """The branches with their places; what has another shape is left to the text."""
        found = self.raw.get("branches")
        return [(n, one) for n, one in enumerate(found) if isinstance(one, dict)] if isinstance(found, list) else []

    @staticmethod
    def _one_of(label: Any, choices: Choices, now: str, *, required: bool) -> forms.ChoiceField:
        """One of what there is; what the text says now is among them even where there is no such thing."""
        known = {value for value, _words in choices}
        strange = [(now, gettext("%(name)s (no existe)") % {"name": now})] if now and now not in known else []
        none = [] if required and now else [("", "—")]
        return forms.ChoiceField(label=label, choices=[*none, *strange, *choices], required=required)


def title_of(name: str, step: Raw) -> str:
    """`103.4.1 · ¿En qué estado está la orden? (order_state)`, whatever of it there is."""
    words = step.get("title") or step.get("question") or step.get("label") or step.get("say") or ""
    told = " · ".join(filter(None, (str(step.get("ref") or ""), str(words)[:70])))
    return f"{told} ({name})" if told else name


def rows_of(form: StepForm) -> Iterator[dict[str, Any]]:
    """The fields as the page lays them: a branch is one row."""
    together: dict[str, dict[str, Any]] = {}
    for field in form.visible_fields():
        group, dash, part = field.name.rpartition("-")
        if not dash or group == "outcome":
            yield {"fields": [field]}
            continue
        if group not in together:
            together[group] = {"fields": [], "is_branch": True}
        together[group]["fields"].append(field)
    yield from together.values()


def _in_a_row(condition: Any) -> str:
    if not isinstance(condition, dict):
        return str(condition)
    told = {
        path: " | ".join(map(str, value)) if isinstance(value, list) else value for path, value in condition.items()
    }
    return ", ".join(f"{path} = {words}" for path, words in told.items())
