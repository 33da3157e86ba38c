// What the private pages share: the session, calls to the server, and elements whose text is never read as HTML.

let key = sessionStorage.getItem("key");

/** Trade the token in the address for a key, and take the token out of the address. */
export async function open() {
  const token = location.hash.slice(1);
  if (token) {
    history.replaceState(null, "", location.pathname);
    const answer = await fetch("/call/session", { method: "POST", body: JSON.stringify({ token }) });
    if (answer.ok) {
      key = (await answer.json()).key;
      sessionStorage.setItem("key", key);
    } else if (!key) {
      throw new Error((await answer.json()).error);
    }
  }
  if (!key) throw new Error("This page opens by the address that the terminal shows.");
}

/** Ask the server; an error has its words, and `ended` if the session is over. */
export async function call(name, given = {}) {
  const answer = await fetch(`/call/${name}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}` },
    body: JSON.stringify(given),
  });
  const said = await answer.json();
  if (answer.ok) return said;
  const error = new Error(said.error);
  error.ended = answer.status === 401;
  if (error.ended) sessionStorage.removeItem("key");
  throw error;
}

export const byId = (id) => document.getElementById(id);

// What a terminal would obey if somebody copied it there, and what shows a text in another order than it has.
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const visible = (text) => text.replace(UNSEEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Make an element. Attributes that are functions listen; children are elements or texts. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  const shown = children.flat().filter((child) => child != null);
  element.append(...shown.map((child) => (typeof child === "string" ? visible(child) : child)));
  return element;
}

/** Say something to people who listen and to those who look. */
export function notify(words, isError = false) {
  byId("notice").textContent = visible(words);
  byId("notice").hidden = !isError;
  byId("spoken").textContent = words;
}

export function failed(error) {
  notify(error.ended ? "This session has ended: a newer page was opened, or the program was started anew. Type o in the terminal for a new address." : error.message, true);
}

/** A button that copies a text, which may first have to be fetched. People who listen hear what it is about, too. */
export function copyButton(words, text, { about = null, kind = null } = {}) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await text());
      notify("Copied.");
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = words; }, 2000);
    } catch (error) {
      failed(error);
    }
  };
  const button = make("button", { type: "button", class: kind, "aria-label": about && `${words}: ${about}`, click: copy }, words);
  return button;
}

/** A base string in its three parts. */
export function baseString(text, other = null) {
  const names = ["method", "uri", "parameters"];
  const parts = text.split("&");
  const others = other === null ? [] : other.split("&");
  const shown = parts.flatMap((part, index) => [
    index ? "&" : null,
    make("span", { class: names[index] ?? "parameters" }, other === null ? part : marked(part, others[index] ?? "")),
  ]);
  return make("pre", {}, shown);
}

/** A text with the part marked that another text does not share; of a short one, all of it. */
function marked(text, other) {
  if (text === other) return [text];
  if (text.length < 10) return [make("mark", {}, text)];
  let begin = 0;
  while (begin < text.length && text[begin] === other[begin]) begin += 1;
  let end = 0;
  while (end < Math.min(text.length, other.length) - begin && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  const middle = text.slice(begin, text.length - end);
  return [text.slice(0, begin), middle ? make("mark", {}, middle) : null, text.slice(text.length - end)];
}

/** The steps from a request to its base string. */
export function steps(signed) {
  const rows = signed.ordered.map((one) =>
    make("tr", {}, make("td", { class: "mono" }, one.name), make("td", { class: "mono" }, one.value),
      make("td", { class: "mono encoded" }, one.encoded), make("td", {}, one.place)));
  const heads = ["Name", "Value", "Encoded", "From"].map((name) => make("th", { scope: "col", class: name.toLowerCase() }, name));
  const notes = signed.uri_notes.length ? ` (${signed.uri_notes.join("; ")})` : "";
  return [
    make("ol", { class: "steps" },
      make("li", {}, "The method, in capitals: ", make("code", { class: "method" }, signed.method)),
      make("li", {}, "The address without its query: ", make("code", { class: "uri" }, signed.uri), notes),
      make("li", {}, "All parameters, decoded, then encoded and sorted:",
        make("table", {}, make("caption", { class: "unseen" }, "Signed parameters"),
          make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows))),
      make("li", {}, "Each part encoded once more, joined by &:", baseString(signed.base_string))),
    make("p", { class: "quiet" }, `Not signed: ${signed.not_signed.join("; ") || "nothing else"}.`),
  ];
}

/** What a diagnosis says. */
export function finding(diagnosis) {
  return make("div", { class: "finding" },
    make("p", {}, make("strong", {}, diagnosis.explanation)),
    diagnosis.proof ? make("p", {}, `Proof: ${diagnosis.proof}`) : null,
    diagnosis.advice ? make("p", {}, `What to do: ${diagnosis.advice}`) : null);
}
