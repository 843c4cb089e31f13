// Send the part of a long import that is next, and the next, as its button does without this.
"use strict";
const section = document.querySelector("[data-continue]");
const form = section && section.querySelector("form");

async function goOn() {
  const body = new URLSearchParams(new FormData(form, form.querySelector("button")));
  // The form's own "action" is its button.
  const answer = await fetch(location.href, { method: "POST", body });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const progress = page.querySelector("[data-continue] progress");
  if (!progress) {
    location.reload();
    return;
  }
  section.querySelector("progress").value = progress.value;
  section.querySelector(".shows").textContent = page.querySelector("[data-continue] .shows").textContent;
  goOn();
}

if (form) goOn();
