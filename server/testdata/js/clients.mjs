// Speaks to the service with a public client, as a program of its users would,
// and prints one JSON line for each thing it hears.
//   node clients.mjs ws|sse|single URL LAST
import * as overSocket from 'graphql-ws';
import * as overStream from 'graphql-sse';
import WebSocket from 'ws';

const [, , transport, url, last] = process.argv;
const print = (line) => console.log(JSON.stringify(line));

const retry = { retryAttempts: 20, retryWait: () => new Promise((go) => setTimeout(go, 50)) };
const sse = { url: url + '/graphql/stream', retryAttempts: retry.retryAttempts, retry: retry.retryWait };
const create = () =>
  transport === 'ws'
    ? overSocket.createClient({ url: url.replace(/^http/, 'ws') + '/graphql', webSocketImpl: WebSocket, ...retry })
    : overStream.createClient({ ...sse, singleConnection: transport === 'single' });
const client = create();

// What has one answer.
const once = (query, client) =>
  new Promise((resolve) => {
    const heard = [];
    client.subscribe(
      { query },
      {
        next: (result) => heard.push(result),
        error: (error) => resolve({ error: Array.isArray(error) ? error.map((e) => e.extensions.code) : String(error) }),
        complete: () => resolve({ heard }),
      },
    );
  });
print(await once('{ graph { sequence } }', client));
// With a single connection the client takes every refusal for a loss of its connection.
print(await once('{ nothing }', transport === 'single' ? create() : client));
print(await once('mutation { transact(input: {operations: [{retract: {claim: "c"}}]}) { sequence } }', client));

// A stream that goes on where it was when the connection is lost.
const request = {
  query: 'subscription($since: Int) { changes(sinceSequence: $since) { sequence } }',
  variables: { since: 0 },
};
await new Promise((resolve, reject) => {
  const stop = client.subscribe(request, {
    next: ({ data, errors }) => {
      if (errors) return reject(errors);
      request.variables.since = data.changes.sequence;
      print({ event: data.changes.sequence });
      if (data.changes.sequence === Number(last)) stop();
    },
    error: reject,
    complete: resolve,
  });
  // graphql-sse says nothing to a sink that was stopped.
  if (transport !== 'ws') setInterval(() => request.variables.since === Number(last) && resolve(), 10);
});
print({ done: true });
await client.dispose();
process.exit(0);
