// Runs the search of the built pages, as a browser does: node search_of_pages.js BUILD < ["a query", …]
// It prints for each query the pages and anchors that are found, the best first. Only the document is a stand-in.
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const build = process.argv[2];
const listeners = [];
const page = fs.readFileSync(path.join(build, "search.html"), "utf8");
const world = {
  console,
  document: {
    readyState: "loading",
    addEventListener: (_, listener) => listeners.push(listener),
    getElementById: () => null,
    querySelectorAll: () => [],
    documentElement: { dataset: { content_root: "./" } },
  },
  localStorage: { setItem: () => undefined },
  location: { search: "" },
  URLSearchParams,
};
world.window = { ...world, addEventListener: () => undefined };
vm.createContext(world);
world.window = world;
world.addEventListener = () => undefined;

// The scripts of the page, in its order: those of Sphinx and ours, without those of the theme and its buttons.
const wanted = /^(_static\/(documentation_options|doctools|sphinx_highlight|sections|ranking|searchtools|language_data)|searchindex)\.js/;
for (const [, source] of page.matchAll(/<script src="([^"?]+)[^"]*"/g))
  if (wanted.test(source)) vm.runInContext(fs.readFileSync(path.join(build, source), "utf8"), world, source);
for (const listener of listeners.filter((one) => !/init/.test(one.name))) listener();

const search = vm.runInContext("(query) => Search._performSearch(...Search._parseQuery(query))", world);
const queries = JSON.parse(fs.readFileSync(0, "utf8"));
console.log(JSON.stringify(queries.map((query) => search(query).reverse().map((result) => result[0] + result[2]))));
