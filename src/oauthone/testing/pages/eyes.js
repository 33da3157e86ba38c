import { baseString, byId, call, copyButton, failed, finding, make, notify, open, steps } from "/page.js";

const MARKS = { accepted: ["✓", "accepted", "good"], refused: ["✗", "refused", "bad"], failed: ["✗", "failed", "bad"], open: ["·", "not verified", ""] };
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const clients = new Map();
let revealed = false;
let latest = 0;

// --- credentials and programs

async function showClient() {
  const method = byId("client").value;
  try {
    const client = revealed ? await call("credentials", { method, reveal: true }) : clients.get(method);
    const secret = (name, value) => [make("dt", {}, name), make("dd", {}, make("code", {}, value ?? "•••"))];
    byId("credentials").replaceChildren(
      make("dt", {}, "Client identifier"), make("dd", {}, make("code", {}, client.client_id)),
      ...(client.uses_key
        ? [make("dt", {}, "Private key"), make("dd", {}, make("code", {}, client.key_file ?? "made for this run"))]
        : secret("Client secret", client.client_secret)),
      ...(client.token ? [make("dt", {}, "Token"), make("dd", {}, make("code", {}, client.token)), ...secret("Token secret", client.token_secret)] : []));
    const shown = revealed ? client.programs : [...client.programs, { title: "A signed request with curl, good once, for five minutes", text: null }];
    byId("programs").replaceChildren(...shown.map(program));
  } catch (error) {
    failed(error);
  }
}

function program({ title, text }, index) {
  const method = byId("client").value;
  const whole = async () => (await call("credentials", { method, reveal: true })).programs[index].text;
  const bar = make("div", { class: "bar" }, make("h3", {}, title), copyButton(`Copy: ${title}`, whole));
  return make("div", { class: "program" }, bar, text === null ? null : make("details", { open: index === 0 }, make("summary", {}, "Look at it"), make("pre", {}, text)));
}

async function reveal() {
  revealed = !revealed;
  byId("reveal").setAttribute("aria-pressed", String(revealed));
  byId("reveal").textContent = revealed ? "Hide secrets" : "Show secrets";
  await showClient();
}

// --- the requests

function row(one) {
  const [mark, word, kind] = MARKS[one.verdict];
  const more = make("div", { class: "more", hidden: true });
  const button = make("button", { class: "row", type: "button", "aria-expanded": "false", click: () => toggle(one, button, more) },
    make("span", { class: "mono" }, CLOCK.format(new Date(one.at))),
    make("span", { class: "mono" }, one.method),
    make("span", { class: "mono target" }, one.url.replace(/^[a-z]+:\/\/[^/]*/, "")),
    make("span", { class: "mono" }, String(one.status)),
    make("span", { class: "words" }, make("span", { class: kind }, `${mark} ${word}`), ` ${one.summary}`));
  const item = make("li", {}, button, more);
  item.dataset.text = `${one.method} ${one.url} ${one.status} ${word} ${one.summary}`.toLowerCase();
  item.dataset.verdict = one.verdict;
  return item;
}

function toggle(one, button, more) {
  return button.getAttribute("aria-expanded") === "true" ? close(button) : fill(one.id, button, more, false);
}

async function fill(id, button, more, secrets) {
  try {
    const all = await call("request", { id, reveal: secrets });
    more.replaceChildren(...inside(all, button, more, secrets).filter(Boolean));
    more.hidden = false;
    button.setAttribute("aria-expanded", "true");
  } catch (error) {
    failed(error);
  }
}

function close(button) {
  button.setAttribute("aria-expanded", "false");
  button.nextElementSibling.hidden = true;
}

function inside(all, button, more, secrets) {
  const headers = (pairs) => pairs.map(([name, value]) => `${name}: ${value}`).join("\n");
  const message = (first, pairs, body) => make("pre", {}, `${first}\n${headers(pairs)}${body ? `\n\n${body}` : ""}`);
  const theirs = all.client_base_string;
  return [
    make("div", { class: "bar" },
      make("button", { type: "button", click: () => fill(all.id, button, more, !secrets) }, secrets ? "Hide its secrets" : "Show its secrets"),
      make("span", {}, "As curl: "), copyButton("Copy this request as curl", async () => (await call("curl", { id: all.id })).text)),
    ...(all.refusal ? [make("h3", {}, "Why it was refused"), make("p", {}, `${all.refusal.problem}: ${all.refusal.difference ?? all.refusal.reason}`),
      all.refusal.difference && all.diagnosis.verdict === "unknown" ? null : finding(all.diagnosis)] : []),
    ...(theirs && all.signed
      ? [make("h3", {}, "The two base strings"), make("div", { class: "pair" },
          make("div", {}, make("p", { class: "quiet" }, "The provider's"), baseString(all.signed.base_string, theirs)),
          make("div", {}, make("p", { class: "quiet" }, "The client's"), baseString(theirs, all.signed.base_string)))]
      : []),
    ...(all.signed ? [make("h3", {}, "The base string, step by step"), ...steps(all.signed)] : []),
    make("h3", {}, "The request"), message(`${all.method} ${all.url} HTTP/${all.http_version}`, all.headers, all.body),
    make("h3", {}, "The answer"), message(String(all.status), all.answer.headers, all.answer.body),
  ];
}

