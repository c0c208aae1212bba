// Completions under every search box: an editable combobox with a list (ARIA practices, "list
// autocomplete with manual selection"). The text is never written into but on the reader's choice,
// so that nothing comes between Telex and its keys; the page works whole without all this.

const SHORTEST = 2; // characters from which on completions are asked for
const PAUSE = 150; // milliseconds after the last key

/** Make a combobox of a search box. */
function complete(box) {
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let timer;
  let asking;
  let active = -1;

  list.id = `${box.id}-completions`;
  list.className = "completions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.label);
  status.className = "hidden";
  status.setAttribute("role", "status");
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  box.after(list, status);

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    status.textContent = "";
    mark(-1);
    box.setAttribute("aria-expanded", "false");
  }

  /** Point at one of the options; at none with -1. */
  function mark(number) {
    active = number;
    [...list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === number));
    });
    const option = list.children[number];
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  /** Search for what an option says, or go where it leads. */
  function choose(option) {
    const address = new URL(option.dataset.address);
    const text = option.firstChild.textContent;
    close();
    if (address.searchParams.get("q") !== text) {
      location.assign(address.pathname + address.search);
      return;
    }
    box.value = text;
    box.form.requestSubmit();
  }

  function show([, texts, kinds, addresses]) {
    const options = texts.map((text, number) => {
      const option = document.createElement("li");
      const kind = document.createElement("span");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.dataset.address = addresses[number];
      kind.className = "hint";
      kind.textContent = kinds[number];
      option.append(text, " ", kind);
      return option;
    });
    list.replaceChildren(...options);
    mark(-1);
    list.hidden = !options.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = options.length ? box.dataset.count.replace("{n}", options.length) : "";
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const typed = box.value.trim();
    if (typed.length < SHORTEST) return close();
    const address = new URL(box.dataset.suggest, location);
    address.searchParams.set("q", typed);
    try {
      const response = await fetch(address, { signal: asking.signal });
      if (!response.ok) return close();
      const found = await response.json();
      if (document.activeElement === box && box.value.trim() === typed) show(found);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function later(event) {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  }

  function step(by) {
    const count = list.children.length;
    mark(active < 0 && by < 0 ? count - 1 : (active + by + count) % count);
  }

  box.addEventListener("input", later);
  box.addEventListener("compositionend", later);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) step(event.key === "ArrowDown" ? 1 : -1);
      else ask();
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Enter") {
      close();
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}

document.querySelectorAll("input[data-suggest]").forEach(complete);

// Ctrl+K, on a Mac ⌘K, leads to the search box of the page. No single key does anything (WCAG 2.1.4).
document.addEventListener("keydown", (event) => {
  const pressed = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const box = document.querySelector("input[name=q]");
  if (!pressed || event.key.toLowerCase() !== "k" || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
