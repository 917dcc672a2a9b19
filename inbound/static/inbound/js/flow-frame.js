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
