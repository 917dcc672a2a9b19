/* Dialogs, menus, questions before what cannot be undone, and forms that are sent once. Read before the page is: a
 * button that needs a question never stands there without one.
 *
 * data-confirm="…"    asks in a dialog first; data-confirm-verb="…" names the button that goes on
 * data-open="id"      opens the dialog with that id; data-close closes the dialog around it
 * data-again          a form that may be sent twice
 * data-submit-on-change, data-select-all="name", data-picked="name" (how many boxes are ticked), data-enter
 */
(() => {
  "use strict";
  const SENT_STAYS = 8000; // ms in which a form that was sent is not sent again

  const ask = (text, verb, danger) =>
    new Promise((settle) => {
      const dialog = document.getElementById("confirm");
      dialog.querySelector(".question").textContent = text;
      const go = dialog.querySelector("[value=yes]");
      go.textContent = verb || window.screens.words.confirmWords;
      go.className = danger ? "button danger" : "button primary";
      dialog.returnValue = "";
      dialog.addEventListener("close", () => settle(dialog.returnValue === "yes"), { once: true });
      dialog.showModal();
    });

  document.addEventListener(
    "click",
    (event) => {
      const opener = event.target.closest("[data-open]");
      if (opener) {
        event.preventDefault();
        document.getElementById(opener.dataset.open)?.showModal();
        return;
      }
      if (event.target.closest("[data-close]")) {
        event.preventDefault();
        event.target.closest("dialog")?.close();
        return;
      }
      document.querySelectorAll("details.menu[open]").forEach((menu) => {
        if (!menu.contains(event.target)) menu.open = false;
      });
      const asked = event.target.closest("[data-confirm]");
      if (!asked || asked.matches("form") || asked.dataset.confirmed) return;
      if (asked.matches(":disabled, [aria-disabled=true]")) return;
      event.preventDefault();
      event.stopPropagation();
      ask(asked.dataset.confirm, asked.dataset.confirmVerb, asked.matches(".danger")).then((yes) => {
        if (!yes) return;
        asked.dataset.confirmed = "yes";
        asked.click();
        delete asked.dataset.confirmed;
      });
    },
    true,
  );

  document.addEventListener("click", (event) => {
    if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
  });

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.dataset.confirm || form.dataset.confirmed) return;
      event.preventDefault();
      event.stopPropagation();
      const submitter = event.submitter;
      const danger = submitter?.matches(".danger") ?? false;
      ask(form.dataset.confirm, form.dataset.confirmVerb || submitter?.textContent.trim(), danger).then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "yes";
        form.requestSubmit(submitter);
        delete form.dataset.confirmed;
      });
    },
    true,
  );

  /* A form that was sent is not sent again by a second click. */
  const release = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.hasAttribute("data-again")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), SENT_STAYS); // an answer that is a download, or none at all, leaves the page here
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  const count = () => {
    document.querySelectorAll("[data-picked]").forEach((figure) => {
      figure.textContent = document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(figure.dataset.picked)}"]:checked`).length;
    });
  };
  window.addEventListener("pageshow", count); // what a browser brings back ticked, too
  document.addEventListener("change", count);
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
    const all = event.target.closest("[data-select-all]");
    if (all) {
      document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.selectAll)}"]`).forEach((box) => {
        box.checked = all.checked;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  });

  /* Of several verbs in one form Enter presses the one whose field has the focus. In a note it sends what was written;
   * Shift+Enter is a new line. */
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const isNote = target.matches("textarea[data-enter-sends]") && !event.shiftKey;
    if (event.key !== "Enter" || event.isComposing || !(isNote || target.matches("input, select"))) return;
    const button = target.closest("[data-enter]")?.querySelector("button");
    if (!button && !isNote) return;
    event.preventDefault();
    if (event.repeat) return; // held down: what it does is done once
    if (button) button.click();
    else target.form.requestSubmit();
  });

  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    const element = event.detail.elt;
    ask(event.detail.question, element.dataset.confirmVerb, element.matches(".danger")).then((yes) => {
      if (yes) event.detail.issueRequest(true);
    });
  });
})();
