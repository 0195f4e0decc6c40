"use strict";
// Without this the whole table stands there, by name. With it: a filter, and headers that sort.
(() => {
  const part = document.getElementById("regions"), table = part.querySelector("table"), body = table.tBodies[0];
  const said = part.dataset, rows = [...body.rows];
  const label = document.createElement("label"), field = document.createElement("input"), count = document.createElement("p");
  label.className = "filter";
  label.append(said.find, field);
  field.type = "search";
  count.setAttribute("role", "status");
  table.before(label, count);
  const plain = t => t.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const texts = rows.map(r => plain([...r.cells].slice(0, 3).map(c => c.textContent).join(" ")));
  const filter = () => {
    const asked = plain(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((r, n) => {
      r.hidden = !asked.every(a => texts[n].includes(a));
      shown += !r.hidden;
    });
    count.textContent = said.count.replace("{n}", shown).replace("{all}", rows.length);
  };
  field.addEventListener("input", filter);
  const heads = [...table.tHead.rows[0].cells], order = document.createElement("select"), by = document.createElement("label");
  const value = (row, n) => {
    const cell = row.cells[n], number = cell.dataset.value;
    return number === undefined ? (cell.className ? NaN : cell.textContent) : Number(number);
  };
  const sort = (n, down) => {
    const sign = down ? -1 : 1;
    const less = (a, b) => {
      const x = value(a, n), y = value(b, n), none = Number.isNaN(x) - Number.isNaN(y);
      return none || sign * (typeof x === "string" ? x.localeCompare(y, document.documentElement.lang) : x - y) || 0;
    };
    body.append(...rows.slice().sort(less));
    heads.forEach((h, m) => m === n ? h.setAttribute("aria-sort", down ? "descending" : "ascending") : h.removeAttribute("aria-sort"));
  };
  heads.forEach((head, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(n, head.getAttribute("aria-sort") === "ascending"));
    head.replaceChildren(button);
    order.append(new Option(button.textContent, n));
  });
  by.className = "filter by";
  by.append(said.sort, order);
  order.addEventListener("change", () => sort(Number(order.value), false));
  label.after(by);
  heads[0].setAttribute("aria-sort", "ascending");
  filter();
})();
