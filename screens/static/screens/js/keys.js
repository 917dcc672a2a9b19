/* The keys of a page, and the help that tells them.
 *
 * data-key="1"        pressing 1 clicks (or focuses) the element; "Enter" is the page's main verb
 * data-key-label="…"  what the help says instead of the element's own text
 * data-go="m"         g, then m, follows the link
 * data-search         what / focuses
 * data-help           opens the help
 */
(() => {
  "use strict";
  const GO_WAITS = 1500; // ms between g and its letter
  const { words, openDialog, typing } = window.screens;
  let goUntil = 0;

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
    // what unfolds is typed into: letters that went on to the page would be verbs
    const unfolded = element.matches("summary") && element.parentElement.open && element.parentElement;
    if (unfolded) unfolded.querySelector("input:not([type=hidden]), select, textarea")?.focus();
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
    if (!dialog || dialog.open) return;
    const over = openDialog();
    const list = dialog.querySelector(".keys");
    list.replaceChildren();
    const done = new Set();
    scope().querySelectorAll("[data-key]").forEach((element) => {
      if (!seen(element) || done.has(element.dataset.key)) return;
      done.add(element.dataset.key);
      line(list, [shown(element.dataset.key)], nameOf(element));
    });
    if (!over) {
      if (document.querySelector("[data-search]")) line(list, ["/"], words.searchWords);
      document.querySelectorAll("[data-go]").forEach((element) => line(list, ["g", element.dataset.go], nameOf(element)));
    }
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
        event.preventDefault(); // a search box would empty itself, and what was found with it
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
      if (event.repeat) {
        event.preventDefault(); // held down: what it does is done once
        return;
      }
      const verb = ofKey("Enter");
      // where the page put the focus she did not choose it: a verb that came before it (a call that rings) is meant
      const chosen = !active?.matches("[data-focus]") || !verb || verb === active;
      if (chosen && active && active !== document.body && active.matches("a, button, summary, input, [role=button]")) return;
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
    }
    if (event.key === "?") {
      event.preventDefault();
      showHelp();
      return;
    }
    if (event.key.length !== 1 || event.repeat) return;
    const element = ofKey(event.key);
    if (element) {
      event.preventDefault();
      press(element);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) showHelp();
  });
})();
