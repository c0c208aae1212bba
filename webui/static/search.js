// What makes filtering quicker where scripts run. The page works whole without it.

const MANY = 10; // values from which a facet gets a box to search it
const MOST = 50; // values found that are shown; all are counted

/** Lower case, no accents: "Bến Nghé" → "ben nghe". */
function fold(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/đ/g, "d");
}

/** All values of a facet as rows; those that stood in the page stay as they are. */
async function allRows(group) {
  const response = await fetch(group.dataset.values);
  if (!response.ok) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const list = group.querySelector(".choices");
  const known = new Map([...list.children].map((row) => [row.querySelector("input").value, row]));
  return [...page.querySelectorAll(".choices > li")].map((row) => {
    const inView = known.get(row.querySelector("input").value);
    if (!inView) list.append(row);
    const words = fold(`${row.querySelector(".name").textContent}, ${row.dataset.alias ?? ""}`);
    return { row: inView ?? row, inView, words };
  });
}

/** Put a box above the values of a facet that finds among all of them, by old names too. */
function addFilterBox(group, number) {
  if (group.dataset.total <= MANY) return;
  const label = document.createElement("label");
  const box = document.createElement("input");
  const status = document.createElement("p");
  let loading;
  box.type = "search";
  box.id = `facet-box-${number}`;
  box.autocomplete = "off";
  label.htmlFor = box.id;
  label.textContent = group.dataset.find;
  status.className = "hint";
  status.setAttribute("role", "status");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  box.addEventListener("input", async () => {
    const rows = await (loading ??= allRows(group)).catch(() => (loading = undefined));
    if (!rows) return;
    const wanted = fold(box.value.trim());
    const found = rows.filter(({ words }) => words.includes(wanted));
    const shown = new Set(wanted ? found.slice(0, MOST) : rows.filter(({ inView }) => inView));
    for (const each of rows) {
      each.row.hidden = !shown.has(each) && !each.row.querySelector("input").checked;
    }
    const ticked = group.querySelectorAll(".choices input:checked").length;
    const text = group.dataset.status.replace("{n}", found.length).replace("{m}", ticked);
    status.textContent = wanted ? text : "";
  });
  group.querySelector("legend").after(label, box, status);
}

document.querySelectorAll("fieldset[data-facet]").forEach(addFilterBox);

// Leave empty fields out of the address.
document.getElementById("search").addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
