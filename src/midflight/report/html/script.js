"use strict";
// Filters the revisions, opens and closes them, and copies code. The page can be read without any of it.
{
  const form = document.querySelector("form.filter");
  const { words, hazard, open, close } = form.elements;
  const revisions = [...document.querySelectorAll("details.revision")];
  const rows = document.querySelectorAll(".graph li");
  const texts = new Map();

  const textOf = (revision) => {
    if (!texts.has(revision)) texts.set(revision, revision.textContent.toLowerCase());
    return texts.get(revision);
  };
  const hasHazard = (revision, name) => {
    if (name === "") return true;
    if (name === "*") return revision.classList.contains("news");
    return (revision.dataset.hazards ?? "").split("\n").includes(name);
  };
  const isWanted = (revision, wanted) => {
    return hasHazard(revision, hazard.value) && wanted.every((word) => textOf(revision).includes(word));
  };
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    revisions.forEach((revision, row) => {
      revision.hidden = !isWanted(revision, wanted);
      rows[row]?.classList.toggle("unwanted", revision.hidden);
    });
    const shown = revisions.filter((revision) => !revision.hidden).length;
    form.querySelector("output").value = `${shown} of ${revisions.length}`;
  };
  const setOpen = (isOpen) => revisions.filter((one) => !one.hidden).forEach((one) => { one.open = isOpen; });

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  open.addEventListener("click", () => setOpen(true));
  close.addEventListener("click", () => setOpen(false));
  document.querySelectorAll("a[data-hazard]").forEach((link) => link.addEventListener("click", () => {
    hazard.value = link.dataset.hazard;
    words.value = "";
    filter();
  }));
  // A link leads to a revision that the filter has hidden, too.
  window.addEventListener("hashchange", () => {
    const hidden = document.getElementById(location.hash.slice(1))?.closest("details.revision[hidden]");
    if (!hidden) return;
    form.reset();
    filter();
    location.replace(location.hash);
  });
  form.hidden = false;
  filter();
}
{
  const copy = async (code) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent);
    getSelection().selectAllChildren(code);
    if (!document.execCommand("copy")) throw new Error("not copied");
  };
  document.querySelectorAll(".fix pre").forEach((block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", () => copy(block.querySelector("code")).then(
      () => { button.textContent = "Copied"; },
      () => { button.textContent = "Not copied"; },
    ));
    block.before(button);
  });
}
