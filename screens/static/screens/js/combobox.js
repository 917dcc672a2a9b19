/* A box that offers what may be meant while somebody types (data-combobox): an input, the .suggestions that come in
 * beside it with a listbox, and a status for who does not see them.
 *
 * Arrows choose, Enter opens what is chosen or else sends the form, Esc puts the offer away. The focus stays in the input.
 */
(() => {
  "use strict";

  const partsOf = (element) => {
    const box = element.closest?.("[data-combobox]");
    return box && { box, input: box.querySelector("[role=combobox]"), offer: box.querySelector(".suggestions") };
  };
  const optionsOf = (parts) => [...parts.offer.querySelectorAll("[role=option]")];
  const chosenOf = (parts) => parts.offer.querySelector("[aria-selected=true]");

  const choose = (parts, option) => {
    optionsOf(parts).forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (option) {
      parts.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else parts.input.removeAttribute("aria-activedescendant");
  };

  const show = (parts, open) => {
    parts.offer.hidden = !open;
    parts.input.setAttribute("aria-expanded", String(open && optionsOf(parts).length > 0));
    if (!open) choose(parts, null);
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.matches?.("[data-combobox] [role=combobox]")) return;
    const parts = partsOf(event.target);
    const options = parts.offer.hidden ? [] : optionsOf(parts);
    if (event.key === "Escape" && !parts.offer.hidden && parts.offer.childElementCount) {
      show(parts, false);
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && chosenOf(parts)) {
      event.preventDefault();
      window.location.assign(chosenOf(parts).dataset.href);
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (parts.offer.hidden) {
      show(parts, true);
      return;
    }
    if (!options.length) return;
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = options.indexOf(chosenOf(parts));
    const next = at < 0 && step < 0 ? options.length - 1 : at + step;
    choose(parts, options[next] ?? null); // past either end nothing is chosen: Enter sends what was typed
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-combobox] [role=combobox]")) return;
    choose(partsOf(event.target), null); // what is offered is still of fewer letters
  });

  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-combobox] [role=option]")) event.preventDefault(); // the focus stays in the input
  });

  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-combobox] [role=option]");
    if (option) window.location.assign(option.dataset.href);
  });

  document.addEventListener("focusout", (event) => {
    const parts = partsOf(event.target);
    if (parts && !parts.box.contains(event.relatedTarget)) show(parts, false);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.target.matches?.("[data-combobox] .suggestions")) return;
    const parts = partsOf(event.detail.target);
    show(parts, parts.box.contains(document.activeElement));
    parts.box.querySelector("[role=status]").textContent =
      parts.offer.querySelector("[data-said]")?.textContent.trim().replace(/\s+/g, " ") ?? "";
  });
})();
