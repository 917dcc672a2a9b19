/* A walk: a customer chosen from the list fills the form; the flow's drawing opens as soon as it comes. */
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-customer]");
    if (!chosen) return;
    const field = chosen.dataset.customerField;
    const form = document.getElementById("step-form");
    form.elements[field].value = chosen.dataset.customer;
    form.elements[`${field}_name`].value = chosen.dataset.customerName;
    form.requestSubmit();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const dialog = event.detail.elt.querySelector?.("[data-open-now]");
    if (dialog && !dialog.open) dialog.showModal();
  });
})();
