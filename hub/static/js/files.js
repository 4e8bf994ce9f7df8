// Shows what was chosen before it is sent, lets one take it away again and say what pictures show, and adds
// what is chosen next instead of putting it in its place. Without it the form does the same, a step later.
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const UNITS = ["B", "kB", "MB", "GB"];

function size(bytes) {
  let unit = 0;
  while (bytes >= 1000 && unit < UNITS.length - 1) {
    bytes /= 1000;
    unit += 1;
  }
  return `${unit && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${UNITS[unit]}`;
}

function made(name, words, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = words;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function prepare(field) {
  const list = made("ul", "", { class: "files-held", hidden: "" });
  list.setAttribute("aria-live", "polite");
  field.before(list);
  let chosen = [];

  const tooLarge = (one) => one.file.size > Number(field.dataset.limit);

  function hand() {
    const files = new DataTransfer();
    for (const one of chosen) files.items.add(one.file);
    field.files = files.files;
  }

  function show() {
    list.replaceChildren(...chosen.map(row));
    list.hidden = chosen.length === 0;
  }

  function row(one, place) {
    const item = made("li", "", { class: "file-held" });
    const line = made("p", "", { class: "file-line" });
    line.append(made("bdi", one.file.name), " ", made("span", size(one.file.size), { class: "soft" }));
    item.append(line);
    if (tooLarge(one)) item.append(made("p", field.dataset.tooLarge, { class: "error" }));
    const id = `${field.id}-new-${place}`;
    const said = made("input", "", { name: "describe_new", id, maxlength: field.dataset.describeMost });
    said.type = PICTURES.includes(one.file.type) ? "text" : "hidden";
    said.value = one.described;
    said.addEventListener("input", () => (one.described = said.value));
    if (said.type === "text") {
      item.append(made("label", field.dataset.describe, { class: "file-described", for: id }));
    }
    item.append(said);
    const away = made("button", field.dataset.takeAway, { type: "button", class: "word-button" });
    away.append(made("span", ` ${one.file.name}`, { class: "visually-hidden" }));
    away.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== one);
      hand();
      show();
      field.focus();
    });
    item.append(away);
    return item;
  }

  // What is too large need not travel to be refused.
  field.form?.addEventListener("submit", (event) => {
    if (!chosen.some(tooLarge)) return;
    event.preventDefault();
    list.querySelector(".error").parentElement.querySelector("button").focus();
  });

  field.addEventListener("change", () => {
    const known = new Set(chosen.map((one) => `${one.file.name} ${one.file.size} ${one.file.lastModified}`));
    for (const file of field.files) {
      if (!known.has(`${file.name} ${file.size} ${file.lastModified}`)) chosen.push({ file, described: "" });
    }
    hand();
    show();
  });
}

for (const field of document.querySelectorAll("input[data-files]:not([data-files-ready])")) {
  field.dataset.filesReady = "";
  prepare(field);
}
