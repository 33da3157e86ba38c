import { byId, call, copyButton, failed, make, notify, open } from "/page.js";
import { closeFocused, follow, forget, move, showOlder, sift } from "/requests.js";

const clients = new Map();
let revealed = false;

// --- credentials and programs

async function showClient() {
  const method = byId("client").value;
  const reveals = revealed;
  try {
    const client = reveals ? await call("credentials", { method, reveal: true }) : clients.get(method);
    if (reveals !== revealed || method !== byId("client").value) return; // somebody hid them meanwhile
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
  const bar = make("div", { class: "bar title" }, make("h3", {}, title), copyButton("Copy", whole, { about: title }));
  return make("div", { class: "program" }, bar, text === null ? null : make("details", {}, make("summary", {}, "Look at it"), make("pre", {}, text)));
}

/** The last program is a request that is signed when somebody copies it. */
async function curlCommand() {
  return (await call("credentials", { method: byId("client").value, reveal: true })).programs.at(-1).text;
}

async function reveal() {
  revealed = !revealed;
  byId("reveal").setAttribute("aria-pressed", String(revealed));
  byId("reveal").textContent = revealed ? "Hide secrets" : "Show secrets";
  await showClient();
}

// --- faults, decision and answers

function showSettings({ decision, faults }) {
  const decide = { name: "decision", kind: "choice", choices: ["ask", "approve", "deny"], value: decision, about: "what the authorization page does" };
  byId("settings").replaceChildren(...[decide, ...faults].map(setting));
}

function setting({ name, kind, choices, value, about }) {
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
  const described = { id, change, "aria-describedby": `${id}-about` };
  const words = make("p", { class: "quiet", id: `${id}-about` }, about);
  if (kind === "switch") return make("div", {}, make("label", { class: "check" }, make("input", { type: "checkbox", checked: value, ...described }), name), words);
  const input = kind === "choice"
    ? make("select", described, choices.map((one) => make("option", { selected: one === value }, one)))
    : make("input", { value: value ?? "", ...described, autocomplete: "off", inputmode: kind === "number" ? "decimal" : "text" });
  return make("div", {}, make("label", { for: id }, name), input, words);
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
  if (event.key === "Escape") {
    if (!closeFocused()) return;
  } else if (event.target.matches("input, select, textarea")) {
    return;
  } else if (event.key === "/") {
    byId("filter").focus();
  } else if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
  } else {
    return;
  }
  event.preventDefault();
}

async function start() {
  let first;
  try {
    await open();
    first = await call("start");
    byId("origin").textContent = first.origin;
    byId("like").textContent = first.like ? `, like ${first.like}` : "";
    for (const client of first.clients) clients.set(client.method, client);
    byId("client").replaceChildren(...first.clients.map((client) => make("option", {}, client.method)));
    byId("addresses").replaceChildren(...Object.entries(first.urls).flatMap(([name, url]) => [
      make("dt", {}, name.replace(/_url$/, "").replaceAll("_", " ")), make("dd", {}, make("code", {}, url))]));
    byId("first-copy").replaceChildren(copyButton("Copy a curl command", curlCommand, { kind: "main" }));
    showSettings(first);
    showAnswers(first.answers);
    await showClient();
  } catch (error) {
    return failed(error);
  }
  // Beside the list there is room for what a person needs first; above it, it would hide the list.
  byId("use").open = matchMedia("(min-width: 62rem)").matches;
  byId("main").hidden = false;
  listen();
  follow(first.history);
}

function listen() {
  byId("client").addEventListener("change", showClient);
  byId("reveal").addEventListener("click", reveal);
  byId("show-use").addEventListener("click", () => { byId("use").open = true; });
  byId("filter").addEventListener("input", sift);
  byId("refused-only").addEventListener("change", sift);
  byId("older").addEventListener("click", showOlder);
  byId("clear").addEventListener("click", async () => {
    try {
      await call("clear");
      forget();
    } catch (error) {
      failed(error);
    }
  });
  byId("answer-set").addEventListener("click", () => setAnswer({
    method: byId("answer-method").value, path: byId("answer-path").value, status: byId("answer-status").value,
    content_type: byId("answer-type").value, body: byId("answer-body").value,
  }));
  document.addEventListener("keydown", keys);
}

start();
