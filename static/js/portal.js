/* Small helps for every page. Everything works without this file. */
(function () {
  "use strict";

  // A form is sent once, however often the button is pressed; coming back by the browser frees it again.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  });

  // After a refused form the first wrong field has the focus; without one, the summary.
  function focusFirstError() {
    const summary = document.querySelector("[data-error-summary]");
    if (!summary) return;
    const link = summary.querySelector("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    (field || summary).focus();
    document.title = "有错误：" + document.title;
  }

  // A link of the summary focuses its field also when it points at a group.
  document.addEventListener("click", function (event) {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    if (!link) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
    (field || target).focus();
  });

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  }

  // A select that has data-submit sends its form when it changes.
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // Public pages are the same for everybody; whoever is signed in finds the way to their own pages all the same.
  const KEY = "signed-in";
  function remember(value) {
    try {
      if (value === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, value);
    } catch { /* a browser that keeps nothing */ }
  }
  function remembered() {
    try { return localStorage.getItem(KEY); } catch { return null; }
  }
  const mine = document.querySelector("[data-mine]");
  const door = document.querySelector("[data-sign-in]");
  if (mine) remember(mine.getAttribute("href"));
  else if (location.pathname.includes("/accounts/login/")) remember(null);
  else if (door && /^\/([a-z/]+\/)?my\/$/.test(remembered() || "")) {
    door.textContent = "我的办件";
    door.setAttribute("href", remembered());
  }
  document.addEventListener("submit", function (event) {
    if ((event.target.getAttribute("action") || "").endsWith("/accounts/logout/")) remember(null);
  });

  // What was sent by a form with data-keep is offered again when the session had ended or an error page answered; with
  // data-keep-always it also outlives a page that comes anew because a paper beside it was ticked off. It stays in
  // this tab, for the person who wrote it (data-owner), for two hours; a form that went through and 退出 end it.
  // Passwords, codes, identity numbers, declarations and files are never kept.
  const KEPT = "kept:", LONGEST = 2 * 3600 * 1000;
  const KEPT_FIELDS = "textarea, select, input[type=text], input[type=date], input[type=number], input[type=tel], input[type=radio]";
  const NEVER = /identity|password|code/i, IDENTITY = /\d{15}/;

  function read(name) {
    try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; }
  }
  function write(name, entry) {
    try { sessionStorage.setItem(name, JSON.stringify(entry)); } catch { /* kept on the page only */ }
  }
  function forget(name) {
    try { sessionStorage.removeItem(name); } catch { /* nothing was kept */ }
  }
  function keptNames() {
    try { return Object.keys(sessionStorage).filter((name) => name.startsWith(KEPT)); } catch { return []; }
  }
  function keptFields(form) {
    return Array.from(form.querySelectorAll(KEPT_FIELDS)).filter((field) =>
      field.name && field.getAttribute("autocomplete") !== "off" && !NEVER.test(field.name));
  }
  function valuesOf(fields, value, checked) {
    const found = {};
    for (const field of fields) {
      if (field.type !== "radio") found[field.name] = value(field);
      else if (checked(field)) found[field.name] = field.value;
      else if (!(field.name in found)) found[field.name] = "";
    }
    return found;
  }
  const typedIn = (fields) => valuesOf(fields, (field) => field.value, (field) => field.checked);
  const drawnIn = (fields) => valuesOf(
    fields,
    (field) => field.tagName === "SELECT" ? (field.querySelector("option[selected]") || field.options[0] || {}).value : field.defaultValue,
    (field) => field.defaultChecked,
  );

  const keeping = new Map();
  for (const form of document.querySelectorAll("form[data-keep]")) {
    keeping.set(KEPT + location.pathname + ":" + form.dataset.keep, form);
  }
  const isBetween = location.pathname.includes("/accounts/") || document.querySelector("[data-error-page]") !== null;
  const isRefused = document.querySelector("[data-error-summary]") !== null;
  const owners = new Set(Array.from(keeping.values(), (form) => form.dataset.owner));
  for (const name of keptNames()) {
    const entry = read(name);
    const isOver = !entry || Date.now() - entry.at > LONGEST || (owners.size && !owners.has(entry.owner));
    if (isOver || (entry.sent && !isBetween && !(isRefused && keeping.has(name)))) forget(name);
    else if (entry.sent) write(name, { ...entry, sent: false, between: isBetween });
  }
  for (const [name, form] of keeping) {
    const fields = keptFields(form), drawn = drawnIn(fields), entry = read(name);
    let isFilled = false;
    for (const field of fields) {
      if (!entry || !(entry.between || "keepAlways" in form.dataset) || !(field.name in entry.typed) || entry.drawn[field.name] !== drawn[field.name]) continue;
      const typed = entry.typed[field.name];
      if (typed === drawn[field.name]) continue;
      if (field.type === "radio") field.checked = field.value === typed;
      else field.value = typed;
      isFilled = true;
    }
    if (isFilled && entry.between) {
      const note = document.createElement("p");
      note.className = "notice";
      note.setAttribute("role", "status");
      note.textContent = "刚才填写的文字已经填回。证件号码、勾选的承诺和没有传完的文件要重新填，请检查后再提交。";
      form.prepend(note);
    }
    const keep = function (isSent) {
      const typed = typedIn(fields);
      for (const field of fields) if (IDENTITY.test(typed[field.name])) delete typed[field.name];
      write(name, { owner: form.dataset.owner, at: Date.now(), sent: isSent, between: false, typed: typed, drawn: drawn });
    };
    form.addEventListener("input", function () { keep(false); });
    form.addEventListener("change", function () { keep(false); });
    form.addEventListener("submit", function () { keep(true); });
  }
  document.addEventListener("submit", function (event) {
    if ((event.target.getAttribute("action") || "").endsWith("/accounts/logout/")) keptNames().forEach(forget);
  });

  focusFirstError();
})();
