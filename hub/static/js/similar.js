// While a question's title is typed, shows what was asked before: a fragment of HTML from this site.
// <input data-similar="/questions/similar" data-similar-into="similar">
const PAUSE = 350;
const SHORTEST = 8;

for (const box of document.querySelectorAll("[data-similar]")) {
  const place = document.getElementById(box.dataset.similarInto);
  let waiting;
  let latest = "";
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const text = box.value.trim();
      if (text === latest) return;
      latest = text;
      if (text.length < SHORTEST) return place.replaceChildren();
      const form = new URLSearchParams({ q: text });
      const answer = await fetch(`${box.dataset.similar}?${form}`, { headers: { Accept: "text/html" } }).catch(() => null);
      if (answer?.ok && latest === text) place.innerHTML = await answer.text();
    }, PAUSE);
  });
}
