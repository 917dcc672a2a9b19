/* Keys, focus, toasts and confirmations of every page. No framework; works under a CSP without unsafe-*.
 *
 * data-key="1"        pressing 1 clicks (or focuses) the element; "Enter" is the page's main verb
 * data-key-label="…"  what the help says instead of the element's own text
 * data-go="m"         g, then m, follows the link
 * data-search         what / focuses
 * data-confirm="…"    asks in a dialog first; data-confirm-verb="…" names the button that goes on
 * data-focus          takes the focus when a swap brings it in
 * data-live           a region that refreshes by itself: its swaps never move the focus
 * data-open="id"      opens the dialog with that id; data-close closes the dialog around it
 */
(() => {
  "use strict";
  const GO_WAITS = 1500; // ms between g and its letter
  const SENT_STAYS = 8000; // ms in which a form that was sent is not sent again
  const TOAST_STAYS = 8000; // ms; errors stay until closed
  const words = document.getElementById("screen-words")?.dataset ?? {};
  let goUntil = 0;

  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable ||
      element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));

  const openDialog = () => document.querySelector("dialog[open]");
  const seen = (element) => element.getClientRects().length > 0 && !element.closest("[inert]");
  const usable = (element) =>
    seen(element) && !element.disabled && element.getAttribute("aria-disabled") !== "true";

  const scope = () => openDialog() ?? document;

  const ofKey = (key) =>
    [...scope().querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key.toLowerCase() === key.toLowerCase() && usable(element),
    );

  const press = (element) => {
    if (typing(element)) {
      element.focus();
      if (element.select && element.type !== "date" && element.type !== "time") element.select();
      return;
    }
    if (!element.matches("a, button, input, summary, label")) element.focus();
    element.click();
  };

  /* -- Help: the keys this page has now ------------------------------------------------------------------------- */

  const nameOf = (element) => {
    if (element.dataset.keyLabel) return element.dataset.keyLabel;
    if (element.getAttribute("aria-label")) return element.getAttribute("aria-label");
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".key, svg, .heard, .count").forEach((part) => part.remove());
    const text = copy.textContent.trim().replace(/\s+/g, " ");
    if (text) return text;
    return element.labels?.[0]?.textContent.trim() ?? element.name ?? "";
  };

  const line = (list, keys, text) => {
    const term = document.createElement("dt");
    keys.forEach((key) => {
      const hint = document.createElement("kbd");
      hint.className = "key";
      hint.textContent = key;
      term.append(hint, " ");
    });
    const what = document.createElement("dd");
    what.textContent = text;
    list.append(term, what);
  };

  const shown = (key) => ({ Enter: "⏎", Escape: "Esc" })[key] ?? key;

  const showHelp = () => {
    const dialog = document.getElementById("key-help");
    if (!dialog) return;
    const list = dialog.querySelector(".keys");
    list.replaceChildren();
    const done = new Set();
    document.querySelectorAll("[data-key]").forEach((element) => {
      if (!seen(element) || done.has(element.dataset.key)) return;
      done.add(element.dataset.key);
      line(list, [shown(element.dataset.key)], nameOf(element));
    });
    if (document.querySelector("[data-search]")) line(list, ["/"], words.searchWords);
    document.querySelectorAll("[data-go]").forEach((element) => line(list, ["g", element.dataset.go], nameOf(element)));
    line(list, ["?"], words.helpWords);
    line(list, ["Esc"], words.closeWords);
    dialog.showModal();
  };

  /* -- Keys ----------------------------------------------------------------------------------------------------- */

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const active = document.activeElement;
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
        return;
      }
      if (openDialog()) return; // the browser closes it
      if (typing(active)) {
        active.blur();
        return;
      }
      const toast = document.querySelector(".toast .close");
      const verb = ofKey("Escape");
      if (verb) press(verb);
      else if (toast) toast.click();
      return;
    }
    if (typing(active)) return;
    if (event.key === "Enter") {
      if (active && active !== document.body && active.matches("a, button, summary, input, [role=button]")) return;
      const verb = ofKey("Enter");
      if (verb) {
        event.preventDefault();
        press(verb);
      }
      return;
    }
    if (!openDialog()) {
      if (Date.now() < goUntil) {
        goUntil = 0;
        const link = document.querySelector(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`);
        if (link) {
          event.preventDefault();
          link.click();
          return;
        }
      }
      if (event.key === "g" && document.querySelector("[data-go]")) {
        goUntil = Date.now() + GO_WAITS;
        return;
      }
      if (event.key === "/") {
        const search = document.querySelector("[data-search]");
        if (search) {
          event.preventDefault();
          search.focus();
          search.select?.();
        }
        return;
      }
      if (event.key === "?") {
        event.preventDefault();
        showHelp();
        return;
      }
    }
    if (event.key.length !== 1 || event.repeat) return;
    const element = ofKey(event.key);
    if (element) {
      event.preventDefault();
      press(element);
    }
  });

  /* -- Dialogs and menus ---------------------------------------------------------------------------------------- */

  const ask = (text, verb, danger) =>
    new Promise((settle) => {
      const dialog = document.getElementById("confirm");
      dialog.querySelector(".question").textContent = text;
      const go = dialog.querySelector("[value=yes]");
      go.textContent = verb || words.confirmWords;
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
      if (event.target.closest("[data-help]")) {
        showHelp();
        return;
      }
      const closer = event.target.closest(".toast .close");
      if (closer) {
        closer.closest(".toast").remove();
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

  /* -- Toasts --------------------------------------------------------------------------------------------------- */

  const leave = (toast) => {
    if (toast.matches(".error, .bad, .warning, .warn")) return;
    let left = setTimeout(() => toast.remove(), TOAST_STAYS);
    toast.addEventListener("pointerenter", () => clearTimeout(left));
    toast.addEventListener("focusin", () => clearTimeout(left));
    toast.addEventListener("pointerleave", () => {
      left = setTimeout(() => toast.remove(), TOAST_STAYS);
    });
  };

  const say = (text, kind = "info") => {
    const place = document.getElementById("toasts");
    const pattern = document.getElementById("toast-pattern");
    if (!place || !pattern || !text) return;
    const toast = pattern.content.firstElementChild.cloneNode(true);
    toast.classList.add(kind);
    toast.querySelector("p").textContent = text;
    place.append(toast);
    leave(toast);
  };

  document.querySelectorAll(".toast").forEach(leave);
  document.addEventListener("toast", (event) => say(event.detail.text ?? event.detail.value, event.detail.kind));

  /* -- htmx ----------------------------------------------------------------------------------------------------- */

  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    const element = event.detail.elt;
    ask(event.detail.question, element.dataset.confirmVerb, element.matches(".danger")).then((yes) => {
      if (yes) event.detail.issueRequest(true);
    });
  });

  let before = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    before = document.activeElement;
    // a refused form (409, 422) comes back with its errors: show it in its place
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt;
    const asker = event.detail.requestConfig?.elt;
    target.querySelectorAll?.(".toast").forEach(leave);
    if (asker?.closest("[data-live]") || target.closest?.("[data-live]")) return;
    const lost = !document.activeElement || document.activeElement === document.body;
    if (!lost && typing(document.activeElement) && !target.contains(document.activeElement)) return;
    const wanted = target.matches?.("[data-focus]") ? target : target.querySelector?.("[data-focus], [aria-invalid=true]");
    if (wanted) {
      if (!wanted.matches("a, button, input, select, textarea, summary, [tabindex]")) wanted.tabIndex = -1;
      wanted.focus({ preventScroll: false });
    } else if (lost && before && before !== document.body && target instanceof HTMLElement) {
      if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
  });

  const trouble = (event) => {
    const xhr = event.detail.xhr;
    const reference = xhr?.getResponseHeader?.("X-Request-ID");
    const live = event.detail.elt?.closest?.("[data-live]");
    if (live) {
      live.dataset.stopped = "yes";
      return; // a figure that did not refresh keeps its age beside it: no shouting every ten seconds
    }
    const text = xhr?.status ? words.failed : words.offline;
    say(reference ? `${text} ${words.reference} ${reference}` : text, "error");
  };
  document.addEventListener("htmx:responseError", trouble);
  document.addEventListener("htmx:sendError", trouble);
  document.addEventListener("htmx:timeout", trouble);
})();
