/* Naming a colleague in a note: what follows an @ is completed from the list of who works cards. */
(() => {
  "use strict";
  const box = document.createElement("ul");
  box.id = "mention-choices";
  box.className = "mention-choices";
  box.setAttribute("role", "listbox");
  let field = null; // whose choices are shown
  let at = 0; // the choice that Enter takes

  const people = () => JSON.parse(document.getElementById("colleagues")?.textContent || "[]");
  const typed = (area) => /(?:^|[^\w.@+-])@([\w.@+-]*)$/.exec(area.value.slice(0, area.selectionStart))?.[1];
  const { plain } = window.screens;

  const hide = () => {
    box.remove();
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
    field = null;
  };

  const mark = (number) => {
    at = (number + box.children.length) % box.children.length;
    [...box.children].forEach((choice, n) => choice.setAttribute("aria-selected", String(n === at)));
    field.setAttribute("aria-activedescendant", box.children[at].id);
  };

  const take = (area, username) => {
    const end = area.selectionStart;
    const begin = area.value.lastIndexOf("@", end - 1);
    area.setRangeText(`@${username} `, begin, end, "end");
    hide();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };

  const show = (area) => {
    const word = typed(area);
    const found = word === undefined ? [] : people().filter(([username, name]) => plain(`${username} ${name}`).includes(plain(word))).slice(0, 6);
    if (!found.length || (found.length === 1 && found[0][0] === word)) return hide();
    field = area;
    box.replaceChildren(
      ...found.map(([username, name], n) => {
        const choice = document.createElement("li");
        choice.id = `mention-${n}`;
        choice.setAttribute("role", "option");
        choice.dataset.username = username;
        choice.textContent = name === username ? `@${username}` : `@${username} · ${name}`;
        return choice;
      }),
    );
    area.after(box);
    area.setAttribute("aria-controls", box.id);
    mark(0);
  };

  const isNote = (target) => target.matches?.("textarea[data-mentions]");
  document.addEventListener("input", (event) => isNote(event.target) && show(event.target));
  document.addEventListener("focusout", (event) => event.target === field && hide());
  document.addEventListener("mousedown", (event) => {
    const choice = event.target.closest?.("#mention-choices li");
    if (!choice) return;
    event.preventDefault(); // the field keeps the cursor
    take(field, choice.dataset.username);
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (!field || event.target !== field) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) mark(at + step);
      else if (event.key === "Enter" || event.key === "Tab") take(field, box.children[at].dataset.username);
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
      event.stopPropagation(); // Esc would close the card, Enter would send the note
    },
    true,
  );
})();
