// The list of requests: all are kept as data, and only so many as somebody looks at are elements.

import { baseString, byId, call, copyButton, failed, finding, make, notify, steps } from "/page.js";

const MARKS = { accepted: ["✓", "accepted", "good"], refused: ["✗", "refused", "bad"], failed: ["✗", "failed", "bad"], open: ["·", "not verified", ""] };
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
// A frame that makes more rows than that would keep the keyboard waiting.
const ROWS = 50;
const items = new Map();
let known = []; // oldest first
let most = 500;
let shown = ROWS;
let latest = 0;
let isDrawing = false;

/** Ask for requests until the session ends. */
export async function follow(history) {
  most = history;
  let wait = 0;
  for (let lost = false; ; ) {
    try {
      const { requests } = await call("requests", { after: latest, wait });
      if (lost) notify("");
      lost = false;
      wait = 20;
      add(requests);
    } catch (error) {
      if (error.ended) return failed(error);
      lost = true;
      notify("The provider does not answer. Start it again.", true);
      await new Promise((resume) => setTimeout(resume, 1000));
    }
  }
}

function add(requests) {
  for (const one of requests) {
    const words = `${one.method} ${one.url} ${one.status} ${MARKS[one.verdict][1]} ${one.summary}`;
    known.push({ one, text: words.toLowerCase() });
  }
  if (known.length > most) known = known.slice(-most);
  if (requests.length) {
    latest = requests.at(-1).id;
    byId("spoken").textContent = `${latest}, ${MARKS[requests.at(-1).verdict][1]}`;
  }
  draw();
}

/** Show what matches now, once in the next frame. */
export function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    drawNow();
  });
}

export function forget() {
  known = [];
  shown = ROWS;
  drawNow();
}

/** Show what matches, from the newest on. */
export function sift() {
  shown = ROWS;
  draw();
}

export function showOlder() {
  shown += ROWS;
  drawNow();
}

function drawNow() {
  const found = matches();
  const wanted = found.filter(({ one }, index) => index < shown || isInUse(items.get(one.id)));
  const ids = new Set(wanted.map(({ one }) => one.id));
  for (const [id, item] of items) {
    if (ids.has(id)) continue;
    item.remove();
    if (!isOpen(item)) items.delete(id);
  }
  place(wanted.map(({ one }) => one));
  const more = found.length - shown;
  byId("older").hidden = more <= 0;
  byId("older").textContent = `Show ${Math.min(more, ROWS)} of ${more} older ones`;
  byId("first").hidden = known.length > 0;
  byId("none").hidden = known.length === 0 || found.length > 0;
}

/** Return what the filter leaves, newest first. */
function matches() {
  const text = byId("filter").value.toLowerCase();
  const only = byId("refused-only").checked;
  return known.filter((each) => each.text.includes(text) && (!only || each.one.verdict === "refused")).reverse();
}

/** Put the rows in this order, without moving those that are in their place, which would take the focus from them. */
function place(requests) {
  let next = byId("log").firstElementChild;
  for (const one of requests) {
    if (next !== null && next === items.get(one.id)) {
      next = next.nextElementSibling;
      continue;
    }
    if (!items.has(one.id)) items.set(one.id, row(one));
    byId("log").insertBefore(items.get(one.id), next);
  }
}

const isOpen = (item) => item.firstElementChild.getAttribute("aria-expanded") === "true";
/** Whether somebody reads it: more requests do not take it away. */
const isInUse = (item) => item !== undefined && (isOpen(item) || item.contains(document.activeElement));

function row(one) {
  const [mark, word, kind] = MARKS[one.verdict];
  const more = make("div", { class: "more", hidden: true });
  const button = make("button", { class: "row", type: "button", "aria-expanded": "false", click: () => toggle(one, button, more) },
    make("span", { class: `verdict ${kind}` }, `${mark} ${word}`), " ",
    make("span", { class: "mono verb" }, one.method), " ",
    make("span", { class: "mono target" }, one.url.replace(/^[a-z]+:\/\/[^/]*/, "")), " ",
    make("span", { class: "mono status" }, String(one.status)), " ",
    make("span", { class: "mono when" }, CLOCK.format(new Date(one.at))), " ",
    make("span", { class: "words" }, one.summary));
  return make("li", { class: one.verdict }, button, more);
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
    ...(all.refusal ? [make("h3", {}, "Why it was refused"), make("p", {}, `${all.refusal.problem}: ${all.refusal.difference ?? all.refusal.reason}`),
      all.refusal.difference && all.diagnosis.verdict === "unknown" ? null : finding(all.diagnosis)] : []),
    ...(theirs && all.signed
      ? [make("h3", {}, "The two base strings"), make("div", { class: "pair" },
          make("div", {}, make("p", { class: "quiet" }, "The provider's"), baseString(all.signed.base_string, theirs)),
          make("div", {}, make("p", { class: "quiet" }, "The client's"), baseString(theirs, all.signed.base_string)))]
      : []),
    ...(all.signed ? [make("h3", {}, "The base string, step by step"), ...steps(all.signed)] : []),
    make("div", { class: "bar title" }, make("h3", { class: "wide" }, "The request"),
      make("button", { type: "button", click: () => fill(all.id, button, more, !secrets) }, secrets ? "Hide its secrets" : "Show its secrets"),
      copyButton("Copy as curl", async () => (await call("curl", { id: all.id })).text)),
    message(`${all.method} ${all.url} HTTP/${all.http_version}`, all.headers, all.body),
    make("h3", {}, "The answer"), message(String(all.status), all.answer.headers, all.answer.body),
  ];
}

/** Close the row that has the focus; return whether there is one. */
export function closeFocused() {
  const item = document.activeElement.closest("#log > li");
  if (item === null) return false;
  close(item.firstElementChild);
  item.firstElementChild.focus();
  return true;
}

/** Focus another row, by so many steps; behind the last one come the older ones. */
export function move(by) {
  const rows = () => [...byId("log").children].map((item) => item.firstElementChild);
  const next = rows().indexOf(document.activeElement.closest("#log > li")?.firstElementChild) + by;
  if (next >= rows().length && !byId("older").hidden) showOlder();
  rows()[Math.max(0, Math.min(rows().length - 1, next))]?.focus();
}