function sift(items = byId("log").children) {
  const text = byId("filter").value.toLowerCase();
  const only = byId("refused-only").checked;
  for (const item of items) {
    item.hidden = !item.dataset.text.includes(text) || (only && item.dataset.verdict !== "refused");
  }
  byId("none").hidden = byId("log").querySelector(":scope > li:not([hidden])") !== null;
  byId("none").textContent = byId("log").children.length ? "None of them." : "None yet.";
}

async function follow() {
  let lost = false;
  for (;;) {
    let requests = [];
    try {
      ({ requests } = await call("requests", { after: latest, wait: 20 }));
    } catch (error) {
      if (error.ended) return failed(error);
      lost = true;
      notify("The provider does not answer. Start it again.", true);
      await new Promise((resume) => setTimeout(resume, 1000));
      continue;
    }
    if (lost) notify("");
    lost = false;
    show(requests);
  }
}

function show(requests) {
  if (!requests.length) return;
  const rows = requests.map(row).reverse();
  byId("log").prepend(...rows);
  latest = requests.at(-1).id;
  while (byId("log").children.length > 1000) byId("log").lastElementChild.remove();
  byId("spoken").textContent = `${latest}, ${MARKS[requests.at(-1).verdict][1]}`;
  sift(rows);
}

// --- faults, decision and answers

function showSettings({ decision, faults }) {
  const decide = { name: "decision", kind: "choice", choices: ["ask", "approve", "deny"], value: decision };
  byId("settings").replaceChildren(...[decide, ...faults].map(setting));
}

function setting({ name, kind, choices, value }) {
  const id = `set-${name}`;
  const change = async (event) => {
    const input = event.target;
    try {
      await call("set", { name, value: kind === "switch" ? String(input.checked) : input.value });
      notify(`${name}: changed.`);
    } catch (error) {
      failed(error);
    }
  };
  if (kind === "switch") return make("label", { class: "check" }, make("input", { type: "checkbox", id, checked: value, change }), name);
  const input = kind === "choice"
    ? make("select", { id, change }, choices.map((one) => make("option", { selected: one === value }, one)))
    : make("input", { id, value: value ?? "", change, autocomplete: "off", inputmode: kind === "number" ? "decimal" : "text" });
  return make("div", {}, make("label", { for: id }, name), input);
}

function showAnswers(answers) {
  byId("answers").replaceChildren(...answers.map((one) => make("li", {},
    make("code", {}, `${one.method || "all"} ${one.path}`), ` ${one.status}, ${one.size} bytes `,
    make("button", { type: "button", "aria-label": `Remove the answer for ${one.path}`, click: () => setAnswer({ ...one, remove: true }) }, "Remove"))));
}

async function setAnswer(given) {
  try {
    showAnswers((await call("answer", given)).answers);
    notify("The answers were changed.");
  } catch (error) {
    failed(error);
  }
}

// --- keys

function keys(event) {
  if (!byId("shortcuts").checked || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape" && document.activeElement.closest?.("li")) {
    const button = document.activeElement.closest("li").firstElementChild;
    close(button);
    button.focus();
  } else if (typing) {
    return;
  } else if (event.key === "/") {
    byId("filter").focus();
  } else if (event.key === "j" || event.key === "k") {
    const rows = [...byId("log").children].filter((item) => !item.hidden).map((item) => item.firstElementChild);
    const now = rows.indexOf(document.activeElement.closest?.("li")?.firstElementChild);
    rows[Math.max(0, Math.min(rows.length - 1, now + (event.key === "j" ? 1 : -1)))]?.focus();
  } else {
    return;
  }
  event.preventDefault();
}

async function start() {
  try {
    await open();
    const first = await call("start");
    byId("origin").textContent = first.origin;
    byId("like").textContent = first.like ? `, like ${first.like}` : "";
    for (const client of first.clients) clients.set(client.method, client);
    byId("client").replaceChildren(...first.clients.map((client) => make("option", {}, client.method)));
    byId("addresses").replaceChildren(...Object.entries(first.urls).flatMap(([name, url]) => [
      make("dt", {}, name.replace(/_url$/, "").replaceAll("_", " ")), make("dd", {}, make("code", {}, url))]));
    showSettings(first);
    showAnswers(first.answers);
    await showClient();
    byId("main").hidden = false;
  } catch (error) {
    return failed(error);
  }
  byId("client").addEventListener("change", showClient);
  byId("reveal").addEventListener("click", reveal);
  byId("filter").addEventListener("input", () => sift());
  byId("refused-only").addEventListener("change", () => sift());
  byId("clear").addEventListener("click", async () => {
    try {
      await call("clear");
      byId("log").replaceChildren();
      sift();
    } catch (error) {
      failed(error);
    }
  });
  byId("answer-set").addEventListener("click", () => setAnswer({
    method: byId("answer-method").value, path: byId("answer-path").value, status: byId("answer-status").value,
    content_type: byId("answer-type").value, body: byId("answer-body").value,
  }));
  document.addEventListener("keydown", keys);
  follow();
}

start();
