/* What is typed on a card over the board and not sent is still there when the card is opened again: Esc, a move or a
 * look at another card loses nothing. It lives as long as the page: a card holds personal data, and a browser is shared.
 */
(() => {
  "use strict";
  const frame = document.getElementById("card-frame");
  if (!frame) return;
  const kept = new Map(); // by the address of a form and the name of a field

  const keyOf = (field) => `${field.form.getAttribute("action")} ${field.name}`;
  const isTyped = (field) => field.matches?.("textarea, input:not([type]), input[type=text], input[type=search]") && field.form && field.name;

  frame.addEventListener("input", (event) => {
    if (!isTyped(event.target)) return;
    if (event.target.value === event.target.defaultValue) kept.delete(keyOf(event.target));
    else kept.set(keyOf(event.target), event.target.value);
  });

  /* What was sent is no draft any more, and what was refused comes back in the form by itself. */
  frame.addEventListener("htmx:beforeRequest", (event) => {
    [...(event.detail.elt.elements ?? [])].filter(isTyped).forEach((field) => kept.delete(keyOf(field)));
  });

  const bringBack = () => {
    [...frame.querySelectorAll("textarea, input")].filter(isTyped).forEach((field) => {
      const draft = kept.get(keyOf(field));
      if (draft === undefined || field.value !== field.defaultValue) return;
      field.value = draft;
      const verb = field.closest("details.verb");
      if (verb && !frame.querySelector("details.verb[open]")) verb.open = true;
    });
  };
  new MutationObserver((changes) => {
    if (changes.some((change) => change.addedNodes.length)) bringBack();
  }).observe(frame, { childList: true, subtree: true });
})();
