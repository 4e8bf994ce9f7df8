// Marks a passage by selecting it: what is selected in a text with data-passage-from goes, on one line of its
// own, into the nearest box with data-passages; or, instead of what stood there, into the page's one box with
// data-passage. Without a script the passage is typed.
function chosenIn(texts) {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return "";
  const inside = [...texts].some((text) => text.contains(selection.anchorNode) && text.contains(selection.focusNode));
  return inside ? selection.toString().replace(/\s+/g, " ").trim() : "";
}

for (const box of document.querySelectorAll("[data-passages], [data-passage]")) {
  const one = box.hasAttribute("data-passage");
  const around = one ? document : (box.closest("fieldset") ?? box.form);
  const texts = around.querySelectorAll("[data-passage-from]");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary btn-small";
  button.textContent = one ? box.dataset.passage : box.dataset.passages;
  button.disabled = true;
  box.after(button);
  let chosen = "";
  document.addEventListener("selectionchange", () => {
    const found = chosenIn(texts);
    // Going to the button with the keyboard may drop the selection: what was selected last still counts.
    if (found) chosen = found;
    button.disabled = !chosen;
  });
  button.addEventListener("click", () => {
    const lines = one ? [] : box.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (chosen && !lines.includes(chosen)) lines.push(chosen);
    box.value = lines.join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
}
