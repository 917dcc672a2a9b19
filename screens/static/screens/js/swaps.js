/* Toasts, and what htmx swaps in: focus, refused forms, trouble.
 *
 * data-focus          takes the focus when a swap brings it in
 * data-live           a region that refreshes by itself: its swaps never move the focus
 */
(() => {
  "use strict";
  const TOAST_STAYS = 8000; // ms; errors stay until closed
  const { words, typing } = window.screens;

  const leave = (toast, stays = TOAST_STAYS) => {
    if (toast.matches(".error, .bad, .warning, .warn")) return;
    let left = setTimeout(() => toast.remove(), stays);
    toast.addEventListener("pointerenter", () => clearTimeout(left));
    toast.addEventListener("focusin", () => clearTimeout(left));
    toast.addEventListener("pointerleave", () => {
      left = setTimeout(() => toast.remove(), stays);
    });
  };

  /* What may still be done about what was just said, by a button with its key. */
  const offer = (toast, { words: told, key, run }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button plain small";
    button.dataset.key = key;
    button.append(`${told} `, Object.assign(document.createElement("kbd"), { className: "key", textContent: key, ariaHidden: "true" }));
    button.addEventListener("click", () => {
      toast.remove();
      run();
    });
    toast.querySelector("p").after(button);
  };

  const say = (text, kind = "info", { action, stays } = {}) => {
    const place = document.getElementById("toasts");
    const pattern = document.getElementById("toast-pattern");
    if (!place || !pattern || !text) return;
    const toast = pattern.content.firstElementChild.cloneNode(true);
    toast.classList.add(kind);
    toast.querySelector("p").textContent = text;
    if (action) offer(toast, action);
    place.append(toast);
    leave(toast, stays);
  };

  document.querySelectorAll(".toast").forEach((toast) => leave(toast));
  document.addEventListener("toast", ({ detail }) => say(detail.text ?? detail.value, detail.kind, detail));

  /* A click anywhere on a notice takes it away from what it covers; not while its words are being marked, nor from a
   * verb that it offers. */
  document.addEventListener("click", (event) => {
    const toast = event.target.closest(".toast");
    if (!toast) return;
    const isRead = toast.querySelector("button:not(.close)") || !window.getSelection().isCollapsed;
    if (event.target.closest(".close") || !isRead) toast.remove();
  });

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
    target.querySelectorAll?.(".toast").forEach((toast) => leave(toast));
    if (asker?.matches("[data-live]") || target.closest?.("[data-live]")) return;
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

  /* A page of the release before goes on; whoever has it open is told once that there is another. */
  let isTold = false;
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const works = detail.xhr?.getResponseHeader?.("X-Release");
    if (!works || isTold || works === document.body.dataset.release) return;
    isTold = true;
    const action = { words: words.reload, key: "F5", run: () => location.reload() };
    say(words.released, "info", { action, stays: 12 * 3600 * 1000 });
  });

  /* What a refusal of ours says of itself (errors/_error.html); whatever stands between us and the server says nothing. */
  const told = (xhr) => {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    return page.querySelector("body > [role=alert]")?.textContent;
  };

  const trouble = (event) => {
    const xhr = event.detail.xhr;
    const reference = xhr?.getResponseHeader?.("X-Request-ID");
    const live = event.detail.elt?.closest?.("[data-live]");
    if (live) {
      live.dataset.stopped = "yes";
      return; // a figure that did not refresh keeps its age beside it: no shouting every ten seconds
    }
    const text = xhr?.status ? told(xhr) || words.failed : words.offline;
    for (const toast of document.querySelectorAll("#toasts .error")) {
      if (toast.querySelector("p").textContent.startsWith(text)) toast.remove(); // the same once more takes its place
    }
    say(reference ? `${text} ${words.reference} ${reference}` : text, "error");
  };
  document.addEventListener("htmx:responseError", trouble);
  document.addEventListener("htmx:sendError", trouble);
  document.addEventListener("htmx:timeout", trouble);
})();
