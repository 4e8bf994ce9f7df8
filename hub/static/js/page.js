// What every page gains from a script, and does without: "2 hours ago", and menus that close.
// Recent moments also say how long ago they were; the page itself never does, so that it can be kept.
const STEPS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [604800, "day", 86400],
];

function tellHowLongAgo(root, now = Date.now()) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
  for (const time of root.querySelectorAll("time[datetime*='T']")) {
    const seconds = (now - Date.parse(time.dateTime)) / 1000;
    const step = STEPS.find(([below]) => seconds < below);
    if (seconds >= 0 && step) {
      time.dataset.ago = words.format(-Math.floor(seconds / step[2]), step[1]);
    } else {
      delete time.dataset.ago;
    }
  }
}

tellHowLongAgo(document);
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".me details[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".me details[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
