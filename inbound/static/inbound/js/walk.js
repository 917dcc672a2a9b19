/* A walk: a number is typed as it is said and lands in the search box; a customer chosen from the list fills the form,
   by mouse, digit, or down and Enter from the search box; a long list to choose from is narrowed by words; what was
   typed goes with the call that goes back or ends; the flow's drawing opens at the step where the call is. */
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-customer]");
    if (!chosen) return;
    const field = chosen.dataset.customerField;
    const form = document.getElementById("step-form");
    form.elements[field].value = chosen.dataset.customer;
    form.elements[`${field}_name`].value = chosen.dataset.customerName;
    form.elements[`${field}_service`].value = chosen.dataset.customerService;
    form.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const box = event.target.closest("#customer-search");
    const found = [...document.querySelectorAll("[data-customer]")];
    if (/^\d$/.test(event.key) && !found.length && !event.target.closest("input, textarea, select, dialog")) {
      const search = document.getElementById("customer-search");
      search?.focus(); // and the digit goes where the focus is now, in the place of the number she calls from
      search?.select();
      return;
    }
    const at = found.indexOf(document.activeElement);
    if (!found.length || (!box && at < 0)) return;
    if (event.key === "ArrowDown") (found[at + 1] ?? found[at]).focus();
    else if (event.key === "ArrowUp" && !box) (found[at - 1] ?? document.getElementById("customer-search")).focus();
    else if (event.key === "Enter" && box) {
      const list = found[0].closest("[data-found-for]");
      // what is listed may still be of fewer letters; then Enter only asks at once
      if (list.dataset.foundFor !== box.value.split(/\s+/).filter(Boolean).join(" ")) return;
      found[0].click();
    } else return;
    event.preventDefault();
  });

  const narrowed = (box) => {
    const { plain } = window.screens;
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    const rows = [...box.closest("fieldset").querySelectorAll("[data-searched]")];
    rows.forEach((row) => (row.hidden = !words.every((word) => plain(row.dataset.searched).includes(word))));
    return rows.filter((row) => !row.hidden);
  };

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-narrows]")) return;
    const left = narrowed(event.target).length;
    const told = document.getElementById("narrowed");
    told.textContent = left === 1 ? told.dataset.one : left ? "" : told.dataset.none;
  });

  // Enter in it sends no form: it chooses the only row that is left, or goes down to the first.
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-narrows]") || event.isComposing) return;
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const left = narrowed(event.target);
    if (event.key === "Enter" && left.length === 1) left[0].click();
    else left[0]?.focus();
  });

  // What was typed last may still wait to be kept: it is, before the call goes back from its step or ends.
  document.addEventListener("htmx:confirm", (event) => {
    const form = document.getElementById("step-form");
    if (!form || !event.target.matches("[data-keeps-first]")) return;
    event.preventDefault();
    if (form.dataset.isKept) return; // pressed twice
    form.dataset.isKept = "yes";
    const keeping = form.closest("[hx-post]:not(form)").getAttribute("hx-post");
    fetch(keeping, { method: "POST", body: new FormData(form) })
      .catch(() => null) // nobody is kept in a call by a net that is gone
      .then(() => event.detail.issueRequest(true))
      .finally(() => delete form.dataset.isKept);
  });

  // Who calls, typed and not yet noted, goes along with whatever the call sends next.
  document.addEventListener("htmx:configRequest", (event) => {
    const boxes = ["caller-name", "caller-number"].map((one) => document.getElementById(one));
    if (event.detail.target?.id !== "walk" || event.target.closest("#caller-form, #leave-call")) return;
    if (!boxes.some((box) => box && box.value.trim() && box.value.trim() !== box.dataset.noted)) return;
    event.detail.parameters["noted_name"] = boxes[0].value;
    event.detail.parameters["noted_number"] = boxes[1].value;
  });

  // Who calls, typed and not yet noted, is who is called back by the form that ends the call.
  document.addEventListener("click", (event) => {
    if (!event.target.closest('[data-open="leave-call"]')) return;
    for (const [from, to] of [
      ["caller-name", "leave-name"],
      ["caller-number", "leave-telephone"],
    ]) {
      const typed = document.getElementById(from)?.value.trim();
      if (typed) document.getElementById(to).value = typed;
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const dialog = event.detail.elt.querySelector?.("[data-open-now]");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.querySelector(".is-current")?.scrollIntoView({ block: "center", inline: "center" });
  });
})();
