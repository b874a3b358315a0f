// Answers the differential tests of package gql with graphql-js.
//
// Standard input: one JSON object per line. The first is {schema}, the SDL; each further one
// is {query, variables?, operationName?, mode}, answered by one line:
//   mode "rules":   {syntax: bool, rules: [names of the rules that refuse the document]}
//   mode "places":  {syntax, places: ["rule line:column ..." of each error]}
//   mode "execute": the response of an execution over the generated world, or the request
//                   errors; {valid, data, errors: [{message, path}]}
//   mode "sdl":     {sdl} of the sorted schema
// The world is generated: an object is a seed, and each field's value follows from the
// seed, the field's name and its arguments. world_test.go does the same in Go.
import * as g from 'graphql';
import { readFileSync } from 'node:fs';

const lines = readFileSync(0, 'utf8').split('\n').filter((l) => l !== '');
const schema = g.lexicographicSortSchema(g.buildSchema(JSON.parse(lines[0]).schema));

function hash(text) {
  let h = 0x811c9dc5;
  for (const b of Buffer.from(text, 'utf8')) {
    h ^= b;
    h = Math.imul(h, 0x01000193) >>> 0;
  }
  return h;
}

function canonical(v) {
  if (v === undefined) return '';
  if (v === null || typeof v !== 'object') return JSON.stringify(v);
  if (Array.isArray(v)) return '[' + v.map(canonical).join(',') + ']';
  return '{' + Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + canonical(v[k])).join(',') + '}';
}

// Some values are errors, and some are null where they must not be; not so errors of items
// and nulls in lists of leaves, which the engine's readers cannot say.
function value(type, h, label) {
  const nonNull = g.isNonNullType(type);
  if (h % (nonNull ? 37 : 9) === 0) return null;
  if (h % 23 === 0) return new Error('boom ' + label);
  return present(type, h);
}

function present(type, h) {
  if (g.isNonNullType(type)) type = type.ofType;
  if (g.isListType(type)) {
    const out = [];
    for (let i = 0; i < h % 4; i++) {
      const item = hash(h + '/' + i);
      const nonNull = g.isNonNullType(type.ofType);
      const none = nonNull ? item % 37 === 0 && !g.isLeafType(g.getNamedType(type)) : item % 9 === 0;
      out.push(none ? null : present(type.ofType, item));
    }
    return out;
  }
  if (g.isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type);
    return { __typename: possible[h % possible.length].name, seed: h };
  }
  if (g.isObjectType(type)) return { seed: h };
  if (g.isEnumType(type)) {
    const values = type.getValues();
    return values[h % values.length].name;
  }
  switch (type.name) {
    case 'Int': return h % 1000;
    case 'Float': return (h % 1000) / 8;
    case 'Boolean': return h % 2 === 0;
    case 'ID': return 'id' + (h % 1000);
    case 'Anything': return { h: h % 10, list: [1, 'x', null] };
    default: return 's' + (h % 1000);
  }
}

for (const type of Object.values(schema.getTypeMap())) {
  if (!g.isObjectType(type) || type.name.startsWith('__')) continue;
  for (const field of Object.values(type.getFields())) {
    field.resolve = (source, args) => {
      const text = canonical(args);
      if (field.args.some((a) => a.name === 'v')) return text; // shows what was coerced
      const out = value(field.type, hash(source.seed + '/' + field.name + '/' + text), field.name);
      if (out instanceof Error) throw out;
      return out;
    };
  }
}

function rules(query) {
  let doc;
  try {
    doc = g.parse(query);
  } catch (e) {
    return { syntax: false, rules: [] };
  }
  const failing = [];
  for (const rule of g.specifiedRules) {
    if (g.validate(schema, doc, [rule]).length > 0) failing.push(rule.name.replace(/Rule$/, ''));
  }
  return { syntax: true, rules: failing.sort() };
}

function places(query) {
  let doc;
  try {
    doc = g.parse(query);
  } catch (e) {
    return { syntax: false, places: e.locations.map((l) => `Syntax ${l.line}:${l.column}`) };
  }
  const out = [];
  for (const rule of g.specifiedRules) {
    for (const e of g.validate(schema, doc, [rule])) {
      out.push([rule.name.replace(/Rule$/, ''), ...e.locations.map((l) => `${l.line}:${l.column}`)].join(' '));
    }
  }
  return { syntax: true, places: out.sort() };
}

function execute({ query, variables, operationName }) {
  const r = g.graphqlSync({ schema, source: query, rootValue: { seed: 1 }, variableValues: variables, operationName });
  return {
    valid: 'data' in r,
    data: r.data === undefined ? undefined : JSON.stringify(r.data),
    errors: (r.errors ?? []).map((e) => ({ message: e.message, path: e.path ?? null })),
  };
}

for (const line of lines.slice(1)) {
  const req = JSON.parse(line);
  const out = req.mode === 'sdl' ? { sdl: g.printSchema(schema) + '\n' } : req.mode === 'rules' ? rules(req.query) : req.mode === 'places' ? places(req.query) : execute(req);
  process.stdout.write(JSON.stringify(out) + '\n');
}
