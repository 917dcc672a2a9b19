/* The supervisors' board by key and by mouse: arrows walk, m and an arrow move, a card is dragged to another column. */
(() => {
  "use strict";
  const { openDialog, typing } = window.screens;
  const board = document.getElementById("board");
  const { act, move, rove, letGo, cardOf, linkOf, announce, columns, hand } = window.board;
  const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: "info" } }));
  let moving = false;

  /* -- Keys ----------------------------------------------------------------------------------------------------- */

  const endMoving = (text) => {
    moving = false;
    board.querySelector(".card.moving")?.classList.remove("moving");
    if (text) announce(text);
  };

  const walk = (key, card) => {
    const list = card.parentElement;
    const cards = [...list.children];
    const at = cards.indexOf(card);
    if (key === "ArrowDown") return cards[at + 1];
    if (key === "ArrowUp") return cards[at - 1];
    const step = key === "ArrowRight" ? 1 : -1;
    for (let place = columns.indexOf(card.closest(".column")) + step; columns[place]; place += step) {
      const others = columns[place].querySelectorAll("[data-card]");
      if (others.length) return others[Math.min(at, others.length - 1)];
    }
    return undefined;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (openDialog() || typing(document.activeElement)) return;
    const arrow = event.key.startsWith("Arrow");
    if (moving) {
      if (!arrow && event.key !== "Escape") {
        endMoving(board.dataset.saidStays);
        return;
      }
      event.preventDefault();
      if (event.key === "Escape") {
        endMoving(board.dataset.saidStays);
        return;
      }
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const card = cardOf(hand.current);
      const reached = step && card && columns[columns.indexOf(card.closest(".column")) + step];
      endMoving(reached ? "" : board.dataset.saidEdge);
      if (reached) move(hand.current, reached.dataset.column);
      return;
    }
    if (!arrow) return;
    const card = document.activeElement?.closest?.("[data-card]");
    const idle = document.activeElement === document.body || document.activeElement?.closest?.(".board-verbs");
    const next = card ? walk(event.key, card) : idle && (cardOf(hand.current) ?? board.querySelector("[data-card]"));
    if (!next) return;
    event.preventDefault();
    linkOf(next).focus();
  });

  board.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card) return;
    hand.current = card.dataset.card;
    rove(card.parentElement, linkOf(card));
  });

  document.querySelector(".board-verbs")?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const card = cardOf(hand.current);
    if (!card) {
      say(board.dataset.saidNone);
      return;
    }
    if (button.dataset.verb) {
      act(hand.current, button.dataset.verb);
      return;
    }
    linkOf(card).focus();
    card.classList.add("moving");
    moving = true;
    announce(board.dataset.saidChoose);
  });

  /* -- Mouse ---------------------------------------------------------------------------------------------------- */

  const endDragging = () => {
    columns.forEach((column) => column.classList.remove("over"));
    board.querySelector(".card.dragged")?.classList.remove("dragged");
    letGo();
  };

  if (board.dataset.works === "yes") {
    board.addEventListener("dragstart", (event) => {
      const card = event.target.closest("[data-card]");
      if (!card) return;
      hand.dragged = card.dataset.card;
      hand.current = hand.dragged;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", `#${hand.dragged}`);
      card.classList.add("dragged");
    });
    board.addEventListener("dragover", (event) => {
      const over = event.target.closest(".column");
      columns.forEach((column) => column.classList.toggle("over", hand.dragged !== null && column === over));
      if (hand.dragged !== null && over) event.preventDefault(); // it may be dropped here
    });
    board.addEventListener("drop", (event) => {
      const column = event.target.closest(".column");
      const key = hand.dragged;
      if (key === null || !column) return;
      event.preventDefault();
      endDragging();
      move(key, column.dataset.column);
    });
    board.addEventListener("dragend", endDragging);
  }
})();
