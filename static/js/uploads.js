/* Large files go in pieces and on after a break. Without this file they go with the form. */
(function () {
  "use strict";

  const WAITS = [1, 2, 5, 10, 20, 30];
  const PART = 1 << 22;
  const VERSION = { "Tus-Resumable": "1.0.0" };
  const SIGN_IN = "登录已经过期。请在新窗口登录，再点“接着传”。";

  function base64(text) {
    let bytes = "";
    for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
    return btoa(bytes);
  }

  /* The same content has the same fingerprint, whenever and from wherever it is chosen; no secret, no signature. */
  async function fingerprint(file) {
    let one = 0x811c9dc5;
    let two = 0x1b873593;
    for (let start = 0; start < file.size; start += PART) {
      for (const byte of new Uint8Array(await file.slice(start, start + PART).arrayBuffer())) {
        one = Math.imul(one ^ byte, 0x01000193);
        two = Math.imul(two + byte, 0x85ebca6b) ^ (two >>> 13);
      }
    }
    return file.size + "-" + (one >>> 0).toString(16) + (two >>> 0).toString(16);
  }

  function Refused(sentence) { this.sentence = sentence; }

  async function ask(address, options, form) {
    const token = form.querySelector("input[name=csrfmiddlewaretoken]");
    options.headers = Object.assign({ "X-CSRFToken": token ? token.value : "" }, VERSION, options.headers);
    options.credentials = "same-origin";
    const answer = await fetch(address, options);
    if (answer.redirected || !answer.headers.get("Tus-Resumable")) {
      if (answer.status >= 500) throw new Error("server");
      throw new Refused(answer.redirected || answer.status === 403 ? SIGN_IN : "没有传成，请刷新页面后再试。");
    }
    if (answer.status >= 500) throw new Error("server");
    return answer;
  }

  function sleep(seconds) {
    return new Promise(function (go) {
      const timer = setTimeout(done, seconds * 1000);
      function done() {
        clearTimeout(timer);
        window.removeEventListener("online", done);
        go();
      }
      window.addEventListener("online", done);
    });
  }

  /* One row: what is going on, how far, and a way out. */
  function row(input, file, mark) {
    const box = document.createElement("div");
    box.className = "upload-row upload-going";
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = file.size;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const word = document.createElement("span");
    word.className = "second";
    word.setAttribute("role", "status");
    const again = document.createElement("button");
    again.type = "button";
    again.className = "link-button";
    again.textContent = "接着传";
    again.hidden = true;
    box.append(name, bar, word, again);
    input.closest(".upload-drop").before(box);
    for (const open of document.querySelectorAll("[data-upload-open]")) {
      if (open.dataset.uploadOpen === mark) open.hidden = true;
    }
    return { bar: bar, word: word, again: again, box: box };
  }

  function far(shown, offset, size) {
    shown.bar.value = offset;
    shown.word.textContent = "已传 " + Math.floor((offset * 100) / size) + "%";
  }

  async function begin(input, file, mark, form) {
    const told = { filename: file.name, fingerprint: mark, target: input.dataset.uploadPlace };
    const metadata = Object.keys(told).map(function (key) { return key + " " + base64(told[key]); }).join(",");
    const answer = await ask(input.dataset.upload, {
      method: "POST",
      headers: { "Upload-Length": String(file.size), "Upload-Metadata": metadata },
    }, form);
    if (answer.status !== 201) throw new Refused(await answer.text());
    return { address: answer.headers.get("Location"), offset: Number(answer.headers.get("Upload-Offset")) };
  }

  async function piece(going, file, size, form) {
    const answer = await ask(going.address, {
      method: "PATCH",
      headers: { "Upload-Offset": String(going.offset), "Content-Type": "application/offset+octet-stream" },
      body: file.slice(going.offset, going.offset + size),
    }, form);
    if (answer.status === 204 || answer.status === 409) {
      const offset = answer.headers.get("Upload-Offset");
      if (offset !== null) return Number(offset);
    }
    throw new Refused(await answer.text());
  }

  async function send(input, file, form) {
    const mark = await fingerprint(file);
    const shown = row(input, file, mark);
    let going = null;
    let tries = 0;
    for (;;) {
      try {
        if (!going) going = await begin(input, file, mark, form);
        far(shown, going.offset, file.size);
        while (going.offset < file.size) {
          going.offset = await piece(going, file, Number(input.dataset.uploadChunk), form);
          tries = 0;
          far(shown, going.offset, file.size);
        }
        shown.word.textContent = "已传完，正在检查";
        return true;
      } catch (error) {
        if (error instanceof Refused && error.sentence !== SIGN_IN) {
          refuse(shown, error.sentence);
          return false;
        }
        if (error instanceof Refused || tries >= WAITS.length) {
          shown.word.textContent = error instanceof Refused ? error.sentence : "网络一直不通。已经传的会保留两天。";
          await pressed(shown.again);
          tries = 0;
        } else {
          shown.word.textContent = "网络断了，正在接着试";
          await sleep(WAITS[tries]);
          tries += 1;
        }
      }
    }
  }

  function pressed(button) {
    button.hidden = false;
    return new Promise(function (go) {
      button.addEventListener("click", function () {
        button.hidden = true;
        go();
      }, { once: true });
    });
  }

  function refuse(shown, sentence) {
    shown.bar.remove();
    shown.word.remove();
    const told = document.createElement("p");
    told.className = "field-error";
    told.setAttribute("role", "alert");
    told.textContent = sentence;
    shown.box.append(told);
  }

  async function sendAll(input, files) {
    const form = input.form;
    input.value = "";
    input.disabled = true;
    let good = true;
    for (const file of files) good = (await send(input, file, form)) && good;
    input.disabled = false;
    // The page is read anew at this place; a refusal stays where it is until it was read.
    const button = input.closest(".upload-drop").querySelector("button[name=upload]");
    if (good && button) form.requestSubmit(button);
  }

  // Before portal.js sends the whole form.
  document.addEventListener("change", function (event) {
    const input = event.target;
    if (!input.matches || !input.matches("input[type=file][data-upload]")) return;
    const files = Array.from(input.files);
    const large = files.some(function (file) { return file.size > Number(input.dataset.uploadFrom); });
    const tooLarge = files.some(function (file) { return file.size > Number(input.dataset.uploadMax); });
    if (!large && !tooLarge) return;
    event.stopImmediatePropagation();
    sendAll(input, files);
  }, true);
})();
