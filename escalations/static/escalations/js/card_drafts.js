/* What is typed on a card and not sent is still there when the card is opened again: Esc, a move, a look at another card
 * or a reload loses nothing. A card holds personal data, and a browser is shared: it lives in this tab alone, for who
 * typed it (`data-whose` of this script), and is forgotten as she signs out.
 */
(() => {
  "use strict";
  const frame = document.getElementById("card-frame") ?? document.getElementById("content");
  const NAME = "card-drafts";
  const MOST = 1000000; // letters of all of them, hundreds of whole drafts; a tab keeps five times as many
  const { whose, beforeWords } = document.currentScript.dataset;

  const read = () => {
    const found = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
    // by the address of a form and the name of a field: what is typed, and what stood there before
    return new Map(found?.whose === whose ? found.typed : []);
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
    if (value !== defaultValue || form.querySelector(".error, .errorlist")) kept.set(keyOf(event.target), [value, defaultValue]);
    keep();
  });

  /* What was taken is no draft any more; what was refused, was not heard of, or was typed meanwhile, still is. */
  const sent = new Map();
  const typedIn = (form) => [...(form.elements ?? [])].filter(isTyped);
  document.addEventListener("htmx:beforeRequest", (event) => {
    typedIn(event.detail.elt).forEach((field) => sent.set(keyOf(field), field.value));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400) return;
    typedIn(event.detail.requestConfig.elt).forEach((field) => {
      if (kept.get(keyOf(field))?.[0] === sent.get(keyOf(field))) kept.delete(keyOf(field));
    });
    keep();
  });

  /* A letter that was drafted anew meanwhile stands as it is, and what was typed into the one before it beside it. */
  const showBeside = (field, draft) => {
    if (field.parentElement.querySelector(".draft-before")) return;
    const beside = document.createElement("details");
    beside.className = "draft-before";
    const words = document.createElement("summary");
    words.textContent = beforeWords;
    const text = document.createElement("p");
    text.className = "letter-text";
    text.textContent = draft;
    beside.append(words, text);
    field.after(beside);
  };

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-signs-out]")) sessionStorage.removeItem(NAME);
  });

  const bringBack = () => {
    [...frame.querySelectorAll("textarea, input")].filter(isTyped).forEach((field) => {
      const [draft, before] = kept.get(keyOf(field)) ?? [];
      if (draft === undefined || field.value !== field.defaultValue || draft === field.defaultValue) return;
      if (before !== field.defaultValue) {
        showBeside(field, draft);
        return;
      }
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
