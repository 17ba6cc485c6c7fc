import { TableClient } from "@azure/data-tables";
import { afterEach, describe, expect, it } from "@jest/globals";
import { IDLE_POLICIES, openTableClient } from "../../src/shared/table/tableClient.ts";
import { keepAliveSender } from "../support/send.ts";

const policies = ({ pipeline }: TableClient) =>
  pipeline.getOrderedPolicies().map(({ name }) => name);

const CONNECTION = "UseDevelopmentStorage=true";
const ENDPOINT = "https://account.table.core.windows.net";
const IDENTITY = { clientId: undefined, setting: "TOKEN_CACHE_STORAGE__clientId" };

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

describe("the SDK's policies that are taken away", () => {
  it.each([
    [
      "a connection string",
      { connectionString: CONNECTION },
      TableClient.fromConnectionString(CONNECTION, "table"),
    ],
    [
      "an identity",
      { tableServiceUri: ENDPOINT, identity: IDENTITY },
      new TableClient(ENDPOINT, "table"),
    ],
  ])("have the names that the SDK gives them, with %s", (_, storage, untouched) => {
    const { client } = openTableClient(
      "table",
      storage,
      keepAliveSender(),
      () => async () => "token",
    );
    expect(policies(untouched)).toEqual(expect.arrayContaining(IDLE_POLICIES));
    expect(policies(client)).toEqual(
      policies(untouched).filter((name) => !IDLE_POLICIES.includes(name)),
    );
  });
});

it.each(["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"])("takes no notice of %s", (name) => {
  process.env[name] = "proxy";
  const open = () =>
    openTableClient(
      "table",
      { connectionString: CONNECTION },
      keepAliveSender(),
      () => async () => "token",
    );
  expect(open).not.toThrow();
});
