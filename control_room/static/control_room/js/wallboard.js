/* A wallboard that is not answered any more says so, and since when: what it shows is of then. */
(() => {
  "use strict";
  const PATIENCE = 5000; // ms without an answer
  const note = document.getElementById("cut-off");
  let heard = Date.now();
  const two = (number) => String(number).padStart(2, "0");
  const look = () => {
    const isCutOff = Date.now() - heard > PATIENCE;
    document.body.classList.toggle("is-cut-off", isCutOff);
    note.hidden = !isCutOff;
    if (!isCutOff) return;
    const since = new Date(heard);
    const words = `${note.dataset.words} ${two(since.getHours())}:${two(since.getMinutes())}:${two(since.getSeconds())}`;
    if (note.textContent !== words) note.textContent = words;
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr?.status ?? 0;
    if (event.detail.successful || status === 204) heard = Date.now();
    if (status === 404) location.reload(); // the link was replaced or switched off: the page says so itself
    look();
  });
  setInterval(look, 1000);
})();
