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

  // What is being written beside a list of papers survives a page that comes anew because a paper was ticked off.
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const name = "kept:" + location.pathname + ":" + form.dataset.keep;
    const fields = form.querySelectorAll("textarea, input[type=radio], input[type=text]");
    let kept = {};
    try { kept = JSON.parse(sessionStorage.getItem(name)) || {}; } catch { kept = {}; }
    for (const field of fields) {
      if (!(field.name in kept)) continue;
      if (field.type === "radio") field.checked = field.value === kept[field.name];
      else if (!field.value) field.value = kept[field.name];
    }
    form.addEventListener("input", function () {
      const typed = {};
      for (const field of fields) if (field.type !== "radio" || field.checked) typed[field.name] = field.value;
      try { sessionStorage.setItem(name, JSON.stringify(typed)); } catch { /* kept on the page only */ }
    });
    form.addEventListener("submit", function () { try { sessionStorage.removeItem(name); } catch { /* nothing was kept */ } });
  }

  focusFirstError();
})();
