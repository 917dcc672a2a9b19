/* The agent's desk: a result opens the fields it asks for, Enter goes on, nothing typed is lost. */
(() => {
  "use strict";
  let ticking = 0;

  const form = () => document.querySelector("[data-answers], #result");
  const chosen = () => form()?.querySelector("input[name=disposition]:checked");

  /* A date field shows its day as the computer's language writes it; beside it stands the day in words. */
  const sayDays = () => {
    document.querySelectorAll("[data-day-of]").forEach((place) => {
      const day = document.getElementById(place.dataset.dayOf)?.valueAsDate;
      const how = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
      place.textContent = day ? new Intl.DateTimeFormat(document.documentElement.lang, how).format(day) : "";
    });
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("input[type=date]")) sayDays();
  });

  const show = (move) => {
    const panel = form();
    if (!panel) return;
    const radio = chosen();
    const needs = (radio?.dataset.needs ?? "").split(" ").filter(Boolean);
    panel.querySelectorAll("[data-group]").forEach((group) => {
      group.hidden = !needs.includes(group.dataset.group) && !group.querySelector("[aria-invalid]");
    });
    panel.querySelectorAll(".choice.other").forEach((label) => {
      label.hidden = !label.querySelector("input").checked;
    });
    const note = panel.querySelector("[data-note]");
    note.setAttribute("aria-required", String(needs.includes("note")));
    panel.querySelector("[data-needed=note]").hidden = !needs.includes("note");
    turn();
    if (!move || !radio) return;
    stop();
    const group = needs.map((name) => panel.querySelector(`[data-group="${name}"]`)).find((found) => found?.getClientRects().length);
    const field = group?.querySelector("[data-first]") ?? group?.querySelector("input, select");
    if (field) field.focus();
    else if (needs.includes("note")) note.focus();
    else panel.querySelector("button.primary").focus();
  };

  /* One button is the main verb: dialling until a result is chosen, then recording it. */
  const turn = () => {
    const dial = document.querySelector("[data-main=dial]");
    const main = dial && !chosen() ? "dial" : "record";
    document.querySelectorAll("[data-main]").forEach((button) => {
      const isMain = button.dataset.main === main;
      button.classList.toggle("primary", isMain);
      if (isMain) button.dataset.key = button.dataset.mainKey;
      else delete button.dataset.key;
    });
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[name=disposition]")) show(true);
  });

  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-choose]");
    if (pick) {
      pick.closest("dialog").close();
      const radio = form().querySelector(`input[value="${CSS.escape(pick.dataset.choose)}"]`);
      radio.closest("label").hidden = false;
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    if (event.target.closest("[data-stop-countdown]")) stop();
  });

  /* -- Dialling ------------------------------------------------------------------------------------------------- */

  document.addEventListener("dialled", (event) => {
    stop();
    if (!event.detail.link) return;
    if (!navigator.userActivation?.isActive) {
      window.location.assign(event.detail.link); // a countdown: nobody clicked, and a new window would be refused
      return;
    }
    // in a window of its own: while a browser asks which program dials, this page keeps its keys
    const link = Object.assign(document.createElement("a"), { href: event.detail.link, target: "_blank", rel: "noopener" });
    link.click();
  });

  const stop = () => {
    clearInterval(ticking);
    ticking = 0;
    document.querySelectorAll(".countdown").forEach((line) => {
      line.hidden = true;
    });
  };

  const count = () => {
    stop();
    const button = document.querySelector("[data-countdown]");
    const line = document.querySelector(".countdown");
    if (!button || !line || chosen()) return;
    let left = Number(button.dataset.countdown);
    const words = line.querySelector("[data-countdown-words]");
    const tick = () => {
      if (!button.isConnected) {
        stop();
        return;
      }
      words.textContent = words.dataset.countdownWords.replace("%s", left);
      if (left <= 0) {
        stop();
        button.click();
      }
      left -= 1;
    };
    line.hidden = false;
    tick();
    ticking = setInterval(tick, 1000);
  };

  /* -- How long ------------------------------------------------------------------------------------------------- */

  const clocks = new WeakMap(); // when each began, by the page's own clock

  const beganAt = (timer) => {
    if (clocks.has(timer)) return clocks.get(timer);
    let began = Date.now() - Number(timer.dataset.seconds) * 1000;
    if (timer.dataset.timer) {
      // the contact that is open: since this tab first showed it, also after a reload
      const [name, since] = (sessionStorage.getItem("desk-open") ?? " ").split(" ");
      if (name === timer.dataset.timer) began = Number(since);
      else sessionStorage.setItem("desk-open", `${timer.dataset.timer} ${began}`);
    }
    clocks.set(timer, began);
    return began;
  };

  const tell = () => {
    document.querySelectorAll("[data-timer]").forEach((timer) => {
      const seconds = Math.max(0, Math.floor((Date.now() - beganAt(timer)) / 1000));
      timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      timer.parentElement.hidden = false;
      const pause = timer.closest("[data-limit]"); // a pause is marked when its limit goes by, also while nobody looks
      if (pause && seconds >= Number(pause.dataset.limit)) pause.querySelector("[data-over]").hidden = false;
    });
  };
  setInterval(tell, 1000);

  const begin = () => {
    show(false);
    tell();
    suggest();
    sayDays();
    count();
  };
  document.addEventListener("DOMContentLoaded", begin);

  /* -- What changed while the customer is open -------------------------------------------------------------------- */

  /* What the form suggests follows what is owed; what was typed, or is being typed, stays. */
  const suggest = () => {
    document.querySelectorAll("[data-suggests]").forEach((told) => {
      const field = document.getElementById(told.dataset.suggests);
      if (field.value === field.dataset.suggested && field !== document.activeElement) field.value = told.value;
      field.dataset.suggested = told.value;
    });
  };

  let focused = null; // the button that had the focus when the pulse brought its piece again

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.id !== "due") return;
    stop(); // whoever is counted down to may have paid: nobody is dialled by itself now
    focused = event.detail.target.contains(document.activeElement) ? document.activeElement : null;
  });

  // Enter does what stands on the main verb: nothing chosen, «Registrar» holds it no longer once dialling is that again
  const rest = () => {
    const idle = document.activeElement;
    if (idle.id === "record" && !idle.matches(".primary")) idle.blur();
  };

  /* What the switchboard says became of the call is chosen, where nothing was: recording it stays her verb. */
  const propose = () => {
    tell();
    const told = document.querySelector("[data-proposes]");
    if (!told || chosen()) return;
    const radio = form()?.querySelector(`input[name=disposition][value="${CSS.escape(told.value)}"]`);
    if (!radio) return;
    radio.checked = true;
    show(false);
  };

  const follow = () => {
    turn();
    tell();
    suggest();
    sayDays();
    rest();
    if (!focused) return;
    // htmx gives the focus back to the same button; one that is gone, or the main verb no more, hands it to what is now
    const has = document.activeElement;
    if (has === document.body || (focused.matches("[data-main]") && !has.matches("[data-main]")))
      document.getElementById("record").focus({ preventScroll: true });
    focused = null;
  };

  /* The promised calls stand below the verbs: what she took or unfolded there by its key is brought into sight. */
  const bring = (call) => call?.scrollIntoView({ block: "nearest" });
  document.addEventListener("toggle", (event) => event.target.open && bring(event.target.closest("#calls-to-make .call")), true);

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt?.id === "desk" || event.detail.target?.id === "desk") begin();
    else if (event.detail.elt?.id === "due") follow();
    else if (event.detail.elt?.id === "calls-to-make" && event.detail.requestConfig?.verb === "post") bring(event.detail.elt);
    else if (event.detail.target?.id === "placed-call" || event.detail.elt?.id === "placed-call") propose();
    else if (event.detail.target?.id === "telephones" || event.detail.elt?.id === "telephones") {
      turn();
      tell();
      rest();
      propose();
      if (event.detail.requestConfig?.elt?.matches("[data-waits]")) count(); // she is free now
    }
  });
})();
