"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const WAYS = {"as-is": "moves as it is", helpers: "moves with helpers", parameter: "moves with parameters", no: "stays"};
  const STEP = 100;
  const byId = (id) => document.getElementById(id);
  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many || one + "s"}`;
  const base = (path) => path.split("/").pop();
  const wayOf = (family) => family.groups[0].move || "no";

  data.families.forEach((family, at) => {
    family.at = at;
    family.paths = [...new Set(family.groups.flatMap((g) => g.copies.filter((c) => c.cell !== null).map((c) => c.path)))];
    family.words = [family.name, ...family.paths, ...family.groups.slice(0, 20).map((g) => g.source)].join("\n").toLowerCase();
  });

  const numbers = [[data.notebooks, "notebooks"], [data.definitions, "definitions"], [data.groups, "groups of copies"], [data.lines, "lines could go"]];
  for (const [value, label] of numbers) {
    const box = make("div");
    box.append(make("dt", "", label), make("dd", "", value.toLocaleString("en")));
    byId("numbers").append(box);
  }
  if (data.problems.length) {
    byId("problems").hidden = false;
    for (const problem of data.problems) byId("problems").append(make("div", "", problem));
  }

  function drawMap() {
    const families = data.families.filter((family) => family.paths.length > 1).slice(0, 40);
    const shared = new Map();
    for (const family of families) for (const path of family.paths) shared.set(path, (shared.get(path) || 0) + 1);
    const all = [...shared].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const rows = all.slice(0, 40).map(([path]) => path);
    const twice = (path) => rows.some((other) => other !== path && base(other) === base(path));
    if (!families.length) {
      byId("map-note").textContent = "No notebook shares a definition with another one.";
      byId("map").parentNode.hidden = true;
      return;
    }
    byId("map-note").textContent = `The ${count(families.length, "definition")} with the most lines to lose, in the ${count(rows.length, "notebook")} (of ${all.length.toLocaleString("en")}) that share the most. A pale mark is a variant.`;
    const map = byId("map");
    map.style.gridTemplateColumns = `auto repeat(${families.length}, 20px)`;
    map.append(make("span"));
    for (const family of families) {
      const link = make("a", "column", family.name || "cell");
      link.href = `#family-${family.at}`;
      link.title = family.name;
      link.addEventListener("click", (event) => { event.preventDefault(); reveal(family.at); });
      map.append(link);
    }
    for (const path of rows) {
      const label = make("span", "row", twice(path) ? path.split("/").slice(-2).join("/") : base(path));
      label.title = path;
      map.append(label);
      for (const family of families) {
        const first = family.groups[0].copies.some((copy) => copy.path === path);
        const mark = make("i", first ? "on" : family.paths.includes(path) ? "variant" : "");
        mark.title = `${base(path)}: ${family.name}`;
        map.append(mark);
      }
    }
  }

  function differences(one, other) {
    const n = one.length, m = other.length;
    if (n * m > 400000) return null;
    const table = Array.from({length: n + 1}, () => new Uint16Array(m + 1));
    for (let i = n - 1; i >= 0; i--) for (let j = m - 1; j >= 0; j--)
      table[i][j] = one[i] === other[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    const left = [], right = [];
    let i = 0, j = 0;
    while (i < n || j < m) {
      if (i < n && j < m && one[i] === other[j]) { left.push(["", one[i++]]); right.push(["", other[j++]]); }
      else if (j >= m || (i < n && table[i + 1][j] >= table[i][j + 1])) left.push(["gone", one[i++]]);
      else right.push(["new", other[j++]]);
      if (i >= n && j >= m || (i < n && j < m && one[i] === other[j])) {
        while (left.length < right.length) left.push(["gap", " "]);
        while (right.length < left.length) right.push(["gap", " "]);
      }
    }
    return [left, right];
  }

  function side(title, lines) {
    const box = make("div", "side");
    const code = make("pre");
    for (const [className, text] of lines) code.append(make("span", className, text || " "));
    code.tabIndex = 0;
    box.append(make("h3", "", title), code);
    return box;
  }

  function titleOf(group) {
    return `${group.name || "cell"}: ${count(group.copies.length, "copy", "copies")}`;
  }

  function compare(holder, family, at) {
    holder.replaceChildren();
    const first = family.groups[0], other = family.groups[at];
    const one = first.source.split("\n");
    const pair = make("div", at ? "pair" : "pair alone");
    if (!at) pair.append(side(titleOf(first), one.map((line) => ["", line])));
    else {
      const two = other.source.split("\n");
      const found = differences(one, two) || [one.map((line) => ["", line]), two.map((line) => ["", line])];
      pair.append(side(titleOf(first), found[0]), side(titleOf(other), found[1]));
    }
    holder.append(pair);
    if (at && other.differences.length) holder.append(make("p", "note", other.differences.join("; ")));
    const places = make("ul", "places");
    for (const copy of other.copies.slice(0, 200))
      places.append(make("li", "", copy.cell === null ? `${copy.path}:${copy.row}` : `${copy.path}, cell ${copy.cell}`));
    holder.append(places);
  }

  function fill(box, family) {
    const inside = make("div", "inside");
    const first = family.groups[0];
    const told = {"as-is": "It can move as it is.", helpers: `It can move together with ${first.names.join(", ")}.`,
      parameter: `It can move; calls pass ${first.names.join(", ")}.`, no: `It stays: ${first.why}.`};
    inside.append(make("p", "", told[wayOf(family)]));
    if (family.command) inside.append(make("code", "command", family.command));
    const holder = make("div");
    if (family.groups.length > 1) {
      const choose = make("div", "choose");
      family.groups.slice(0, 60).forEach((group, at) => {
        const label = at ? `${group.difference === "function" ? "another function" : group.difference}: ${count(group.copies.length, "copy", "copies")}` : "most lines";
        const button = make("button", "", label);
        button.type = "button";
        button.addEventListener("click", () => {
          for (const one of choose.children) one.setAttribute("aria-pressed", String(one === button));
          compare(holder, family, at);
        });
        button.setAttribute("aria-pressed", String(at === 1));
        choose.append(button);
      });
      inside.append(choose);
    }
    compare(holder, family, family.groups.length > 1 ? 1 : 0);
    inside.append(holder);
    box.append(inside);
  }

  const most = Math.max(1, ...data.families.map((family) => family.lines));
  function card(family) {
    const box = make("details", "family");
    box.id = `family-${family.at}`;
    const summary = make("summary");
    const name = make("span", "name", family.name || `cell ${family.groups[0].copies[0].cell} of ${base(family.groups[0].copies[0].path)}`);
    name.append(make("span", `way ${wayOf(family)}`, WAYS[wayOf(family)]));
    const variants = family.groups.length - 1;
    const facts = `${count(family.copies, "copy", "copies")} in ${count(family.notebooks, "notebook")}` + (variants ? `, ${count(variants, "variant")}` : "");
    const bar = make("span", "bar");
    bar.style.width = `${Math.max(1, 100 * family.lines / most)}%`;
    summary.append(name, make("span", "facts", facts), make("span", "lines", `−${family.lines.toLocaleString("en")} lines`), bar);
    box.append(summary);
    box.addEventListener("toggle", () => { if (box.open && box.children.length === 1) fill(box, family); });
    return box;
  }

  let shown = [], drawn = 0;
  function more() {
    for (const family of shown.slice(drawn, drawn + STEP)) byId("list").append(card(family));
    drawn = Math.min(drawn + STEP, shown.length);
    byId("more").hidden = drawn >= shown.length;
  }
  const ORDERS = {
    lines: (a, b) => b.lines - a.lines, copies: (a, b) => b.copies - a.copies, notebooks: (a, b) => b.notebooks - a.notebooks,
    variants: (a, b) => b.groups.length - a.groups.length, name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  };
  function refresh() {
    const words = byId("find").value.trim().toLowerCase();
    const way = byId("way").value;
    shown = data.families.filter((family) => (!words || family.words.includes(words)) && (!way || wayOf(family) === way)
      && (!byId("draws").checked || family.groups[0].draws));
    shown.sort((a, b) => ORDERS[byId("order").value](a, b) || a.at - b.at);
    byId("list").replaceChildren();
    drawn = 0;
    const lines = shown.reduce((sum, family) => sum + family.lines, 0);
    byId("shown").textContent = `${count(shown.length, "definition")}, ${count(lines, "line")} could go`;
    more();
  }
  function reveal(at) {
    byId("find").value = ""; byId("way").value = ""; byId("draws").checked = false;
    refresh();
    while (!byId(`family-${at}`) && drawn < shown.length) more();
    const box = byId(`family-${at}`);
    box.open = true;
    box.scrollIntoView({block: "start"});
    box.firstChild.focus();
  }

  byId("way").append(new Option("any way", ""), ...Object.entries(WAYS).map(([value, label]) => new Option(label, value)));
  for (const id of ["find", "way", "order", "draws"]) byId(id).addEventListener("input", refresh);
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("more").addEventListener("click", more);
  drawMap();
  refresh();
})();
