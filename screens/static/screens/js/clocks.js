/* [data-since]: how long ago a moment was, counted on by the page: `0:47`, `12:05`, `1:02:03`. */
(() => {
  "use strict";
  const two = (number) => String(number).padStart(2, "0");
  const tick = () =>
    document.querySelectorAll("[data-since]").forEach((one) => {
      const seconds = Math.max(0, Math.round((Date.now() - Date.parse(one.dataset.since)) / 1000));
      const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
      const text = `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
      if (one.textContent !== text) one.textContent = text;
    });
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", tick);
  window.screens.tick = tick;
  tick();
})();
