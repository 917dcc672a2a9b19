/* The calls at the agent's telephone, on every page she works from: a stream tells that something changed, and the page
 * asks what; while no stream is heard it asks every 3 s. What has not changed stays as it is, with the focus in it, and so
 * does a call into whose form somebody types, as long as there is that call.
 */
(() => {
  "use strict";
  const ASKS_EVERY = 3000;
  const PATIENCE = 40000; // two beats of the stream and a bit: one that is silent longer is gone without a word
  const REFUSED_FOR = 30000;
  const place = document.getElementById("ringing");
  if (!place) return;
  let source = null;
  let heard = false;
  let asking = false;
  let askAgain = false;
  let shown = "";
  let clock = 0; // of the next question
  let watch = 0; // over the stream's silence, or until it is tried again

  /* Her state goes along with her calls, and changes without them: a pause that was set or ended elsewhere. */
  const stateMayBeAnother = () => document.body.dispatchEvent(new Event("calls-changed"));

  const show = (html) => {
    if (html === shown) return;
    if (place.querySelector(".htmx-request")) {
      setTimeout(ask, 300); // what she asked for comes into what stands here now
      return;
    }
    shown = html;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const typed = place.querySelector("form[data-typing]")?.closest("[data-call]");
    const same = typed && fresh.content.querySelector(`[data-call="${typed.dataset.call}"]`);
    if (same) {
      const all = [...fresh.content.children];
      const at = all.indexOf(same);
      [...place.children].filter((one) => one !== typed).forEach((one) => one.remove());
      typed.before(...all.slice(0, at));
      typed.after(...all.slice(at + 1));
    } else place.replaceChildren(fresh.content);
    window.htmx.process(place);
    window.screens.tick?.();
    stateMayBeAnother();
    yieldKeys();
    const soon = place.querySelector("[data-ask-in]");
    if (soon) setTimeout(ask, soon.dataset.askIn * 1000 + 100);
  };

  /* A key the page has a use for is the page's: a call here gives it up. */
  const yieldKeys = () =>
    place.querySelectorAll("button[data-key]:not([data-key=Enter]):not([data-key=Escape])").forEach((one) => {
      const others = [...document.querySelectorAll(`[data-key="${one.dataset.key}"]`)];
      if (others.every((other) => place.contains(other))) return;
      delete one.dataset.key;
      one.querySelector(".key")?.remove();
    });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (!place.contains(target)) yieldKeys();
  });

  const close = (form) => {
    form.remove();
    shown = ""; // what it held back is shown now
    ask();
  };
  place.addEventListener("click", ({ target }) => {
    if (target.closest("[data-close]")) close(target.closest("form"));
  });
  place.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (detail.requestConfig.verb !== "post" || detail.xhr.status !== 204) return;
    if (target.matches("form[data-typing]")) close(target);
    else ask();
  });

  const ask = async () => {
    clearTimeout(clock);
    if (document.hidden) return;
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const address = `${place.dataset.calls}?here=${encodeURIComponent(location.pathname)}`;
      const answer = await fetch(address, {
        cache: "no-store",
        headers: { "HX-Request": "true" },
        signal: AbortSignal.timeout(8000),
      });
      if (answer.ok && !answer.redirected) show((await answer.text()).trim());
      if (!heard) stateMayBeAnother();
    } catch {
      // asked again in a moment; what the telephone does is heard at the telephone
    } finally {
      asking = false;
      if (askAgain || !heard) clock = setTimeout(ask, askAgain ? 0 : ASKS_EVERY);
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
    if (!place.dataset.stream || source || document.hidden) return;
    source = new EventSource(place.dataset.stream, { withCredentials: true });
    source.addEventListener("open", () => {
      heard = true;
      alive();
      ask(); // for what happened until now
    });
    const news = () => {
      alive();
      ask();
      stateMayBeAnother();
    };
    source.addEventListener("own", news);
    source.addEventListener("beat", alive);
    source.addEventListener("resync", news);
    source.addEventListener("error", () => lose(source.readyState === EventSource.CLOSED ? REFUSED_FOR : 0));
  }

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
