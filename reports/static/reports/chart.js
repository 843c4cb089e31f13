// Say a chart's values beside the pointer, and by the arrow keys; without this browsers show them as titles.
function attend(svg, tip) {
  const spots = [...svg.querySelectorAll(".spot")];
  const texts = spots.map((spot) => {
    const title = spot.querySelector("title");
    title.remove();
    return title.textContent.split("\n");
  });
  let chosen = -1;

  function choose(place) {
    spots[chosen]?.classList.remove("on");
    chosen = place;
    tip.replaceChildren();
    if (place < 0) return;
    spots[place].classList.add("on");
    const [label, ...values] = texts[place];
    const heading = document.createElement("b");
    heading.textContent = label;
    tip.append(heading, ...values.map((value) => `\n${value}`));
    // Beside the strip, so that nothing covers what one points at.
    const frame = svg.getBoundingClientRect();
    const strip = spots[place].querySelector("rect").getBoundingClientRect();
    const after = strip.right - frame.left + 8;
    const before = strip.left - frame.left - tip.offsetWidth - 8;
    tip.style.left = `${after + tip.offsetWidth <= frame.width ? after : Math.max(0, before)}px`;
  }

  const away = () => choose(-1);
  const last = spots.length - 1;
  const keys = {
    ArrowLeft: () => choose(Math.max(0, chosen - 1)),
    ArrowRight: () => choose(Math.min(last, chosen + 1)),
    Home: () => choose(0),
    End: () => choose(last),
    Escape: away,
  };
  spots.forEach((spot, place) => spot.addEventListener("pointerenter", () => choose(place)));
  // A finger that is lifted leaves, too, and would take away what it asked for.
  svg.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && away());
  svg.addEventListener("focus", () => svg.matches(":focus-visible") && choose(last));
  svg.addEventListener("blur", away);
  svg.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("pointerdown", (event) => svg.contains(event.target) || away());
  svg.tabIndex = 0;
}

// The chart's own title would be shown wherever a strip has none; what it is called stays.
function unhint(svg) {
  const title = svg.querySelector("title");
  const name = document.createElementNS(svg.namespaceURI, "desc");
  name.id = title.id;
  name.textContent = title.textContent;
  title.replaceWith(name);
}

for (const figure of document.querySelectorAll(".graph")) {
  const tip = document.createElement("p");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  figure.append(tip);
  for (const svg of figure.querySelectorAll("svg")) {
    unhint(svg);
    attend(svg, tip);
  }
}
