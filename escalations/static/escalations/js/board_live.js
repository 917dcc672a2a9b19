/* Keeps a board as fresh as the centre is: told by a stream what changed, asking every 3 s while no stream is heard.
 * It draws nothing itself: board.refresh(id, version) fetches one card; when too many changed the page is loaded anew. What is
 * told twice carries the same version. The region #live says in a word how fresh the board is.
 */
(() => {
  "use strict";
  const ASKS_EVERY = 3000;
  const PATIENCE = 40000; // two beats of the stream and a bit: one that is silent longer is gone without a word
  const YOUNG = 35000; // the centre tells again what happened in the last 30 s: a page younger than that knows most of it
  const PACE = 8; // ms: what one answer takes the centre
  const SOON = 800; // ms: a hundred boards know all of it within a second
  const REFUSED_FOR = 30000; // a stream that was refused (too many boards, nobody there) is tried again after this

  const region = document.getElementById("live");
  if (!region) return;
  const { stream, changes } = region.dataset;
  let since = region.dataset.since;
  let source = null;
  let state = "";
  let asking = false;
  let isCalled = false; // an answer younger than the one under way is needed
  let askAgain = false; // in a while, though the stream is heard
  let heard = false; // whether the stream is open and alive
  let clock = 0; // of the next question
  let watch = 0; // over the stream's silence, or until it is tried again

  const say = (now) => {
    if (state === now) return;
    state = now;
    region.replaceChildren(document.getElementById(`live-${now}`).content.cloneNode(true));
  };

  /* `id:version`, and from the stream also its state and how many boards are told this in the same moment: they move the
   * card at once, and ask for the rest of it one after the other. */
  const tell = (card) => {
    const [id, version, state, boards = 0] = card.split(":");
    window.board?.refresh(id, Number(version), { state, within: Math.min(boards * PACE, SOON) });
  };

  /* Whether the page is loaded anew; not while somebody is in the middle of something. */
  const loadAnew = () => {
    const busy = window.screens.openDialog() || window.screens.typing(document.activeElement) || window.board?.hand?.dragged;
    if (busy || performance.now() < YOUNG) return false;
    window.location.reload();
    return true;
  };

  const ask = async () => {
    clearTimeout(clock);
    if (document.hidden) return;
    if (asking) {
      isCalled = askAgain = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(`${changes}?since=${since}`, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      const found = await answer.json();
      found.cards.forEach(tell);
      if (found.resync && since && !loadAnew()) askAgain = true;
      else since = found.newest;
      say(heard ? "stream" : "asks");
    } catch {
      if (!heard) say("off"); // and asks again: the centre comes back by itself
      else askAgain = true;
    } finally {
      asking = false;
      if (askAgain || !heard) clock = setTimeout(ask, isCalled ? 0 : ASKS_EVERY);
      askAgain = isCalled = false;
    }
  };

  const lose = (again) => {
    heard = false;
    clearTimeout(watch);
    if (again) {
      source?.close();
      source = null;
      watch = setTimeout(listen, again);
    }
    ask();
  };

  const alive = () => {
    clearTimeout(watch);
    watch = setTimeout(() => lose(1), PATIENCE);
  };

  function listen() {
    if (!stream || !window.EventSource || source || document.hidden) return;
    source = new EventSource(stream, { withCredentials: true });
    source.addEventListener("open", () => {
      heard = true;
      alive();
      say("stream");
      ask(); // for what happened until now
    });
    source.addEventListener("card", (event) => {
      alive();
      tell(event.data);
    });
    source.addEventListener("beat", alive);
    source.addEventListener("resync", ask);
    source.addEventListener("error", () => lose(source.readyState === EventSource.CLOSED ? REFUSED_FOR : 0));
  }

  /* A board nobody looks at listens to nobody: browsers open six connections to a host and then wait. */
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      heard = false;
      clearTimeout(watch);
      clearTimeout(clock);
      source?.close();
      source = null;
    } else {
      begin();
    }
  });
  window.addEventListener("pagehide", () => source?.close());

  /* A stream that opens asks by itself; one that takes its time is not waited for. */
  function begin() {
    listen();
    clock = setTimeout(ask, source ? 1500 : 0);
  }
  begin();
})();
