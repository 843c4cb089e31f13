// The main story, told through types generated from the OpenAPI document.
//
// Called with the server's address, an e-mail, its password and the path of an OFX file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import createClient from "openapi-fetch";
import { type Chart, openChart } from "./chart.ts";
import { type Api, balance, cents, changes, good, pages, refusal, type Schemas } from "./reading.ts";
import type { paths } from "./schema.d.ts";

type Transaction = Schemas["TransactionRead"];

/** Record a purchase, a transfer and a split; return the purchase. */
async function recordOneByOne(api: Api, chart: Chart): Promise<Transaction> {
  const bought = await good(
    api.POST("/api/v1/transactions", {
      body: {
        date: "2025-01-10",
        description: "Fruit",
        account: chart.checking,
        amount: "-42.50",
        category: chart.groceries,
        vendor: chart.market,
      },
    }),
  );
  assert.equal(bought.kind, "expense");
  assert.deepEqual([bought.category_name, bought.vendor_name], ["Groceries", "Market"]);
  const moved = await good(
    api.POST("/api/v1/transactions", {
      body: {
        date: "2025-01-15",
        description: "Put aside",
        account: chart.checking,
        amount: "-200.00",
        transfer_to: chart.savings,
      },
    }),
  );
  assert.equal(moved.kind, "transfer");
  assert.deepEqual([moved.amount, moved.transfer_to], ["-200.00", chart.savings]);
  const split = await good(
    api.POST("/api/v1/transactions", {
      body: {
        date: "2025-01-20",
        description: "Food and soap",
        entries: [
          { account: chart.checking, amount: "-30.00" },
          { account: chart.groceries, amount: "20.00", currency: "BRL" },
          { account: chart.household, amount: "10.00", currency: "BRL" },
        ],
      },
    }),
  );
  assert.equal(split.kind, "split");
  const amounts = split.entries.map((entry) => [entry.account, entry.amount]);
  assert.deepEqual(Object.fromEntries(amounts), {
    [chart.checking]: "-30.00",
    [chart.groceries]: "20.00",
    [chart.household]: "10.00",
  });
  assert.equal(await balance(api, chart.checking), "727.50");
  assert.equal(await balance(api, chart.savings), "200.00");
  return bought;
}

/** Record a month in one call, and ask what would become of another; return the month. */
async function recordTogether(api: Api, chart: Chart): Promise<Transaction[]> {
  const pay: Schemas["TransactionCreate"] = {
    date: "2025-02-01",
    description: "Pay",
    account: chart.checking,
    amount: "3000.00",
    category: chart.salary,
  };
  const coffees = ["2025-02-02", "2025-02-03", "2025-02-04", "2025-02-05"].map((date) => ({
    date,
    description: "Coffee",
    account: chart.checking,
    amount: "-10.01",
  }));
  const month = await good(
    api.POST("/api/v1/transactions/bulk", { body: { transactions: [pay, ...coffees] } }),
  );
  assert(!("dry_run" in month));
  assert.deepEqual(
    month.results.map((one) => one.amount),
    ["3000.00", "-10.01", "-10.01", "-10.01", "-10.01"],
  );
  assert.equal(await balance(api, chart.checking), "3687.46");

  const stray = { ...pay, account: chart.broker };
  const answer = await good(
    api.POST("/api/v1/transactions/bulk", {
      params: { query: { atomic: false, dry_run: true } },
      body: { transactions: [pay, stray] },
    }),
  );
  assert("dry_run" in answer);
  const [right, wrong] = answer.results;
  assert(right?.ok && right.transaction);
  assert.equal(right.transaction.amount, "3000.00");
  assert(wrong && !wrong.ok && wrong.errors);
  assert.deepEqual(wrong.errors.map((fault) => fault.pointer), ["/transactions/1/account"]);
  assert.equal(await balance(api, chart.checking), "3687.46");
  return month.results;
}

