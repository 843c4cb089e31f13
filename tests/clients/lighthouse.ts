// Let Lighthouse look at the portfolio page of a running demo, and fail below 95.

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const LEAST = 0.95;
const site = `http://127.0.0.1:${process.env.PORT ?? "8000"}`;
const cookies = new Map<string, string>();

async function visit(path: string, body?: URLSearchParams): Promise<string> {
  const answer = await fetch(site + path, {
    method: body ? "POST" : "GET",
    body,
    headers: { Cookie: header(), Origin: site },
    redirect: "manual",
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
    cookies.set(name, value);
  }
  return answer.text();
}

function header(): string {
  return [...cookies].map((pair) => pair.join("=")).join("; ");
}

const form = await visit("/sign-in");
const [, token] = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(form)!;
await visit(
  "/sign-in",
  new URLSearchParams({
    csrfmiddlewaretoken: token,
    username: "demo@example.com",
    password: "buffet-demo",
  }),
);

const chrome = await launch({
  chromePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  chromeFlags: ["--headless", "--no-sandbox", "--disable-background-networking"],
});
const result = await lighthouse(`${site}/`, {
  port: chrome.port,
  extraHeaders: { Cookie: header() },
  onlyCategories: ["performance", "accessibility", "best-practices"],
});
chrome.kill();

const { categories, audits, finalDisplayedUrl } = result!.lhr;
console.log(finalDisplayedUrl);
for (const { title, score, auditRefs } of Object.values(categories)) {
  console.log(`${Math.round((score ?? 0) * 100)}  ${title}`);
  for (const { id, weight } of auditRefs) {
    const { score: own, title: what, errorMessage: trouble } = audits[id];
    if (weight && trouble) console.log(`      not measured  ${what}: ${trouble}`);
    if (weight && own !== null && own < 1) console.log(`      ${Math.round(own * 100)}  ${what}`);
  }
  if ((score ?? 0) < LEAST) process.exitCode = 1;
}
