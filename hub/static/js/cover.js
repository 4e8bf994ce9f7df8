// Draws what is to be covered over a picture: by mouse or finger, and by keyboard. The numbers in the table are
// what is sent; without a script they are typed.
const SIDES = ["left", "top", "width", "height"];
const STEP = 1;

function rowsOf(form) {
  return [...form.querySelectorAll(".cover-boxes tbody tr")];
}

function inputsOf(row) {
  return SIDES.map((side) => row.querySelector(`[name=${side}]`));
}

function numbersOf(row) {
  return inputsOf(row).map((input) => Number(input.value));
}

function isEmpty(row) {
  return inputsOf(row).every((input) => input.value === "");
}

function write(row, numbers) {
  const [left, top] = [Math.min(99, Math.max(0, numbers[0])), Math.min(99, Math.max(0, numbers[1]))];
  const fitted = [left, top, Math.min(100 - left, Math.max(1, numbers[2])), Math.min(100 - top, Math.max(1, numbers[3]))];
  inputsOf(row).forEach((input, index) => (input.value = String(Math.round(fitted[index] * 100) / 100)));
}

for (const stage of document.querySelectorAll("[data-cover]")) {
  const form = stage.closest("form");

  const emptyRow = () => {
    const last = rowsOf(form).at(-1);
    if (isEmpty(last)) return last;
    const row = last.cloneNode(true);
    inputsOf(row).forEach((input) => (input.value = ""));
    row.querySelector("th").textContent = String(rowsOf(form).length + 1);
    last.after(row);
    return row;
  };

  const draw = () => {
    stage.querySelectorAll(".cover-box").forEach((box) => box.remove());
    for (const [index, row] of rowsOf(form).entries()) {
      if (isEmpty(row)) continue;
      const box = document.createElement("button");
      box.type = "button";
      box.className = "cover-box";
      box.setAttribute("aria-label", stage.dataset.place.replace("%(number)s", String(index + 1)));
      numbersOf(row).forEach((number, side) => (box.style[SIDES[side]] = `${number}%`));
      box.addEventListener("keydown", (event) => byKey(event, row, index));
      stage.append(box);
    }
  };

  const byKey = (event, row, index) => {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const numbers = numbersOf(row);
    if (event.key === "Delete" || event.key === "Backspace") {
      inputsOf(row).forEach((input) => (input.value = ""));
    } else if (moves[event.key]) {
      const first = event.shiftKey ? 2 : 0;
      numbers[first] += moves[event.key][0];
      numbers[first + 1] += moves[event.key][1];
      write(row, numbers);
    } else return;
    event.preventDefault();
    draw();
    const label = stage.dataset.place.replace("%(number)s", String(index + 1));
    [...stage.querySelectorAll(".cover-box")].find((box) => box.getAttribute("aria-label") === label)?.focus();
  };

  const add = document.createElement("button");
  add.type = "button";
  add.className = "btn btn-secondary btn-small";
  add.textContent = stage.dataset.add;
  add.addEventListener("click", () => {
    write(emptyRow(), [40, 40, 20, 20]);
    draw();
    stage.querySelector(".cover-box:last-of-type")?.focus();
  });
  stage.after(add);

  let from = null;
  let row = null;
  const place = (event) => {
    const frame = stage.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * 100, ((event.clientY - frame.top) / frame.height) * 100];
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".cover-box")) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    from = place(event);
    row = emptyRow();
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = place(event);
    write(row, [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])]);
    draw();
  });
  stage.addEventListener("pointerup", () => (from = null));
  form.addEventListener("input", draw);
  draw();
}
