/* Toasts, and what htmx swaps in: focus, refused forms, trouble.
 *
 * data-focus          takes the focus when a swap brings it in
 * data-live           a region that refreshes by itself: its swaps never move the focus
 */
(() => {
  "use strict";
  const TOAST_STAYS = 8000; // ms; errors stay until closed
  const { words, typing } = window.screens;

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

  document.addEventListener("click", (event) => event.target.closest(".toast .close")?.closest(".toast").remove());

  /* -- htmx ----------------------------------------------------------------------------------------------------- */

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
