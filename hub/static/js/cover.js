// Draws what is to be covered over a picture, and moves it: by mouse or finger, and by keyboard. The numbers in
// the table are what is sent; without a script they are typed.
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

function clear(row) {
  inputsOf(row).forEach((input) => (input.value = ""));
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
    clear(row);
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
      clear(row);
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

  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = stage.dataset.hint;
  stage.before(hint);

  // A finger has no Delete key: each line can be emptied by a button.
  for (const row of rowsOf(form)) {
    const cell = row.insertCell();
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-secondary btn-small cover-remove";
    remove.textContent = stage.dataset.remove;
    cell.append(remove);
  }
  form.querySelector(".cover-boxes thead tr").append(document.createElement("td"));
  form.addEventListener("click", (event) => {
    if (!event.target.closest(".cover-remove")) return;
    clear(event.target.closest("tr"));
    draw();
  });

  // What the pointer does between its coming down and its going up: draws a place, or moves one.
  let doing = null;
  const place = (event) => {
    const frame = stage.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * 100, ((event.clientY - frame.top) / frame.height) * 100];
  };
  const drawn = (from, to) => [
    Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]),
  ];
  const moved = (from, to, [left, top, width, height]) => [
    Math.min(100 - width, left + to[0] - from[0]), Math.min(100 - height, top + to[1] - from[1]), width, height,
  ];
  stage.addEventListener("pointerdown", (event) => {
    if (doing || event.button) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    const index = [...stage.querySelectorAll(".cover-box")].indexOf(event.target.closest(".cover-box"));
    const row = index < 0 ? emptyRow() : rowsOf(form).filter((one) => !isEmpty(one))[index];
    const before = index < 0 ? null : numbersOf(row);
    doing = { pointer: event.pointerId, from: place(event), row, before };
  });
  stage.addEventListener("pointermove", (event) => {
    if (doing?.pointer !== event.pointerId) return;
    const { from, row, before } = doing;
    write(row, before ? moved(from, place(event), before) : drawn(from, place(event)));
    draw();
  });
  stage.addEventListener("pointerup", () => (doing = null));
  // Two fingers enlarge the picture: what the first of them began to draw was not meant.
  stage.addEventListener("pointercancel", () => {
    if (doing?.before) write(doing.row, doing.before);
    else if (doing) clear(doing.row);
    doing = null;
    draw();
  });
  form.addEventListener("input", draw);
  draw();
}
