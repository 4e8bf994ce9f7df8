// Keeps what is being typed in this browser until its form is sent, so that a crash or a lapsed session
// loses nothing. Only an empty box is filled, so what the server gave back wins.
const PREFIX = "draft:";
const DAYS_KEPT = 30;

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && Date.now() - kept.at < DAYS_KEPT * 86400000 ? kept.text : "";
  } catch {
    return "";
  }
}

function keep(key, text) {
  try {
    if (text.trim()) localStorage.setItem(key, JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(key);
  } catch {
    // Storage may be full or forbidden; the page works without it.
  }
}

for (const box of document.querySelectorAll("[data-draft]:not([data-draft-ready])")) {
  const key = PREFIX + location.pathname + ":" + box.dataset.draft;
  box.dataset.draftReady = "";
  if (!box.value) box.value = read(key);
  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(key, box.value), 400);
  });
  box.form?.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    // A preview is not yet sent; and if sending fails the page comes back with the text in it.
    keep(key, event.submitter?.name === "preview" ? box.value : "");
  });
}
