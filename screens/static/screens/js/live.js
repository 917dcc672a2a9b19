/* A region that refreshes by itself ([data-live]) looks after a swap as it did before it: what was unfolded stays
 * unfolded, the focus stays where it was, tables stay scrolled. Only the figures change.
 */
(() => {
  "use strict";
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  const kept = new WeakMap();

  const region = (event) => {
    const target = event.detail.target ?? event.target;
    return target instanceof HTMLElement && target.matches("[data-live]") ? target : null;
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const live = region(event);
    if (!live) return;
    const focusables = [...live.querySelectorAll(FOCUSABLE)];
    kept.set(live, {
      open: [...live.querySelectorAll("details")].map((details) => details.open),
      focus: focusables.indexOf(document.activeElement),
      scrolled: [...live.querySelectorAll(".table-frame")].map((frame) => [frame.scrollLeft, frame.scrollTop]),
    });
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const live = region(event);
    const before = live && kept.get(live);
    if (!before) return;
    [...live.querySelectorAll("details")].forEach((details, place) => {
      details.open = before.open[place] ?? details.open;
    });
    [...live.querySelectorAll(".table-frame")].forEach((frame, place) => {
      [frame.scrollLeft, frame.scrollTop] = before.scrolled[place] ?? [0, 0];
    });
    if (before.focus >= 0) live.querySelectorAll(FOCUSABLE)[before.focus]?.focus({ preventScroll: true });
  });
})();
