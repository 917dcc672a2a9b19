// A drawing larger than its frame begins at the step that is looked at, or else at the first.
for (const frame of document.querySelectorAll(".flow-frame")) {
  const here = frame.querySelector(".is-current") ?? frame.querySelector(".flow-step");
  if (!here) continue;
  const [box, around] = [here.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollLeft += box.x + box.width / 2 - around.x - around.width / 2;
  frame.scrollTop += box.y + box.height / 2 - around.y - around.height / 2;
}

// And so does the list of steps.
const chosen = document.querySelector(".flow-steps [aria-current]");
if (chosen) chosen.closest(".flow-steps").scrollTop = chosen.offsetTop - 100;

// Words that were typed and not saved are not left without a question, which is the browser's own.
const form = document.querySelector(".flow-form");
if (form) {
  const now = () => new URLSearchParams(new FormData(form)).toString();
  const before = form.querySelector(".errorlist, .errornote") ? "" : now();
  let leaves = false;
  form.addEventListener("submit", () => {
    leaves = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaves && now() !== before) event.preventDefault();
  });
}
