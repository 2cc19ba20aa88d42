// Keeps a page up to date: pieces come as server-sent events, already escaped by the server.
"use strict";

const pad = (number) => String(number).padStart(2, "0");

function tick() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dataset.since)) / 1000));
    time.textContent = `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
  }
}

function replace(part, html) {
  // The focused link keeps its focus when its piece is drawn anew.
  const focused = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
  part.innerHTML = html;
  if (focused) {
    part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
  tick();
}

function appendTurn(transcript, html) {
  const atEnd = transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 80;
  transcript.querySelector(".empty")?.remove();
  transcript.insertAdjacentHTML("beforeend", html);
  if (atEnd) {
    transcript.scrollTop = transcript.scrollHeight;
  }
}

function follow(root) {
  const link = document.getElementById("link");
  const show = (on) => {
    link.textContent = on ? link.dataset.on : link.dataset.off;
    link.classList.toggle("lost", !on);
  };
  const source = new EventSource(root.dataset.events);
  source.onopen = () => show(true);
  source.onerror = () => show(false);
  for (const part of [root, ...root.querySelectorAll("[data-part]")]) {
    if (part.dataset.part) {
      source.addEventListener(part.dataset.part, (event) => {
        replace(part, event.data);
        if (part.classList.contains("turns")) {
          part.scrollTop = part.scrollHeight;
        }
      });
    }
  }
  source.addEventListener("turn", (event) => {
    appendTurn(document.getElementById("transcript"), event.data);
  });
}

for (const root of document.querySelectorAll("[data-events]")) {
  follow(root);
}
const transcript = document.getElementById("transcript");
if (transcript) {
  transcript.scrollTop = transcript.scrollHeight;
}
tick();
setInterval(tick, 1000);
