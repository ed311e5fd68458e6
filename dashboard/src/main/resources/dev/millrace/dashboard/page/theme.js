/*
 * Light or dark: as the system has it, or as the switch was left. Loaded before the page is drawn, so
 * that it does not flash; hence a plain script, not a module.
 */
"use strict";
(() => {
  const KEY = "millrace.theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered() {
    try {
      const theme = localStorage.getItem(KEY);
      return theme === "light" || theme === "dark" ? theme : null;
    } catch {
      return null; // storage is switched off
    }
  }

  function apply() {
    document.documentElement.dataset.theme = remembered() ?? (dark.matches ? "dark" : "light");
    document.dispatchEvent(new Event("themechange"));
  }

  dark.addEventListener("change", apply);
  apply();

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const label = () => {
      const to = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      button.setAttribute("aria-label", `Use the ${to} theme`);
      button.title = `Use the ${to} theme`;
    };
    label();
    document.addEventListener("themechange", label);
    button.addEventListener("click", () => {
      const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem(KEY, theme);
      } catch {
        // storage is switched off: the switch holds until the page is left
        document.documentElement.dataset.theme = theme;
        document.dispatchEvent(new Event("themechange"));
        return;
      }
      apply();
    });
  });
})();
