import { baseString, byId, call, failed, finding, make, notify, open, steps } from "/page.js";

const FIELDS = ["request", "answer", "base_string", "client_secret", "token_secret", "rsa_key"];
const VERDICTS = {
  mistake: ["✗", "The mistake is found", "bad"],
  right: ["✓", "The signature is not the problem", "good"],
  unknown: ["?", "The evidence does not tell", ""],
  holds: ["✓", "The signature is right for these secrets", "good"],
};
const verdictOf = (all) => VERDICTS[all.diagnosis.verdict === "unknown" && all.holds ? "holds" : all.diagnosis.verdict];
// A client that signed the space of the query as a plus sign.
const EXAMPLE = {
  request: `curl 'https://api.example/search?q=sea%20view' -H 'Authorization: OAuth oauth_consumer_key="example", oauth_nonce="n7Tq", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1700000000", oauth_signature="QI9xPr1vbpWD%2Fyuj49gFqK7Hrd8%3D"'`,
  answer: "HTTP/1.1 401 Unauthorized\nContent-Type: text/plain\n\nInvalid signature",
  client_secret: "example-secret",
};
let revealed = false;
// Counts what was asked, so that a late answer does not replace a newer one.
let latest = 0;

async function inspect() {
  const mine = ++latest;
  try {
    const given = Object.fromEntries(FIELDS.map((name) => [name, byId(name).value]));
    const all = await call("inspect", { ...given, reveal: revealed });
    if (mine !== latest) return false;
    byId("said").replaceChildren(...said(all).filter(Boolean));
    byId("result").hidden = false;
    notify(`${verdictOf(all)[1]}. ${all.diagnosis.explanation}`);
    return true;
  } catch (error) {
    if (mine !== latest) return false;
    byId("result").hidden = true;
    failed(error);
    return false;
  }
}

async function inspectAndGo() {
  if (await inspect()) byId("result-title").focus();
}

function said(all) {
  const [mark, words, kind] = verdictOf(all);
  const ours = all.signed.base_string;
  const read = [`Read as ${all.notation}`, all.signature_method ?? "no signature method", all.status ? `answered ${all.status}` : "no status"];
  if (all.scheme) read.push(`scheme ${all.scheme}`);
  return [
    make("p", { class: kind }, `${mark} ${words}`),
    finding(all.diagnosis),
    make("p", { class: "quiet" }, `${read.join("; ")}.`),
    all.difference ? make("p", {}, `Between the two base strings: ${all.difference}.`) : null,
    all.theirs ? make("h3", {}, "The two base strings") : null,
    all.theirs ? make("div", { class: "pair" },
      make("div", {}, make("p", { class: "quiet" }, "The one of RFC 5849 for this request"), baseString(ours, all.theirs)),
      make("div", {}, make("p", { class: "quiet" }, "The server's"), baseString(all.theirs, ours))) : null,
    make("div", { class: "bar" }, make("h3", {}, "The base string, step by step"),
      make("button", { type: "button", "aria-pressed": String(revealed), click: reveal }, revealed ? "Mask values" : "Show masked values")),
    ...steps(all.signed),
  ];
}

async function reveal() {
  revealed = !revealed;
  await inspect();
  byId("said").querySelector("button").focus();
}

function fill(values) {
  latest += 1;
  for (const name of FIELDS) byId(name).value = values[name] ?? "";
  byId("result").hidden = true;
  byId("request").focus();
}

async function start() {
  try {
    await open();
  } catch (error) {
    return failed(error);
  }
  byId("main").hidden = false;
  byId("inspect").addEventListener("click", inspectAndGo);
  byId("example").addEventListener("click", () => { fill(EXAMPLE); inspectAndGo(); });
  byId("empty").addEventListener("click", () => fill({}));
  byId("show").addEventListener("change", (event) => {
    for (const name of ["client_secret", "token_secret", "rsa_key"]) byId(name).classList.toggle("secret", !event.target.checked);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) inspectAndGo();
  });
}

start();
