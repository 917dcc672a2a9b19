/* Keeps a board as fresh as the centre is: told by a stream what changed, asking every 3 s while no stream is heard.
 * It draws nothing itself: board.refresh(id, version) fetches one card, board.resync() all of them. What is told twice
 * carries the same version. The region #live says in a word how fresh the board is.
 */
(() => {
  "use strict";
  const ASKS_EVERY = 3000;
  const PATIENCE = 40000; // two beats of the stream and a bit: one that is silent longer is gone without a word
  const REFUSED_FOR = 30000; // a stream that was refused (too many boards, nobody there) is tried again after this

  const region = document.getElementById("live");
  if (!region) return;
  const { stream, changes } = region.dataset;
  let since = region.dataset.since;
  let source = null;
  let state = "";
  let asking = false;
  let askAgain = false; // somebody needs an answer younger than the one under way
  let heard = false; // whether the stream is open and alive
  let clock = 0; // of the next question
  let watch = 0; // over the stream's silence, or until it is tried again

  const say = (now) => {
    if (state === now) return;
    state = now;
    region.replaceChildren(document.getElementById(`live-${now}`).content.cloneNode(true));
  };

  const tell = (card) => {
    const [id, version] = card.split(":").map(Number);
    window.board?.refresh(id, version);
  };

  /* Whether everything is being looked at; not while somebody types and only a reload would help. */
  const lookAtAll = () => {
    if (window.board?.resync) window.board.resync();
    else if (window.screens.openDialog() || window.screens.typing(document.activeElement)) return false;
    else window.location.reload();
    return true;
  };

  const ask = async () => {
    clearTimeout(clock);
    if (document.hidden) return;
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(`${changes}?since=${since}`, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      const found = await answer.json();
      found.cards.forEach(tell);
      if (!found.resync || lookAtAll()) since = found.newest;
      say(heard ? "stream" : "asks");
    } catch {
      if (!heard) say("off"); // and asks again: the centre comes back by itself
      else askAgain = true;
    } finally {
      asking = false;
      if (askAgain || !heard) clock = setTimeout(ask, askAgain && heard ? 300 : ASKS_EVERY);
      askAgain = false;
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
    if (!window.EventSource || source || document.hidden) return;
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
      listen();
      ask();
    }
  });
  window.addEventListener("pagehide", () => source?.close());

  listen();
  ask();
})();
