// Places the nodes of a network: linked nodes attract each other, all repel, and all are drawn to the middle (ForceAtlas2). Repulsion reads a
// quadtree, in which what is far away counts as one body: a step takes n log n and not n².

/** The nodes by number: where they are, how heavy, and which stay; links are pairs of numbers. */
export interface Bodies { x: Float32Array; y: Float32Array; mass: Float32Array; fixed: Uint8Array; links: Uint32Array }

// A cell is taken as one body where it looks smaller than this from where it acts.
const theta = 0.9, repulsion = 40, pull = 0.6, gravityX = 0.55, gravityY = 1.5, deepest = 30;

/** A quadtree over points: four children of a cell are four numbers in a row; 0 means none. */
class Tree {
  child = new Int32Array(0); body = new Int32Array(0); mass = new Float64Array(0); cx = new Float64Array(0); cy = new Float64Array(0); size = new Float64Array(0);
  private n = 0;

  private cell(size: number) {
    if (this.n >= this.body.length) {
      const longer = <A extends Int32Array | Float64Array>(a: A, k = 1) => { const b = new (a.constructor as { new(n: number): A })(k * Math.max(1024, 2 * this.n)); b.set(a); return b; };
      this.child = longer(this.child, 4); this.body = longer(this.body); this.mass = longer(this.mass); this.cx = longer(this.cx); this.cy = longer(this.cy); this.size = longer(this.size);
    }
    this.child.fill(0, 4 * this.n, 4 * this.n + 4);
    this.body[this.n] = -1; this.mass[this.n] = this.cx[this.n] = this.cy[this.n] = 0; this.size[this.n] = size;
    return this.n++;
  }

  build({ x, y, mass }: Bodies) {
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
    for (let i = 0; i < x.length; i++) { x0 = Math.min(x0, x[i]!); x1 = Math.max(x1, x[i]!); y0 = Math.min(y0, y[i]!); y1 = Math.max(y1, y[i]!); }
    const size = Math.max(x1 - x0, y1 - y0, 1);
    this.n = 0;
    this.cell(size);
    for (let i = 0; i < x.length; i++) this.insert(i, x, y, mass, x0, y0, size);
    for (let c = 0; c < this.n; c++) { this.cx[c]! /= this.mass[c]!; this.cy[c]! /= this.mass[c]!; }
  }

  private insert(i: number, x: Float32Array, y: Float32Array, mass: Float32Array, x0: number, y0: number, size: number) {
    let c = 0, depth = 0, moving = i; // a body that a cell held alone moves down with the new one
    for (;;) {
      const m = mass[i]!;
      this.mass[c]! += m; this.cx[c]! += m * x[i]!; this.cy[c]! += m * y[i]!;
      const leaf = this.child[4 * c]! + this.child[4 * c + 1]! + this.child[4 * c + 2]! + this.child[4 * c + 3]! === 0;
      if (leaf && this.body[c] === -1 && this.mass[c] === m) { this.body[c] = i; return; }
      if (depth++ > deepest) return; // bodies at one place
      size /= 2;
      if (leaf && this.body[c]! >= 0) {
        moving = this.body[c]!;
        this.body[c] = -1;
        const q = Number(x[moving]! >= x0 + size) + 2 * Number(y[moving]! >= y0 + size), k = this.cell(size);
        this.child[4 * c + q] = k;
        this.mass[k] = mass[moving]!; this.cx[k] = mass[moving]! * x[moving]!; this.cy[k] = mass[moving]! * y[moving]!; this.body[k] = moving;
      }
      const right = Number(x[i]! >= x0 + size), down = Number(y[i]! >= y0 + size), q = right + 2 * down;
      x0 += right * size; y0 += down * size;
      if (this.child[4 * c + q] === 0) { const k = this.cell(size); this.child[4 * c + q] = k; }
      c = this.child[4 * c + q]!;
    }
  }

  private stack = new Int32Array(4 * (deepest + 4));

