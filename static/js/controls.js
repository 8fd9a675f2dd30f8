/* Steppers and ready-made phrases of the material check. */
(function () {
  "use strict";

  function prepare(root) {
    for (const stepper of root.querySelectorAll("[data-stepper]:not(.stepper-ready)")) {
      stepper.classList.add("stepper-ready");
      for (const button of stepper.querySelectorAll("button")) button.hidden = false;
    }
  }

  document.addEventListener("click", function (event) {
    const step = event.target.closest("[data-step]");
    if (step) {
      const input = step.parentElement.querySelector("input");
      const low = Number(input.min || 0);
      const high = Number(input.max || 99);
      const value = Math.min(high, Math.max(low, Number(input.value || 0) + Number(step.dataset.step)));
      if (String(value) !== input.value) {
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
      return;
    }
    // data-phrase: the sentence; data-phrase-for: the id of the text field it is added to.
    const phrase = event.target.closest("[data-phrase]");
    if (phrase) {
      const field = document.getElementById(phrase.dataset.phraseFor);
      if (!field) return;
      field.value = (field.value.trim() ? field.value.trim() + "\n" : "") + phrase.dataset.phrase;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }
  });

  for (const phrase of document.querySelectorAll("[data-phrase]")) phrase.hidden = false;
  prepare(document);
  document.addEventListener("htmx:load", function (event) { prepare(event.target); });
})();