/** Read lists with filters, to their end. */
async function listThem(api: Api, chart: Chart): Promise<void> {
  const sizes: number[] = [];
  let sum = 0n;
  const filters = { account: chart.checking, date_from: "2025-02-01", limit: 2 };
  for await (const page of pages(api, filters)) {
    sizes.push(page.length);
    for (const one of page) sum += cents(one.amount);
  }
  assert.deepEqual([sizes, sum], [[2, 2, 1], 295996n]);
  const query = {
    category: "none",
    status: "cleared",
    date_from: "2025-02-01",
    limit: 1,
    total: true,
  } as const;
  const plain = await good(api.GET("/api/v1/transactions", { params: { query } }));
  assert.deepEqual([plain.total, plain.results.length], [4, 1]);
}

/** Correct the version that was read; a version that is gone is refused. */
async function correct(
  api: Api,
  chart: Chart,
  bought: Transaction,
  coffee: Transaction,
): Promise<void> {
  const path = { id: bought.id };
  const { response } = await api.GET("/api/v1/transactions/{id}", { params: { path } });
  const header = { "If-Match": response.headers.get("ETag") ?? "" };
  const dearer = { params: { path, header }, body: { amount: "-45.00" } };
  const changed = await good(api.PATCH("/api/v1/transactions/{id}", dearer));
  assert.deepEqual([changed.amount, changed.category], ["-45.00", chart.groceries]);
  assert(changed.version > bought.version);
  const [status] = await refusal(api.PATCH("/api/v1/transactions/{id}", dearer));
  assert.equal(status, 412);
  const row = { id: coffee.id, version: coffee.version, description: "Espresso" };
  const several = await good(
    api.PATCH("/api/v1/transactions/bulk", { body: { transactions: [row] } }),
  );
  assert(!("dry_run" in several));
  assert.equal(several.results[0]?.description, "Espresso");
  assert.equal(await balance(api, chart.checking), "3684.96");
}

/** Send a request twice for one effect, then delete what it made and something else. */
async function retryAndDelete(api: Api, chart: Chart, coffee: Transaction): Promise<void> {
  const tea = {
    params: { header: { "Idempotency-Key": "tea" } },
    body: { date: "2025-02-07", description: "Tea", account: chart.checking, amount: "-5.00" },
  };
  const first = await api.POST("/api/v1/transactions", tea);
  const again = await api.POST("/api/v1/transactions", tea);
  assert(first.data && again.data);
  assert.deepEqual(again.data, first.data);
  assert.equal(again.response.headers.get("Idempotency-Replayed"), "true");
  assert.equal(await balance(api, chart.checking), "3679.96");

  const header = { "If-Match": first.response.headers.get("ETag") ?? "" };
  const made = { params: { path: { id: first.data.id }, header } };
  const gone = await api.DELETE("/api/v1/transactions/{id}", made);
  assert.equal(gone.response.status, 204);
  const body = { transactions: [{ id: coffee.id }] };
  const would = await good(
    api.DELETE("/api/v1/transactions/bulk", { params: { query: { dry_run: true } }, body }),
  );
  assert("dry_run" in would && would.results[0]?.ok);
  const done = await good(api.DELETE("/api/v1/transactions/bulk", { body }));
  assert.deepEqual(done.results.map((row) => row.id), [coffee.id]);
  assert.equal(await balance(api, chart.checking), "3694.97");
}

/** Upload a bank's file, look at it and commit it. */
async function importStatement(api: Api, chart: Chart, statement: string): Promise<void> {
  const content = await readFile(statement);
  const preview = await good(
    api.POST("/api/v1/imports", {
      // A file has no type of its own in a JSON schema: the text stands for the form's part.
      body: { account: chart.checking, file: basename(statement) },
      bodySerializer: ({ file }) => {
        const form = new FormData();
        form.set("account", chart.checking);
        form.set("file", new Blob([content]), file);
        return form;
      },
    }),
  );
  assert.deepEqual([preview.status, preview.file_name], ["preview", basename(statement)]);
  assert.deepEqual([preview.counts.new, preview.counts.duplicate], [2, 0]);
  assert(preview.lines.every((line) => line.verdict === "new"));
  assert.deepEqual([preview.statement.closing, preview.statement.gap], ["3759.63", "0.00"]);
  assert.equal(await balance(api, chart.checking), "3694.97");
  const path = { id: preview.id };
  const done = await good(api.POST("/api/v1/imports/{id}/commit", { params: { path }, body: {} }));
  assert.equal(done.status, "committed");
  assert.equal(await balance(api, chart.checking), "3759.63");
}

