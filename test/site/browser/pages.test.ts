// The pages in a real browser, from a disk and from a web server: what users do, and what hostile names must not do.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import axe, { type AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

import { eventLink, href } from "../../../src/site/app/links.ts";
import { CHROMIUM, HOSTILE, writeSite } from "./site.ts";

if (CHROMIUM === undefined) console.log("skipped the pages in a browser: no chromium (apt install chromium)");
// A comparison loads and judges two whole kernels, on a machine that may be busy.
jest.setTimeout(60_000);

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

const SWITCH = "#/event/sched:sched_switch";
/** What every page loads. */
const FIRST = ["index.html", "app.css", "app.js", "data/core.js"];
const MAX_FIRST_BYTES = 300_000;
const MAX_PAINT_MS = 1000;

inBrowser("the pages", () => {
  let directory: string;
  let browser: Browser;
  let page: Page;
  let troubles: string[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "tpabi-site-"));
    await writeSite(directory);
    browser = await chromium.launch({ executablePath: CHROMIUM as string, args: ["--no-sandbox"] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });
  beforeEach(async () => {
    page = await browser.newPage();
    troubles = [];
    page.on("console", (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) troubles.push(`asks for ${request.url()}`);
    });
    page.setDefaultTimeout(20_000);
  });
  afterEach(async () => {
    await page.close();
    // Errors, violations of the policy, requests.
    if (troubles.length > 0) throw new Error(troubles.join("\n"));
  });

  const open = async (fragment: string): Promise<void> => {
    await page.goto(pathToFileURL(join(directory, "index.html")).href + fragment);
  };
  const heading = () => page.getByRole("heading", { level: 1 });

  test("begin small and soon", async () => {
    const bytes = FIRST.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    expect(bytes).toBeLessThan(MAX_FIRST_BYTES);
    await open("");
    await heading().waitFor();
    const paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime");
    expect(paint).toBeLessThan(MAX_PAINT_MS);
    expect(await page.getByRole("link", { name: "sched:sched_switch" }).count()).toBeGreaterThan(0);
    expect(await page.locator(".plot canvas").count()).toBe(1);
  });

  test("search as one types, with the keyboard alone", async () => {
    await open("");
    await heading().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("sched_swi");
    const options = page.getByRole("option");
    await options.first().filter({ hasText: "sched:sched_switch" }).waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await options.first().getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/event\/sched:sched_switch$/);
    await page.locator("h1:focus").waitFor();
    expect(await heading().textContent()).toBe("sched:sched_switch");
    expect(await page.title()).toContain("sched:sched_switch");
  });

  test.each([
    ["prev_state", "field or argument of", "Events with prev_state"],
    ["xfs", "system,", "System xfs"],
    ["rasdaemon", "tool,", "rasdaemon"],
  ])("find %s", async (text, about, title) => {
    await open("");
    await page.getByRole("combobox").fill(text);
    await page.getByRole("option").filter({ hasText: about }).first().click();
    await page.locator("h1:focus").waitFor();
    expect(await heading().textContent()).toBe(title);
  });

  test("show an event: its record to scale, two kernels side by side, users, guards", async () => {
    await open("#/event/sched:sched_stat_runtime");
    const record = page.getByRole("region", { name: "Record in 6.12.118" });
    await record.waitFor();
    expect(await record.getByRole("rowheader").allTextContents()).toContain("u64 runtime");
    await page.getByLabel("Side by side with").selectOption("6.1.192");
    const before = page.getByRole("region", { name: "Record in 6.1.192" });
    expect(await before.getByRole("row", { name: "u64 vruntime" }).textContent()).toContain("gone");
    expect(page.url()).toContain("and=6.1.192");
    expect(
      await page.getByRole("group", { name: "Known users" }).getByRole("rowheader", { name: "perf" }).count(),
    ).toBeGreaterThan(0);
    await page.getByText("field-removed: ").click();
    expect(await page.locator("details[open] pre").textContent()).toContain("bpf_core_field_exists");
  });

  test("compare two kernels as `tpabi diff` does, and keep the filter in the address", async () => {
    await open("#/compare/6.1.192/6.12.117?level=breaking");
    const findings = page.locator(".finding");
    await findings.first().waitFor();
    expect(await page.locator(".verdict").textContent()).toMatch(/^\d+ breaking, \d+ likely, /);
    const all = await findings.count();
    await page.getByRole("combobox", { name: "System", exact: true }).selectOption("sched");
    await page.waitForURL(/system=sched/);
    await findings.filter({ hasNotText: "sched:" }).first().waitFor({ state: "detached" });
    const some = await findings.count();
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    expect(await findings.first().textContent()).toContain("sched:sched_stat_runtime");
    const link = page.url();
    await page.goto("about:blank");
    await page.goto(link);
    await findings.first().waitFor();
    expect(await findings.count()).toBe(some);
    expect(await page.getByLabel("likely").isChecked()).toBe(false);
  });

  test("show what a tool uses on every kernel", async () => {
    await open("#/tool/perf");
    await page.getByLabel("Text").fill("sched_stat_runtime vruntime");
    const row = page.getByRole("row").filter({ hasText: "vruntime" });
    expect(await row.locator(".runs").textContent()).toBe(
      "holds on 6.1.192; what it uses of the event is not there on 6.12.117 to 6.12.118",
    );
    expect(await row.locator(".cell").count()).toBe(3);
    expect(await row.locator("details").textContent()).toContain("field-removed");
  });

  test("show what lasts, by system", async () => {
    await open("#/stability?system=block");
    await page.locator(".plot canvas").waitFor();
    expect(await page.getByRole("combobox", { name: "System", exact: true }).inputValue()).toBe("block");
    expect(
      await page.getByRole("group", { name: "Survival by kernel" }).getByRole("rowheader").first().textContent(),
    ).toBe("6.1.192");
  });

  test.each([
    ["#/event/no:such_event", "No kernel has"],
    ["#/event/sched:no_such", "No kernel has an event"],
    ["#/compare/6.1.192/9.9", "There is no kernel 9.9"],
    ["#/tool/nothing", "knows nothing of a tool"],
    ["#/nonsense/%zz", "There is no page nonsense"],
    ["#/constructor", "There is no page constructor"],
  ])("say what is wrong with %s", async (fragment, text) => {
    await open(fragment);
    expect(await page.getByText(text).textContent()).not.toBe("");
  });

  test("may run, load and ask for nothing that is not the site's", async () => {
    await open("");
    await heading().waitFor();
    await page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<b onclick=1 style='color: red'>x</b>");
      fetch("data/core.js").catch(() => {});
    }`);
    const refused = /(script-src|script-src-attr|style-src|style-src-attr|connect-src|default-src)/;
    expect(troubles.filter((text) => refused.test(text)).length).toBeGreaterThanOrEqual(4);
    expect(await page.title()).not.toBe("owned");
    troubles.length = 0;
  });

  describe("take hostile names for text", () => {
    const { system, event, field, text } = HOSTILE;
    const id = `${system}:${event}`;
    const shown = field.replace("\u202e", "\\u202e");

    test("on the event's page", async () => {
      await open(eventLink(id, { at: "6.12.118", and: "6.12.117" }));
      await page.getByRole("region", { name: "Record in 6.12.118" }).waitFor();
      const body = (await page.locator("body").textContent()) ?? "";
      for (const part of [id, shown, text]) expect(body).toContain(part);
      expect(body).not.toContain("\u202e");
      expect(await page.title()).toContain(id);
      expect(await page.locator("main img, main script, main b, main textarea").count()).toBe(0);
    });

    test("in the search", async () => {
      await open("");
      await page.getByRole("combobox").fill("onerror");
      await page.getByRole("option").first().click();
      await page.waitForURL(/#\/event\//);
      await page.locator("h1:focus").waitFor();
      expect(await heading().textContent()).toBe(id);
    });

    test("in a comparison", async () => {
      await open(href(["compare", "6.12.117", "6.12.118"]));
      await page.locator(".finding").first().waitFor();
      expect(await page.locator(".finding").first().textContent()).toContain(id);
      expect(await page.locator(".note").first().textContent()).toContain(
        `not whole, so events that seem gone in it may not be: ${text}`,
      );
      expect(await page.locator("main img, main script").count()).toBe(0);
    });
  });

  test.each(["", `${SWITCH}?at=6.12.117&and=6.1.192`, "#/compare/6.1.192/6.12.117", "#/tool/perf", "#/stability"])(
    "keep the rules of accessibility: '%s'",
    async (fragment) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await open(fragment);
        await heading().waitFor();
        await page
          .locator("main [role=status]")
          .filter({ hasText: /^Loading/ })
          .waitFor({ state: "detached" });
        await page.evaluate(`${axe.source};0`);
        // It would fetch the style sheet otherwise, which the policy refuses even the site itself.
        const rules = colorScheme === "light" ? "" : "runOnly: ['color-contrast']";
        const { violations } = await page.evaluate<AxeResults>(`axe.run({ preload: false, ${rules} })`);
        expect(violations.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
      }
    },
  );

  test("do not widen on a phone", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const fragment of ["", SWITCH, "#/compare/6.1.192/6.12.117", "#/tool/perf", "#/stability"]) {
      await open(fragment);
      await heading().waitFor();
      await page
        .locator("main [role=status]")
        .filter({ hasText: /^Loading/ })
        .waitFor({ state: "detached" });
      expect([fragment, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([fragment, 360]);
    }
  });

  test("work from a web server, too", async () => {
    const server = await serve(directory);
    try {
      const { port } = server.address() as AddressInfo;
      page.removeAllListeners("request");
      await page.goto(`http://127.0.0.1:${port}/index.html${SWITCH}`);
      const record = page.getByRole("region", { name: "Record in 6.12.118" });
      expect(await record.getByRole("rowheader").last().textContent()).toBe("int next_prio");
    } finally {
      server.close();
    }
  });
});

function serve(directory: string): Promise<Server> {
  const types = { html: "text/html", js: "text/javascript", css: "text/css" } as const;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://localhost").pathname;
    const type = types[path.split(".").at(-1) as keyof typeof types];
    response.setHeader("content-type", type ?? "text/plain").end(readFileSync(join(directory, path)));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
