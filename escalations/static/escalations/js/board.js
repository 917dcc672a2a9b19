/* The supervisors' board: cards open over the board, take verbs, and are refreshed in place. board_moves.js walks and
 * moves them by key and mouse.
 *
 * window.board.refresh(pk, version, told)   somebody changed a card: fetch it when that is news, and put it where it belongs;
 *                                           told.state: move it there before it is fetched, told.within: in so many ms
 *
 * Where a card is moved to is a verb, and the server says whether it can be taken: nothing moves before it did.
 */
(() => {
  "use strict";
  const { words } = window.screens;
  const FULL = 0.8; // a column with fewer of the cards it can show is filled again
  const TALLY_WAITS = 150; // ms: several cards that change together are counted once
  const board = document.getElementById("board");
  const dialog = document.getElementById("card-dialog");
  const frame = document.getElementById("card-frame");

  const UNDO_STAYS = 10000; // ms: as long as the server takes a move back
  const page = () => document.querySelector("[data-card-page]");
  const say = (text, kind = "info", more = {}) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind, ...more } }));

  /* What is taken back is the last thing done: an older offer goes as a newer one comes. */
  let offeredAt = 0;
  document.addEventListener("htmx:afterSwap", (event) => { // as soon as it is seen: the card may be closed before it settles
    const offer = event.detail.elt.querySelector?.("[data-undo]");
    if (!offer) return;
    offeredAt = Date.now();
    document.querySelectorAll('.toast:has([data-key="z"])').forEach((toast) => toast.remove());
    setTimeout(() => offer.remove(), UNDO_STAYS);
  });

  const markStale = (key, version) => {
    const shown = page();
    if (!shown || shown.dataset.cardPage !== key || Number(shown.dataset.version) >= Number(version)) return;
    shown.querySelector("[data-stale]").hidden = false;
  };

  /* A verb's form that unfolds takes the focus. */
  const toFirstField = (verb) => verb?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches?.("details.verb[open]") && event.target.contains(document.activeElement)) toFirstField(event.target);
    },
    true,
  );

  if (!board) {
    window.board = { refresh: async (pk, version) => markStale(String(pk), version) };
    return;
  }

  const moves = JSON.parse(board.dataset.moves);
  const atOnce = board.dataset.atOnce.split(" ");
  const columns = [...board.querySelectorAll(".column")];
  const newest = new Map(); // the newest version asked for of each card, so that nothing is asked for twice
  const heardOf = new Map(); // the newest version heard of: what is older is not shown, however late its answer comes
  const underWay = new Map();
  const heldBack = new Set(); // changed while it was dragged
  const shownOf = new Map(); // how many cards a column may show: those it came with, until one looks further
  const hand = { current: null, dragged: null }; // the card looked at last, and the one that is dragged
  let tallies = 0;
  let tallying = 0;

  const cardOf = (key) => document.getElementById(`card-${key}`);
  const linkOf = (card) => card.querySelector(".card-link");
  const columnOf = (code) => columns.find((column) => column.dataset.column === code);
  const listOf = (code) => columnOf(code).querySelector(".cards");
  const limitOf = (code) => shownOf.get(code) ?? Number(board.dataset.first);
  const nameOf = (code) => columnOf(code).querySelector("[data-column-name]").textContent;
  const figure = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");
  const announce = (text) => {
    document.getElementById("board-said").textContent = text;
  };

  /* -- The server ----------------------------------------------------------------------------------------------- */

  const ask = async (address, more = {}) => {
    const headers = { "HX-Request": "true", "HX-Current-URL": window.location.href, ...more.headers };
    try {
      const answer = await fetch(address, { ...more, headers });
      const elsewhere = answer.headers.get("HX-Redirect"); // the session ended
      if (elsewhere) window.location.assign(elsewhere);
      return elsewhere ? null : answer;
    } catch {
      return undefined; // no connection
    }
  };
  const trouble = (answer) => {
    if (answer === null) return;
    const reference = answer?.headers.get("X-Request-ID");
    const text = answer ? words.failed : words.offline;
    say(reference ? `${text} ${words.reference} ${reference}` : text, "error");
  };
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

  /* -- Cards that change ---------------------------------------------------------------------------------------- */

  /* One card of a column is reached by Tab, the others by arrows. */
  const rove = (list, chosen) => {
    const links = [...list.querySelectorAll(".card-link")];
    const kept = chosen ?? links.find((link) => link.tabIndex === 0) ?? links[0];
    links.forEach((link) => {
      link.tabIndex = link === kept ? 0 : -1;
    });
  };

  const before = (one, other) => {
    const order = (card) => [-Number(card.dataset.late), Number(card.dataset.due), Number(card.dataset.card)];
    const [left, right] = [order(one), order(other)];
    const place = left.findIndex((value, at) => value !== right[at]);
    return place >= 0 && left[place] < right[place];
  };

  const leave = (card) => {
    const list = card.parentElement;
    const next = card.nextElementSibling ?? card.previousElementSibling;
    const hadFocus = card.contains(document.activeElement);
    card.remove();
    rove(list);
    if (hadFocus && next) linkOf(next).focus({ preventScroll: true });
  };

  const place = (fresh) => {
    const old = cardOf(fresh.dataset.card);
    if (old && Number(old.dataset.version) > Number(fresh.dataset.version)) return;
    const hadFocus = old?.contains(document.activeElement);
    const list = listOf(fresh.dataset.column);
    const from = old?.parentElement;
    const next = [...list.children].find((card) => card !== old && before(fresh, card)) ?? null;
    // by what is shown and not by what was counted: the count may know of this very card already
    const isCut = list.children.length >= limitOf(fresh.dataset.column);
    if (!next && isCut && !hadFocus && from !== list) {
      if (old) leave(old); // it stands behind the ones that are shown
      return;
    }
    if (from === list && old.nextElementSibling === next) old.replaceWith(fresh);
    else {
      list.insertBefore(fresh, next);
      old?.remove();
    }
    fresh.classList.add("changed");
    if (hadFocus) linkOf(fresh).focus({ preventScroll: true });
    rove(list, hadFocus ? linkOf(fresh) : undefined);
    if (from && from !== list) rove(from);
  };

  /* It stands where it was told to be before it is known what it says. */
  const moveOn = (key, state) => {
    const card = cardOf(key);
    if (!card || hand.dragged === key) return;
    const column = columns.find((one) => one.dataset.states.split(" ").includes(state));
    if (!column) leave(card);
    else if (column.dataset.column !== card.dataset.column) {
      const moved = card.cloneNode(true);
      moved.dataset.column = column.dataset.column;
      place(moved);
    }
  };

  const fetchCard = async (key, version, within = 0) => {
    const mine = hand.current === key && document.hasFocus();
    if (within && !mine) await new Promise((passed) => setTimeout(passed, Math.random() * within));
    const sought = new URLSearchParams(window.location.search);
    if (version !== undefined) sought.set("version", version);
    const heard = heardOf.get(key) ?? 0;
    const answer = await ask(`${board.dataset.cards}${key}/card/?${sought}`);
    if (!answer?.ok) {
      newest.delete(key); // whoever hears of it next asks again
      return;
    }
    if (hand.dragged === key) {
      heldBack.add(key);
      newest.delete(key);
      return;
    }
    if (answer.status === 204) {
      const old = cardOf(key);
      if (old && !(Number(old.dataset.version) > Number(version))) leave(old);
    } else {
      const pattern = document.createElement("template");
      pattern.innerHTML = await answer.text();
      const fresh = pattern.content.querySelector("[data-card]");
      const there = Number(fresh.dataset.version);
      if (there < (heardOf.get(key) ?? 0)) {
        if (heardOf.get(key) !== heard) return; // its newer one is on the way, or it has left
        heardOf.set(key, there); // what was heard is not so: it was asked afterwards, and the server knows
        newest.set(key, there);
      }
      place(fresh);
    }
    tally();
  };

  const refresh = (pk, version, told = {}) => {
    const key = String(pk);
    if (version !== undefined) {
      markStale(key, version);
      const shown = Number(cardOf(key)?.dataset.version ?? -1);
      if (Number(version) >= Math.max(heardOf.get(key) ?? 0, shown + 1)) {
        heardOf.set(key, Number(version));
        if (told.state) moveOn(key, told.state);
      }
      if (Number(version) <= Math.max(newest.get(key) ?? -1, shown)) return underWay.get(key) ?? Promise.resolve();
      newest.set(key, Number(version));
    }
    const asked = fetchCard(key, version, told.within).finally(() => {
      if (underWay.get(key) === asked) underWay.delete(key);
    });
    underWay.set(key, asked);
    return asked;
  };

  /* The next ones, when many of a column have left. */
  const fill = async (code) => {
    const answer = await ask(`${board.dataset.cards}columns/${code}/${window.location.search}`);
    if (!answer?.ok) return;
    const pattern = document.createElement("template");
    pattern.innerHTML = await answer.text();
    const isNews = ({ dataset: { card, version } }) => !cardOf(card) && !(heardOf.get(card) > Number(version));
    const missing = [...pattern.content.querySelectorAll("[data-card]")].filter(isNews);
    missing.forEach(place);
    if (missing.length) tally();
  };

  /* Whoever scrolls or walks to the end of a column, or says so, sees more of it. */
  const further = (column) => {
    const code = column.dataset.column;
    if (shownOf.has(code) || column.querySelector("[data-more]").hidden) return undefined;
    shownOf.set(code, Number(board.dataset.shown));
    column.querySelector("[data-further]").hidden = true;
    column.querySelector("[data-filter]").hidden = false;
    return fill(code);
  };
  board.addEventListener(
    "scroll",
    ({ target: list }) => {
      if (list.matches?.(".cards") && list.scrollTop + 2 * list.clientHeight > list.scrollHeight) further(list.closest(".column"));
    },
    true,
  );
  board.addEventListener("focusin", ({ target }) => {
    const card = target.closest("[data-card]");
    if (card && !card.nextElementSibling) further(card.closest(".column"));
  });
  board.addEventListener("click", async ({ target }) => {
    const column = target.closest("[data-further]")?.closest(".column");
    if (!column) return;
    const last = column.querySelector("[data-card]:last-child");
    await further(column);
    if (last?.nextElementSibling) linkOf(last.nextElementSibling).focus();
  });

  const tally = () => {
    clearTimeout(tallying);
    tallying = setTimeout(async () => {
      const turn = (tallies += 1);
      const answer = await ask(`${board.dataset.tally}${window.location.search}`);
      if (!answer?.ok || turn !== tallies) return;
      const counts = await answer.json();
      columns.forEach((column) => {
        const code = column.dataset.column;
        const there = column.querySelectorAll("[data-card]").length;
        const more = Math.max(0, counts.columns[code] - there);
        if (more && there < limitOf(code) * FULL) fill(code);
        column.querySelector("[data-count]").textContent = figure(counts.columns[code]);
        column.querySelector("[data-overdue-count]").textContent = figure(counts.overdue[code]);
        column.querySelector("[data-overdue]").hidden = !counts.overdue[code];
        column.querySelector("[data-more-count]").textContent = figure(more);
        column.querySelector("[data-more]").hidden = !more;
        column.querySelector(".none").hidden = counts.columns[code] > 0;
      });
      Object.entries(counts.chips).forEach(([code, count]) => {
        const chip = document.querySelector(`[data-chip="${code}"]`);
        if (chip) chip.textContent = figure(count); // who works no cards has none of her own
      });
    }, TALLY_WAITS);
  };

  /* -- Verbs ---------------------------------------------------------------------------------------------------- */

  const open = async (key, verb) => {
    const answer = await ask(`${board.dataset.cards}${key}/${verb ? `?verb=${verb}` : ""}`);
    if (answer?.status === 409) {
      say((await answer.json()).text, "warning");
      await refresh(key);
      return;
    }
    if (!answer?.ok) {
      trouble(answer);
      return;
    }
    frame.innerHTML = await answer.text();
    window.htmx.process(frame);
    if (!dialog.open) dialog.showModal();
    const unfolded = frame.querySelector("details.verb[open]");
    if (unfolded) toFirstField(unfolded);
    else frame.querySelector("#card-title").focus();
  };

  const act = async (key, verb) => {
    if (atOnce.includes(verb)) await post(key, `${board.dataset.cards}${key}/steps/${verb}/`);
    else await open(key, verb);
  };

  const post = async (key, address, sent = {}) => {
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    const answer = await ask(address, { method: "POST", headers, body: new URLSearchParams(sent) });
    if (![200, 409].includes(answer?.status)) {
      trouble(answer);
      return;
    }
    const told = await answer.json();
    const takeBack = () => post(key, told.undo, { version: told.version });
    if (answer.status === 409) say(told.text, "warning");
    else if (sent.version) say(told.text, "ok");
    else if (told.undo) say(told.text, "ok", { action: { words: board.dataset.undo, key: "z", run: takeBack }, stays: UNDO_STAYS });
    await refresh(key, told.version);
    if (answer.status === 409) return;
    const card = cardOf(key);
    if (!card) return;
    const name = linkOf(card).textContent;
    announce(board.dataset.saidMoved.replace("%(card)s", name).replace("%(column)s", nameOf(card.dataset.column)));
    if (document.activeElement === document.body) linkOf(card).focus({ preventScroll: true });
  };

  const move = (key, reached) => {
    const card = cardOf(key);
    const verb = card && moves[card.dataset.column][reached];
    return verb ? act(key, verb) : undefined;
  };

  /* -- The card over the board ---------------------------------------------------------------------------------- */

  board.addEventListener("click", (event) => {
    const link = event.target.closest(".card-link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link.closest("[data-card]").dataset.card);
  });

  document.addEventListener("htmx:afterSettle", () => {
    const shown = dialog.open && page();
    if (!shown) return;
    const touched = (shown.dataset.touched ?? "").split(" ").filter(Boolean);
    [...touched, `${shown.dataset.cardPage}:${shown.dataset.version}`].forEach((one) => refresh(...one.split(":")));
  });

  /* It may be taken back after the card is closed, too. */
  const keepOffer = () => {
    const offer = frame.querySelector("[data-undo]");
    const stays = UNDO_STAYS - (Date.now() - offeredAt);
    if (!offer || stays <= 0) return;
    const [key, address, version] = [page().dataset.cardPage, offer.getAttribute("action"), offer.elements.version.value];
    const text = offer.parentElement.querySelector("span").textContent;
    say(text, "ok", { action: { words: board.dataset.undo, key: "z", run: () => post(key, address, { version }) }, stays });
  };

  dialog.addEventListener("close", () => {
    keepOffer();
    frame.replaceChildren();
    if (document.activeElement === document.body && cardOf(hand.current)) linkOf(cardOf(hand.current)).focus();
  });

  /* What was held back while it was dragged. */
  const letGo = () => {
    hand.dragged = null;
    heldBack.forEach((key) => refresh(key));
    heldBack.clear();
  };

  columns.forEach((column) => rove(column.querySelector(".cards")));
  window.board = { refresh, act, move, rove, letGo, cardOf, linkOf, announce, columns, hand };
})();
