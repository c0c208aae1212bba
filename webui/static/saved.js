// Searches that a reader saved. They lie in the browser; nothing of them is sent anywhere.

const KEY = "saved";
const MOST = 50; // searches that are kept

/** The saved searches, newest first: {name, address, moment}. What is no such list counts as empty. */
function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return found.filter(({ name, address }) => name && /^\/search(\?|$)/.test(address)).slice(0, MOST);
  } catch {
    return [];
  }
}

/** Keep these; false where the browser keeps nothing. */
function write(searches) {
  try {
    localStorage.setItem(KEY, JSON.stringify(searches));
    return true;
  } catch {
    return false;
  }
}

const without = (address) => read().filter((each) => each.address !== address);

/** The button of a search page: saves this search, or takes it out again. */
function prepareButton(button) {
  const status = document.getElementById("save-status");
  const { name, address, save, remove, saved, removed, full } = button.dataset;
  const show = () => {
    const isSaved = without(address).length < read().length;
    button.textContent = isSaved ? remove : save;
    return isSaved;
  };
  button.addEventListener("click", () => {
    if (show()) {
      write(without(address));
      status.textContent = removed;
    } else if (read().length >= MOST) {
      status.textContent = full;
    } else {
      const moment = new Date().toISOString();
      if (write([{ name, address, moment }, ...read()])) status.textContent = saved;
    }
    show();
  });
  show();
}

/** The list of the page of saved searches. */
function prepareList(list) {
  const status = document.getElementById("saved-status");
  const row = document.getElementById("saved-row").content;
  const show = () => {
    const searches = read();
    list.replaceChildren(...searches.map((search) => filledRow(row, search, remove)));
    list.hidden = searches.length === 0;
    document.getElementById("saved-none").hidden = !list.hidden;
    document.getElementById("saved-all").hidden = list.hidden;
  };
  const remove = ({ name, address }) => {
    write(without(address));
    show();
    status.textContent = status.dataset.removed.replace("{name}", name);
    (list.querySelector("a") ?? document.getElementById("main")).focus();
  };
  document.getElementById("saved-export").addEventListener("click", exportAll);
  document.getElementById("saved-clear").addEventListener("click", () => {
    write([]);
    show();
    status.textContent = status.dataset.cleared;
    document.getElementById("main").focus();
  });
  show();
}

/** One row of the list. */
function filledRow(row, search, remove) {
  const filled = row.cloneNode(true);
  const [open, feed] = filled.querySelectorAll("a");
  open.textContent = search.name;
  open.href = search.address;
  feed.href = search.address.replace("/search", "/search.atom");
  const moment = new Date(search.moment);
  if (!Number.isNaN(moment.getTime())) {
    const { lang } = document.documentElement;
    const month = lang === "vi" ? "2-digit" : "short"; // 05/03/2026, Mar 05, 2026
    const written = moment.toLocaleDateString(lang, { day: "2-digit", month, year: "numeric" });
    filled.querySelector(".hint").textContent = written;
  }
  const button = filled.querySelector("button");
  button.setAttribute("aria-label", `${button.textContent}: ${search.name}`);
  button.addEventListener("click", () => remove(search));
  return filled;
}

/** The list as a file, with whole addresses. */
function exportAll() {
  const searches = read().map((each) => ({ ...each, address: new URL(each.address, location).href }));
  const link = document.createElement("a");
  link.download = "tin-phuong-saved.json";
  link.href = URL.createObjectURL(new Blob([JSON.stringify(searches, null, 2)], { type: "application/json" }));
  link.click();
  URL.revokeObjectURL(link.href);
}

const button = document.getElementById("save");
if (button) prepareButton(button);
const list = document.getElementById("saved");
if (list) prepareList(list);
