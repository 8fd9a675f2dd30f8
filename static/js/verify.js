/* The QR of a paper carries the beginning of its hash behind the #, which no server log sees. Ask the page with it. */
(function () {
  "use strict";

  const mark = window.location.hash.slice(1);
  const address = new URL(window.location.href);
  if (/^[0-9a-f]{20}$/.test(mark) && !address.searchParams.has("mark")) {
    address.hash = "";
    address.searchParams.set("mark", mark);
    window.location.replace(address.href);
  }
})();
