// The accounts, categories and names that a story is about.

import assert from "node:assert/strict";
import { type Api, good, type Schemas } from "./reading.ts";

export interface Chart {
  broker: string;
  checking: string;
  savings: string;
  groceries: string;
  household: string;
  salary: string;
  market: string;
}

/** Create a broker, two accounts, three categories and a vendor. */
export async function openChart(api: Api): Promise<Chart> {
  const broker = await good(api.POST("/api/v1/brokers", { body: { name: "Bank" } }));
  const checking = await good(
    api.POST("/api/v1/accounts", {
      body: {
        name: "Everyday",
        kind: "checking",
        currency: "BRL",
        broker: broker.id,
        opened_on: "2025-01-01",
        opening_balance: "1000.00",
      },
    }),
  );
  assert.equal(checking.type, "asset");
  assert.deepEqual([checking.opened_on, checking.broker], ["2025-01-01", broker.id]);
  assert.equal(checking.balance, "1000.00");
  const savings = await good(
    api.POST("/api/v1/accounts", { body: { name: "Later", kind: "savings", currency: "BRL" } }),
  );
  assert.equal(savings.balance, "0.00");

  async function category(name: string, type: Schemas["CategoryType"]): Promise<string> {
    const made = await good(api.POST("/api/v1/categories", { body: { name, type } }));
    assert.deepEqual([made.type, made.parent], [type, null]);
    return made.id;
  }

  return {
    broker: broker.id,
    checking: checking.id,
    savings: savings.id,
    groceries: await category("Groceries", "expense"),
    household: await category("Household", "expense"),
    salary: await category("Salary", "income"),
    market: (await good(api.POST("/api/v1/vendors", { body: { name: "Market" } }))).id,
  };
}
