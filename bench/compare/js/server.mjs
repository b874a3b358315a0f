// graphql-js over plain objects. node server.mjs GRAPH.json SCHEMA.graphql
// prints its address once it listens and ends with its standard input.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { buildSchema, execute, parse, validate } from "graphql";

const [graphFile, schemaFile] = process.argv.slice(2);
const graph = JSON.parse(readFileSync(graphFile, "utf8"));
const schema = buildSchema(readFileSync(schemaFile, "utf8"));

const cut = (list, first) => (first == null ? list : list.slice(0, first));

class Country {
  constructor(plain) {
    Object.assign(this, plain);
  }
  borders({ first }) {
    return { nodes: cut(this.neighbours, first) };
  }
  cities({ first }) {
    return { nodes: cut(this.towns, first) };
  }
  exportsTo({ where, orderBy, first, series }) {
    const atLeast = where?.edge?.share?.gte;
    const prefix = where?.node?.name?.startsWith;
    const all = series ? this.series : this.exports;
    let kept = all;
    if (atLeast != null) kept = kept.filter((e) => e.share >= atLeast);
    if (prefix != null) kept = kept.filter((e) => e.node.name.toLowerCase().startsWith(prefix));
    if (orderBy?.[0]?.edge?.share === "DESC") kept = [...kept].sort((a, b) => b.share - a.share);
    return new ExportList(cut(kept, first), all);
  }
}

class ExportList {
  constructor(edges, all) {
    this.edges = edges;
    this.all = all;
  }
  aggregate() {
    return { groups: () => this.groups() };
  }
  groups() {
    const by = new Map();
    for (const e of this.all) {
      let g = by.get(e.resource);
      if (!g) by.set(e.resource, (g = { key: e.resource, count: 0, sum: 0 }));
      g.count++;
      g.sum += e.share;
    }
    for (const g of by.values()) g.avg = { share: g.sum / g.count };
    return [...by.values()].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  }
}

const cities = graph.cities;
const countries = graph.countries.map((c) => new Country(c));
for (const c of countries) {
  c.neighbours = c.neighbours.map((i) => countries[i]);
  c.towns = c.towns.map((i) => cities[i]);
  for (const e of c.exports) e.node = countries[e.node];
  for (const e of c.series) e.node = countries[e.node];
}
const byID = new Map(countries.map((c) => [c.id, c]));
const rootValue = {
  country: ({ id }) => byID.get(id),
  countries: ({ first }) => ({ nodes: cut(countries, first) }),
  cities: ({ first }) => ({ nodes: cut(cities, first) }),
};

// Documents are parsed and validated once.
const documents = new Map();
function answer({ query, variables }) {
  let document = documents.get(query);
  if (!document) {
    document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    documents.set(query, document);
  }
  return execute({ schema, document, rootValue, variableValues: variables });
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (c) => chunks.push(c));
  request.on("end", () => {
    const body = JSON.stringify(answer(JSON.parse(Buffer.concat(chunks).toString("utf8"))));
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
