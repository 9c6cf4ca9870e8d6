// Lets Cucumber's own formatter render messages, in a browser of sorts, and prints what a person reads there.
// node cucumber_report.mjs PARTS MESSAGES TEXT: waits until TEXT is there; exit status 1 when it does not come.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [parts, messages, text] = process.argv.slice(2);
const require = createRequire(`${parts}/`);
const { JSDOM, VirtualConsole } = require("jsdom");
const { CucumberHtmlStream } = await import(pathToFileURL(require.resolve("@cucumber/html-formatter")));

const formatter = new CucumberHtmlStream();
for (const line of readFileSync(messages, "utf8").trimEnd().split("\n")) formatter.write(JSON.parse(line));
formatter.end();
const html = (await formatter.toArray()).join("");

const errors = [];
const told = new VirtualConsole();
// The browser of sorts does not know all of today's CSS.
told.on("jsdomError", (error) => error.type === "css parsing" || errors.push(error.detail?.stack ?? error.message));
told.on("error", (...words) => errors.push(words.join(" ")));
const { window } = new JSDOM(html, { runScripts: "dangerously", pretendToBeVisual: true, virtualConsole: told });
const shown = () => window.document.getElementById("content").textContent;
for (let left = 3000; left && !errors.length && !shown().includes(text); left -= 1) await wait(20);
console.log(shown());
console.error(errors.join("\n"));
process.exit(errors.length || !shown().includes(text) ? 1 : 0);
