/*
 * Ranks the results of the search by sections. Sphinx finds only pages that hold every word of a query. Here a section
 * is found that holds most of them: rare words count for more than common ones, and words in a heading for more than
 * words in the text (BM25). So a question in a reader's own words finds the section that answers it.
 * `section_index.py` writes SECTIONS.
 */
(() => {
  const SATURATION = 1.4; // how much a second occurrence of a word counts
  const LENGTH = 0.5; // how much the length of a section counts
  const SHARE = 0.35; // of the best score that a result needs
  const PREFIX = 4; // letters of a word that may begin a longer one

  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

  /** Return how often each section holds a word, by the section's number; a longer word counts if none is the same. */
  const occurrences = (word) => {
    const found = new Map();
    const add = (pairs, factor) => {
      for (let at = 0; at < pairs.length; at += 2) {
        const times = factor * pairs[at + 1];
        found.set(pairs[at], (found.get(pairs[at]) || 0) + times);
      }
    };
    if (Object.hasOwn(SECTIONS.terms, word)) add(SECTIONS.terms[word], 1);
    else if (word.length >= PREFIX)
      Object.keys(SECTIONS.terms).forEach((term) => term.startsWith(word) && add(SECTIONS.terms[term], 0.5));
    return found;
  };

  /** Return the score of each section that holds one of the words. */
  const scored = (words) => {
    const { sections } = SECTIONS;
    const usual = mean(sections.map((section) => section[4]));
    const scores = new Map();
    let possible = 0;
    for (const word of words) {
      const found = occurrences(word);
      if (found.size === 0) continue;
      const weight = Math.log(1 + sections.length / found.size);
      possible += weight;
      found.forEach((times, number) => {
        const length = 1 - LENGTH + (LENGTH * sections[number][4]) / usual;
        const [score, held] = scores.get(number) || [0, 0];
        scores.set(number, [score + (weight * times * (SATURATION + 1)) / (times + SATURATION * length), held + weight]);
      });
    }
    // A section with all words is better than one that holds a single word many times.
    const share = (number, held) => (held / possible) * (sections[number][5] ?? 1);
    return new Map([...scores].map(([number, [score, held]]) => [number, score * share(number, held)]));
  };

  /** Return Sphinx's tuples of results: of each page the section that fits best, the best page last. */
  const rank = (words) => {
    const best = new Map();
    scored(words).forEach((score, number) => {
      const page = SECTIONS.sections[number][0];
      if (!best.has(page) || best.get(page).score < score) best.set(page, { score, number });
    });
    const least = SHARE * Math.max(0, ...[...best.values()].map((found) => found.score));
    return [...best.values()]
      .filter((found) => found.score >= least)
      .sort((one, other) => one.score - other.score)
      .map(({ score, number }) => {
        const [page, title, anchor, heading] = SECTIONS.sections[number];
        const at = Search._index.docnames.indexOf(page);
        const shown = heading ? `${title} > ${heading}` : title;
        return [page, shown, anchor && `#${anchor}`, null, score, Search._index.filenames[at], "text"];
      });
  };

  /** Replace how Sphinx finds pages. A name of the reference keeps Sphinx's search, and comes first. */
  const install = () => {
    Search._performSearch = (query, terms, excluded, highlighted, objectTerms) => {
      const numbers = [...objectTerms].filter((term) => /^\d{2,}$/.test(term)); // Sphinx leaves out 403
      const words = [...terms, ...numbers]
        .map((term) => term.replace(/^oauth[12]a?$/, "oauth"))
        .filter((term) => !/^\da?$/.test(term)); // of a version, such as 1.0a
      const pages = rank(new Set(words));
      if (objectTerms.size > 1) return pages;
      const names = [...objectTerms].flatMap((term) => Search.performObjectSearch(term, objectTerms));
      return [...pages, ...names.sort((one, other) => one[4] - other[4])];
    };
  };

  document.addEventListener("DOMContentLoaded", install);
})();
