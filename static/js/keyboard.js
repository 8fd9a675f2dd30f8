/* Work lists by keyboard: j, k, Enter, c, x, /, ?. Rows are tr[data-row] in table[data-worklist]. */
(function () {
  "use strict";

  const table = document.querySelector("table[data-worklist]");
  if (!table) return;
  const help = document.querySelector("[data-keys]");
  const dialog = document.querySelector("[data-keys-dialog]");
  if (help) help.hidden = false;

  function rows() { return Array.from(table.querySelectorAll("tbody tr[data-row]")); }
  function selected() { return table.querySelector("tr.selected"); }

  function select(row) {
    if (!row) return;
    const old = selected();
    if (old) {
      old.classList.remove("selected");
      old.removeAttribute("aria-current");
    }
    row.classList.add("selected");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
  }

  function move(step) {
    const all = rows();
    const at = all.indexOf(selected());
    select(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]);
  }

  const acts = {
    j: function () { move(1); },
    k: function () { move(-1); },
    x: function () {
      const row = selected();
      const box = row && row.querySelector("input[type=checkbox]");
      if (box) box.click();
    },
    c: function () {
      const row = selected();
      const button = row && row.querySelector("[data-claim]");
      if (button) button.click();
    },
    Enter: function () {
      const row = selected();
      const link = row && row.querySelector("a[href]");
      if (link) link.click();
    },
    "/": function () {
      const search = document.querySelector("[data-filter] input[name=q]");
      if (search) {
        search.focus();
        search.select();
      }
    },
    "?": function () { if (dialog && !dialog.open) dialog.showModal(); },
  };

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (dialog && dialog.open) return;
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    // On a link or button Enter keeps its own meaning.
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  table.addEventListener("click", function (event) {
    const row = event.target.closest("tr[data-row]");
    if (row && !event.target.closest("a, button, input, label")) select(row);
  });
})();
