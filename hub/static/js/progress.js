// Fetches the page of a running job anew and replaces its progress, until there is nothing more to wait for.
const EVERY = 2000;

async function look(place) {
  const answer = await fetch(place.dataset.refresh, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return setTimeout(look, EVERY * 5, place);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("progress");
  if (!fresh?.dataset.refresh) return location.reload();
  place.replaceWith(fresh);
  setTimeout(look, EVERY, fresh);
}

const running = document.querySelector("#progress[data-refresh]");
if (running) setTimeout(look, EVERY, running);
