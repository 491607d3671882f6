"use strict";
const filter = document.getElementById("filter");
const state = document.getElementById("state");
const words = document.getElementById("words");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll(".row"), row => ({
  row, text: row.textContent.toLowerCase(),
}));

function show() {
  const wanted = words.value.toLowerCase().split(/\s+/);
  let number = 0;
  for (const {row, text} of rows) {
    const fits = state.value === "" || state.value === row.dataset.state;
    row.hidden = !fits || wanted.some(word => !text.includes(word));
    if (row.hidden) {
      for (const video of row.querySelectorAll("video")) video.pause();
    } else {
      number += 1;
    }
  }
  shown.textContent = `${number.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
}

state.addEventListener("input", show);
words.addEventListener("input", show);
filter.hidden = false;
show();
