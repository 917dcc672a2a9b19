/* A region that refreshes by itself ([data-live]) or is drawn after the page ([data-drawn-later]) looks after a swap as
 * it did before it: what was unfolded stays unfolded, the focus stays where it was, tables stay scrolled. Only the
 * figures change.
 */
(() => {
  "use strict";
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  const kept = new WeakMap(); // by request
  const alike = (region, kind) => [...region.querySelectorAll(FOCUSABLE)].filter((one) => one.tagName === kind);

  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target ?? event.target;
    if (!(target instanceof HTMLElement) || !target.matches("[data-live], [data-drawn-later]")) return;
    const focused = target.contains(document.activeElement) ? document.activeElement : null;
    kept.set(event.detail.xhr, {
      region: target,
      parent: target.parentElement,
      place: [...target.parentElement.children].indexOf(target),
      open: [...target.querySelectorAll("details")].map((details) => details.open),
      kind: focused?.tagName, // a drawing that comes may bring links: the second heading stays the second heading
      focus: focused && alike(target, focused.tagName).indexOf(focused),
      scrolled: [...target.querySelectorAll(".table-frame")].map((frame) => [frame.scrollLeft, frame.scrollTop]),
    });
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const before = kept.get(event.detail.xhr);
    if (!before) return;
    // a region may bring another in its place
    const region = before.region.isConnected ? before.region : before.parent.children[before.place];
    if (!region) return;
    [...region.querySelectorAll("details")].forEach((details, place) => {
      details.open = before.open[place] ?? details.open;
    });
    [...region.querySelectorAll(".table-frame")].forEach((frame, place) => {
      [frame.scrollLeft, frame.scrollTop] = before.scrolled[place] ?? [0, 0];
    });
    if (before.kind) alike(region, before.kind)[before.focus]?.focus({ preventScroll: true });
  });
})();
