// Runs every audit of graphql-http against the service whose address is given and
// prints one JSON line for each: its verdict, and what it asked and was answered.
import { serverAudits } from 'graphql-http';

let exchanges;
const fetchFn = async (url, init = {}) => {
  const res = await fetch(url, init);
  const body = await res.clone().text();
  let answer = {};
  try {
    answer = JSON.parse(body);
  } catch {
    // what is no JSON has neither member
  }
  exchanges.push({
    method: init.method ?? 'GET',
    query: new URL(url).search,
    headers: Object.fromEntries(new Headers(init.headers)),
    body: init.body ?? '',
    status: res.status,
    type: res.headers.get('content-type') ?? '',
    data: 'data' in answer,
    errors: 'errors' in answer,
  });
  return res;
};

for (const audit of serverAudits({ url: process.argv[2], fetchFn })) {
  exchanges = [];
  const { status, reason } = await audit.fn();
  console.log(JSON.stringify({ id: audit.id, name: audit.name, verdict: status, reason, exchanges }));
}
