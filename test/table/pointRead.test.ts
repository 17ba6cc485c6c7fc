import type { HttpClient, RestError } from "@azure/core-rest-pipeline";
import { TableClient } from "@azure/data-tables";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { openTableClient } from "../../src/shared/table/tableClient.ts";
import { noIdentity } from "../support/azuriteStore.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";

const NAME = "reads";

const azurite = shared(startAzurite);
let sdk: TableClient;
beforeAll(async () => {
  sdk = TableClient.fromConnectionString(azurite.connectionString, NAME, {
    allowInsecureConnection: true,
  });
  await sdk.createTable();
});

const SAS = "TableEndpoint=https://acc.table.core.windows.net/;SharedAccessSignature=sv=1&sig=x%2B";

const KEYS = [
  "a",
  "a.b-c_d",
  "with space",
  "it's",
  "''",
  "100%",
  "%27",
  "a&b=c",
  "+",
  "Zoë",
  "日本",
  "🙂",
];

describe("a point read answers as the SDK does", () => {
  it.each(KEYS)("to the key %j", async (key) => {
    const entity = { partitionKey: key, rowKey: key, text: key, count: 3, flag: true, none: "" };
    await sdk.upsertEntity({ ...entity, bytes: Buffer.from(key), empty: Buffer.alloc(0) });
    const { pointRead } = openTableClient(NAME, azurite, keepAliveSender(), noIdentity);
    const { timestamp, ...expected } = await sdk.getEntity(key, key);
    expect(await pointRead(key, key)).toEqual({ ...expected, timestamp: expect.any(String) });
  });

  it.each([
    ["a row that is not there", (text: string) => text, NAME],
    ["a table that is not there", (text: string) => text, "missing"],
    [
      "a wrong key",
      (text: string) => text.replace(/AccountKey=[^;]+/, "AccountKey=d3Jvbmc="),
      NAME,
    ],
  ])("to %s", async (_, change, name) => {
    const connectionString = change(azurite.connectionString);
    const storage = { connectionString };
    const { client, pointRead } = openTableClient(name, storage, keepAliveSender(), noIdentity);
    const said = ({ code, statusCode, details, response }: RestError) => [
      (details as { odataError?: { code: string } })?.odataError?.code ?? code,
      statusCode,
      typeof response?.headers.get("x-ms-request-id"),
    ];
    const refused = (promise: Promise<unknown>) => promise.then(() => "answered", said);
    expect(await refused(pointRead("p", "r"))).toEqual(await refused(client.getEntity("p", "r")));
  });
});

describe("a request is signed as the SDK signs it", () => {
  const ACCOUNT =
    "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=a2V5;EndpointSuffix=core.windows.net";

  it.each([
    ["an account", ACCOUNT],
    ["an account in another order", ACCOUNT.split(";").reverse().join(" ; ")],
    ["an account in small letters", ACCOUNT.replace(/\w+(?==)/g, (name) => name.toLowerCase())],
    ["an endpoint with a path", `${ACCOUNT};TableEndpoint=http://127.0.0.1:9/acc/`],
    ["a shared access signature", SAS],
    ["a shared access signature beside a key", `${SAS};AccountName=acc;AccountKey=a2V5`],
    ["the emulator", "UseDevelopmentStorage=true"],
  ])("with %s", async (_, connectionString) => {
    const date = jest.spyOn(Date.prototype, "toUTCString").mockReturnValue("now");
    const sent: [string, string | undefined][] = [];
    const httpClient: HttpClient = {
      async sendRequest({ url, headers }) {
        sent.push([url, headers.get("authorization")]);
        throw new Error("It is enough to see the request.");
      },
    };
    const options = { httpClient, retryOptions: { maxRetries: 0 } };
    const sdk = TableClient.fromConnectionString(connectionString, NAME, options);
    const { client, pointRead } = openTableClient(
      NAME,
      { connectionString },
      async (url, { headers }) => {
        sent.push([String(url), headers?.authorization]);
        throw new Error("It is enough to see the request.");
      },
      noIdentity,
    );
    for (const read of [sdk, client]
      .map((it) => it.getEntity.bind(it))
      .concat(pointRead as never)) {
      await read("it's", "r").catch(() => {});
    }
    date.mockRestore();
    expect(sent).toEqual([sent[0], sent[0], sent[0]]);
  });
});
