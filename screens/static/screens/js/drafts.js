/* What was typed a moment ago in a form that keeps a draft still waits to be sent: when the page is left, it goes along.
   `beforeunload` comes before the next page is asked for, which then shows it; a telephone tells only `pagehide`. */
(() => {
  "use strict";

  let typedIn = null;
  document.addEventListener("input", (event) => {
    typedIn = event.target.closest(".keeps-draft form") ?? typedIn;
  });

  function sendAlong() {
    if (!typedIn?.isConnected) return; // answered meanwhile, or nothing was typed
    navigator.sendBeacon(typedIn.closest(".keeps-draft").getAttribute("hx-post"), new FormData(typedIn));
    typedIn = null;
  }
  window.addEventListener("beforeunload", sendAlong);
  window.addEventListener("pagehide", sendAlong);
})();
