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

// The newest words stay in sight, unless somebody has scrolled back to read.
function keepingTheEnd(change) {
  const scroller = document.getElementById("scroller");
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  change();
  if (atEnd) {
    scroller.scrollTop = scroller.scrollHeight;
  }
}

function appendTurn(html) {
  const transcript = document.getElementById("transcript");
  keepingTheEnd(() => {
    document.getElementById("speaking").textContent = "";
    transcript.querySelector(".empty")?.remove();
    transcript.insertAdjacentHTML("beforeend", html);
  });
}

const words = (node) => node.textContent.replace(/\s+/g, " ").trim();

function redrawTranscript(transcript, html) {
  // What is there already would be read out again.
  if (words(document.createRange().createContextualFragment(html)) !== words(transcript)) {
    keepingTheEnd(() => replace(transcript, html));
  }
}

function showSpeaking(part, html) {
  const shown = part.querySelector(".said");
  const piece = document.createRange().createContextualFragment(html);
  const said = piece.querySelector(".said");
  keepingTheEnd(() => {
    if (shown && said) {
      // Only the words change; a bubble that is drawn anew flickers.
      shown.textContent = said.textContent;
    } else {
      part.replaceChildren(...(said ? piece.childNodes : []));
    }
  });
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
        if (part.id === "speaking") {
          showSpeaking(part, event.data);
        } else if (part.id === "transcript") {
          redrawTranscript(part, event.data);
        } else {
          replace(part, event.data);
        }
      });
    }
  }
  source.addEventListener("turn", (event) => {
    appendTurn(event.data);
  });
}

for (const root of document.querySelectorAll("[data-events]")) {
  follow(root);
}
const scroller = document.getElementById("scroller");
if (scroller) {
  scroller.scrollTop = scroller.scrollHeight;
}
tick();
setInterval(tick, 1000);
