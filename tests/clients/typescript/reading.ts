// What a story reads through the generated types.

import assert from "node:assert/strict";
import type { Client } from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Api = Client<paths>;
export type Schemas = components["schemas"];

interface Answer<Data> {
  data?: Data;
  error?: Schemas["Problem"];
  response: Response;
}

/** Return what a call answers, which is no problem. */
export async function good<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  assert(data !== undefined, `${response.status}: ${JSON.stringify(error)}`);
  return data;
}

/** Return the status of the problem that a call answers, and its most telling code. */
export async function refusal(call: Promise<Answer<unknown>>): Promise<[number, string]> {
  const { error } = await call;
  assert(error !== undefined);
  return [error.status, error.errors?.[0]?.code ?? error.code];
}

/** Return an amount of a currency with two decimals in its cents. */
export function cents(amount: string): bigint {
  assert.match(amount, /^-?\d+\.\d\d$/);
  return BigInt(amount.replace(".", ""));
}

/** Return what an account in reais holds. */
export async function balance(api: Api, id: string): Promise<string> {
  const found = await good(api.GET("/api/v1/accounts/{id}", { params: { path: { id } } }));
  assert.equal(found.currency, "BRL");
  return found.balance;
}

type Filters = NonNullable<paths["/api/v1/transactions"]["get"]["parameters"]["query"]>;

/** Yield the pages of a list of transactions, to its end. */
export async function* pages(
  api: Api,
  filters: Filters,
): AsyncGenerator<Schemas["TransactionRead"][]> {
  let place = {};
  for (;;) {
    const query = { ...filters, ...place };
    const page = await good(api.GET("/api/v1/transactions", { params: { query } }));
    yield page.results;
    if (page.next === null) return;
    place = cursor(page.next);
  }
}

/** Yield all of the feed, from its beginning. */
export async function* changes(api: Api): AsyncGenerator<Schemas["SyncRow"]> {
  let place = {};
  for (;;) {
    const query = { since: 0, limit: 7, ...place };
    const page = await good(api.GET("/api/v1/sync", { params: { query } }));
    yield* page.results;
    assert.equal(page.has_more, page.next !== null);
    if (page.next === null) return;
    place = cursor(page.next);
  }
}

function cursor(link: string): { cursor: string } {
  const found = new URL(link).searchParams.get("cursor");
  assert(found !== null);
  return { cursor: found };
}