  /** Adds to out what pushes body i. */
  push(i: number, { x, y, mass }: Bodies, out: Float64Array) {
    let top = 0, fx = 0, fy = 0;
    this.stack[top++] = 0;
    while (top > 0) {
      const c = this.stack[--top]!;
      if (this.body[c] === i) continue;
      let dx = x[i]! - this.cx[c]!, dy = y[i]! - this.cy[c]!;
      const d2 = dx * dx + dy * dy, s = this.size[c]!;
      if (this.body[c]! < 0 && s * s > theta * theta * d2) {
        let any = false;
        for (let q = 0; q < 4; q++) { const k = this.child[4 * c + q]!; if (k) { this.stack[top++] = k; any = true; } }
        if (any) continue;
      }
      if (d2 < 1e-3) { dx = ((i * 7919) % 13) - 6; dy = ((i * 104729) % 11) - 5; }
      const f = (repulsion * mass[i]! * this.mass[c]!) / Math.max(d2, 1);
      fx += dx * f; fy += dy * f;
    }
    out[0] = fx; out[1] = fy;
  }
}

/** The layout of one network, step by step. It is bounded: with the heat, the distance that nodes may move falls to nothing. */
export class Forces {
  private tree = new Tree();
  private fx: Float64Array; private fy: Float64Array; private ox: Float64Array; private oy: Float64Array;
  private force = new Float64Array(2);

  constructor(readonly of: Bodies) {
    const n = of.x.length;
    this.fx = new Float64Array(n); this.fy = new Float64Array(n); this.ox = new Float64Array(n); this.oy = new Float64Array(n);
  }

  step(heat: number) {
    const { x, y, mass, fixed, links } = this.of, { fx, fy, ox, oy, force } = this, n = x.length;
    ox.set(fx); oy.set(fy);
    this.tree.build(this.of);
    for (let i = 0; i < n; i++) {
      this.tree.push(i, this.of, force);
      const d = Math.hypot(x[i]!, y[i]!) || 1, g = (8 * mass[i]!) / Math.sqrt(d);
      fx[i] = force[0]! - (gravityX * g * x[i]!) / Math.sqrt(d);
      fy[i] = force[1]! - (gravityY * g * y[i]!) / Math.sqrt(d);
    }
    for (let k = 0; k < links.length; k += 2) {
      const a = links[k]!, b = links[k + 1]!, dx = pull * (x[b]! - x[a]!), dy = pull * (y[b]! - y[a]!);
      fx[a]! += dx; fy[a]! += dy; fx[b]! -= dx; fy[b]! -= dy;
    }
    for (let i = 0; i < n; i++) {
      if (fixed[i]) continue;
      // A node that swings to and fro is slowed down, one that goes its way is not.
      const swing = mass[i]! * Math.hypot(ox[i]! - fx[i]!, oy[i]! - fy[i]!), way = (mass[i]! * Math.hypot(ox[i]! + fx[i]!, oy[i]! + fy[i]!)) / 2;
      const speed = Math.log(1 + way) / (1 + Math.sqrt(swing)), most = 40 * heat, by = Math.hypot(fx[i]!, fy[i]!) * speed * 0.3;
      const k = by > most ? (0.3 * speed * most) / by : 0.3 * speed;
      x[i]! += fx[i]! * k; y[i]! += fy[i]! * k;
    }
  }
}

// The greatest number of steps of a layout, and its longest time in milliseconds.
const steps = 500, longest = 1400;

/** Runs the layout in parts of a few milliseconds; each part returns whether more is to do. */
export function settling(of: Bodies, from = 1, now = () => performance.now()) {
  const forces = new Forces(of), begun = now();
  let done = 0;
  return (milliseconds: number) => {
    const end = now() + milliseconds;
    do {
      const heat = from * (1 - Math.max(done / steps, (now() - begun) / longest));
      if (heat <= 0.004) return false;
      forces.step(heat);
      done++;
    } while (now() < end);
    return true;
  };
}
