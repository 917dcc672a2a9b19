/* What is typed on a card and not sent is still there when the card is opened again: Esc, a move, a look at another card
 * or a reload loses nothing. A card holds personal data, and a browser is shared: it lives in this tab alone, for who
 * typed it (`data-whose` of this script), and is forgotten as she signs out.
 */
(() => {
  "use strict";
  const frame = document.getElementById("card-frame") ?? document.getElementById("content");
  const NAME = "card-drafts";
  const MOST = 20000; // letters of all of them; what was typed first goes first
  const whose = document.currentScript.dataset.whose;

  const read = () => {
    const found = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
    return new Map(found?.whose === whose ? found.typed : []); // by the address of a form and the name of a field
  };
  const kept = read();
  const keep = () => {
    const typed = [...kept];
    while (JSON.stringify(typed).length > MOST) typed.shift();
    if (typed.length) sessionStorage.setItem(NAME, JSON.stringify({ whose, typed }));
    else sessionStorage.removeItem(NAME);
  };
  keep(); // what somebody else left is gone

  const keyOf = (field) => `${field.form.getAttribute("action")} ${field.name}`;
  const isTyped = (field) =>
    field.matches?.("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [type=submit])") &&
    field.closest("#card") &&
    field.form &&
    field.name;

  frame.addEventListener("input", (event) => {
    if (!isTyped(event.target)) return;
    const { form, value, defaultValue } = event.target;
    kept.delete(keyOf(event.target));
    if (value !== defaultValue || form.querySelector(".error, .errorlist")) kept.set(keyOf(event.target), value);
    keep();
  });

  /* What was taken is no draft any more; what was refused, or was not heard of, still is. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400) return;
    [...(event.detail.requestConfig.elt.elements ?? [])].filter(isTyped).forEach((field) => kept.delete(keyOf(field)));
    keep();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-signs-out]")) sessionStorage.removeItem(NAME);
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
  bringBack();
  new MutationObserver((changes) => {
    if (changes.some((change) => change.addedNodes.length)) bringBack();
  }).observe(frame, { childList: true, subtree: true });
})();
