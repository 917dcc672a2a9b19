/* What the scripts of a page share; the first of them, read before the page is. No framework; works under a CSP without
   unsafe-*. */
(() => {
  "use strict";
  window.screens = {
    get words() {
      return document.getElementById("screen-words")?.dataset ?? {};
    },
    plain: (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(), // to compare what is typed with
    openDialog: () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? null, // the one on top
    typing: (element) =>
      element instanceof HTMLElement &&
      (element.isContentEditable ||
        element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])")),
  };
})();