/** Close January, which then does not change. */
async function closeMonth(api: Api, me: Schemas["Me"], bought: Transaction): Promise<void> {
  const closed = await good(api.POST("/api/v1/closed-months", { body: { month: "2025-01" } }));
  assert.deepEqual([closed.month, closed.closed_by], ["2025-01", me.id]);
  const cheaper = { params: { path: { id: bought.id } }, body: { amount: "-1.00" } };
  const late = await refusal(api.PATCH("/api/v1/transactions/{id}", cheaper));
  assert.deepEqual(late, [400, "month_closed"]);
}

/** Read what it all comes to. */
async function lookBack(api: Api, me: Schemas["Me"], chart: Chart): Promise<void> {
  assert(me.default_book !== null);
  const header = { "X-Book": me.default_book };
  const overview = await good(
    api.GET("/api/v1/reports/accounts/portfolio-overview", { params: { header } }),
  );
  assert.deepEqual(overview.net_worth, { amount: "3959.63", currency: "BRL" });
  const balances = overview.accounts.map((line) => [line.id, line.balance]);
  assert.deepEqual(Object.fromEntries(balances), {
    [chart.checking]: "3759.63",
    [chart.savings]: "200.00",
  });
  const kinds = overview.by_kind.map((share) => [share.kind, share.total.amount]);
  assert.deepEqual(Object.fromEntries(kinds), { checking: "3759.63", savings: "200.00" });
}

/** Follow the feed from the beginning, and have the book proven. */
async function keepCopy(api: Api, bought: Transaction, deleted: Transaction): Promise<void> {
  const rows = new Map<string, Schemas["SyncRow"]>();
  for await (const row of changes(api)) rows.set(row.id, row);
  assert.deepEqual([rows.get(deleted.id)?.deleted, rows.get(deleted.id)?.data], [true, null]);
  const row = rows.get(bought.id);
  assert(row?.resource === "transaction");
  assert.equal(row.data?.description, "Fruit");
  const integrity = await good(api.GET("/api/v1/integrity"));
  assert(integrity.ok && integrity.checks.every((check) => check.ok));
}

/** Tell the story from signing in to signing out. */
async function tell(
  baseUrl: string,
  email: string,
  password: string,
  statement: string,
): Promise<void> {
  const anybody = createClient<paths>({ baseUrl });
  const signedIn = (access: string): Api =>
    createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${access}` } });
  const wrong = { body: { email, password: "wrong" } };
  const nobody = await refusal(anybody.POST("/api/v1/auth/token", wrong));
  assert.deepEqual(nobody, [401, "wrong_credentials"]);
  const { access, refresh } = await good(
    anybody.POST("/api/v1/auth/token", { body: { email, password } }),
  );
  const api = signedIn(access);
  const me = await good(api.GET("/api/v1/users/me"));
  assert.equal(me.email, email);

  const chart = await openChart(api);
  const bought = await recordOneByOne(api, chart);
  const month = await recordTogether(api, chart);
  const [coffee, last] = [month.at(1), month.at(-1)];
  assert(coffee && last);
  await listThem(api, chart);
  await correct(api, chart, bought, coffee);
  await retryAndDelete(api, chart, last);
  await importStatement(api, chart, statement);
  await closeMonth(api, me, bought);
  await lookBack(api, me, chart);
  await keepCopy(api, bought, last);

  const fresh = await good(anybody.POST("/api/v1/auth/refresh", { body: { refresh } }));
  assert.deepEqual(await good(signedIn(fresh.access).GET("/api/v1/users/me")), me);
  const end = { body: { refresh: fresh.refresh } };
  assert.equal((await anybody.POST("/api/v1/auth/logout", end)).response.status, 204);
  const [status] = await refusal(signedIn(fresh.access).GET("/api/v1/users/me"));
  assert.equal(status, 401);
}

const [url, email, password, statement] = process.argv.slice(2);
assert(url && email && password && statement);
await tell(url, email, password, statement);
