// Counts down what the server said is left; without this script the page says it as of when it was loaded.
"use strict";
for (const timer of document.querySelectorAll("[data-seconds]")) {
  const over = timer.closest("[data-over]");
  const end = performance.now() + Number(timer.dataset.seconds) * 1000;
  const beat = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0) {
      timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    } else {
      clearInterval(beat);
      over.textContent = over.dataset.over;
    }
  }, 250);
}
