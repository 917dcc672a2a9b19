/* Clocks that count on by themselves: `0:47`, `12:05`, `1:02:03`. [data-counts]: the seconds that had passed when the piece
 * came. [data-began]: the moment it began, for pieces that are only drawn anew when they say something else; it is told
 * from the centre's time, [data-now] of the page.
 */
(() => {
  "use strict";
  const began = new WeakMap();
  const two = (number) => String(number).padStart(2, "0");
  const told = document.querySelector("[data-now]")?.dataset.now;
  const ahead = told ? Date.now() - Date.parse(told) : 0; // ms: this machine's clock need not be right
  const passed = (clock) => {
    if ("began" in clock.dataset) return (Date.now() - ahead - Date.parse(clock.dataset.began)) / 1000;
    if (!began.has(clock)) began.set(clock, performance.now() - Number(clock.dataset.counts) * 1000);
    return (performance.now() - began.get(clock)) / 1000;
  };
  const tick = () =>
    document.querySelectorAll("[data-counts], [data-began]").forEach((clock) => {
      const seconds = Math.max(0, Math.floor(passed(clock)));
      const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
      const text = `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
      if (clock.textContent !== text) clock.textContent = text;
    });
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", tick);
  window.screens.tick = tick;
  tick();
})();
