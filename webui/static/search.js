// What makes filtering quicker where scripts run. The page works whole without it.

const MANY = 10; // values from which a facet gets a box to search it

/** Lower case, no accents: "Bến Nghé" → "ben nghe". */
function fold(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/đ/g, "d");
}

/** Put a box above the values of a facet that shows only those with the typed text. */
function addFilterBox(group, number) {
  const rows = [...group.querySelectorAll(".choices > li")];
  if (rows.length <= MANY) return;
  const rest = group.querySelector("details");
  const label = document.createElement("label");
  const box = document.createElement("input");
  const status = document.createElement("p");
  box.type = "search";
  box.id = `facet-box-${number}`;
  box.autocomplete = "off";
  label.htmlFor = box.id;
  label.textContent = `Tìm trong ${group.dataset.facet.toLowerCase()}`;
  status.className = "hint";
  status.setAttribute("role", "status");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  box.addEventListener("input", () => {
    const wanted = fold(box.value.trim());
    let shown = 0;
    for (const row of rows) {
      const ticked = row.querySelector("input").checked;
      const matches = fold(row.querySelector(".name").textContent).includes(wanted);
      row.hidden = !matches && !ticked;
      shown += matches;
    }
    if (wanted && rest) rest.open = true;
    const ticked = group.querySelectorAll(".choices input:checked").length;
    status.textContent = wanted ? `${shown} giá trị, ${ticked} đang chọn` : "";
  });
  group.querySelector("legend").after(label, box, status);
}

document.querySelectorAll("fieldset[data-facet]").forEach(addFilterBox);

// Leave empty fields out of the address.
document.getElementById("search").addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
