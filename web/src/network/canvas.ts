// Draws a network on a canvas, and follows the pointer. It is drawn without WebGL: lines of one look are one path, and what cannot be seen while
// things move (dashes, most labels) is drawn when they rest.
import type { Edge, Graph, Node } from './graph';

export interface Acts { choose: (n: Node | null) => void; open: (n: Node) => void; moved: (n: Node) => void }

export const hueOf = (() => {
  const hues = new Map<string, number>();
  return (type: string) => { if (!hues.has(type)) hues.set(type, (190 + 67 * hues.size) % 360); return hues.get(type)!; };
})();

interface Look { ink: string; ground: string; rule: string; accent: string; warn: string; font: string; dark: boolean }

// Networks of more links are drawn without dashes and with the labels of large nodes only while they move.
const few = 600, labelsAtMost = 140;

export class Drawing {
  private graph: Graph = { nodes: [], edges: [] };
  private scale = 1; private dx = 0; private dy = 0;
  private width = 0; private height = 0; private ratio = 1;
  private over: Node | null = null; private held: Node | null = null; chosen: Node | null = null;
  private own = false; // whether the reader has moved the picture, which then stays as it is
  private waiting = 0; private rested = 0; private look!: Look; private near = new Set<Node>();
  private widths = new Map<string, number>();
  private pointers = new Map<number, { x: number; y: number }>(); private begun = { x: 0, y: 0, far: false };
  private quiet = matchMedia('(prefers-reduced-motion: reduce)').matches;
  private watch: ResizeObserver; private scheme = matchMedia('(prefers-color-scheme: dark)');
  private relook = () => { this.style(); this.draw(); };

  constructor(private canvas: HTMLCanvasElement, private acts: Acts) {
    this.watch = new ResizeObserver(() => { this.resize(); this.fit(true); });
    this.watch.observe(canvas);
    this.scheme.addEventListener('change', this.relook);
    this.style();
    this.resize();
    const on = <K extends keyof HTMLElementEventMap>(name: K, f: (e: HTMLElementEventMap[K]) => void, o?: AddEventListenerOptions) => canvas.addEventListener(name, f, o);
    on('pointerdown', (e) => this.down(e));
    on('pointermove', (e) => this.move(e));
    on('pointerup', (e) => this.up(e));
    on('pointercancel', (e) => this.up(e));
    on('pointerleave', () => { if (!this.pointers.size) this.point(null); });
    on('dblclick', (e) => { const n = this.at(e); if (n) this.acts.open(n); });
    on('wheel', (e) => { if (!e.ctrlKey && !e.metaKey && !e.altKey) return; e.preventDefault(); const { x, y } = this.place(e); this.zoom(Math.exp(-e.deltaY / 300), x, y); }, { passive: false });
  }

  end() { this.watch.disconnect(); this.scheme.removeEventListener('change', this.relook); cancelAnimationFrame(this.waiting); clearTimeout(this.rested); }

  private style() {
    const css = getComputedStyle(this.canvas), root = getComputedStyle(document.documentElement);
    this.look = { ink: css.color, ground: css.backgroundColor, rule: css.borderTopColor, accent: css.outlineColor, warn: css.columnRuleColor, font: root.fontFamily, dark: this.scheme.matches };
  }

  private resize() {
    this.ratio = Math.min(2, devicePixelRatio || 1);
    this.width = this.canvas.clientWidth; this.height = this.canvas.clientHeight;
    this.canvas.width = this.width * this.ratio; this.canvas.height = this.height * this.ratio;
  }

  show(graph: Graph, chosen: Node | null) {
    this.graph = graph;
    this.chosen = chosen;
    this.neighbours();
    this.draw();
  }

  /** Draws again after nodes have moved; the picture follows them unless the reader has moved it. */
  follow(at: 'once' | 'slowly') {
    if (!this.own) this.fit(at === 'once');
    this.draw();
  }

  /** Moves the picture so that all nodes are in it: at once, or a part of the way. */
  fit(atOnce: boolean) {
    const { nodes } = this.graph;
    if (!nodes.length || !this.width) return this.draw();
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
    for (const n of nodes) { x0 = Math.min(x0, n.x); x1 = Math.max(x1, n.x); y0 = Math.min(y0, n.y); y1 = Math.max(y1, n.y); }
    const side = Math.min(70, this.width / 7), s = Math.min((this.width - 2 * side) / (x1 - x0 || 1), (this.height - 70) / (y1 - y0 || 1), 1.8);
    const tx = this.width / 2 - (s * (x0 + x1)) / 2, ty = this.height / 2 - (s * (y0 + y1)) / 2 - 4, k = atOnce || this.quiet ? 1 : 0.25;
    this.scale += (s - this.scale) * k; this.dx += (tx - this.dx) * k; this.dy += (ty - this.dy) * k;
    this.draw();
  }

  whole() { this.own = false; this.fit(true); }

  zoom(by: number, x = this.width / 2, y = this.height / 2) {
    const s = Math.max(0.02, Math.min(8, this.scale * by)), k = s / this.scale;
    this.own = true;
    this.dx = x - (x - this.dx) * k; this.dy = y - (y - this.dy) * k; this.scale = s;
    this.draw();
  }

  /** Draws in the next frame, and once more with all details when things rest. */
  draw() {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.paint(this.graph.edges.length > few); });
    clearTimeout(this.rested);
    if (this.graph.edges.length > few) this.rested = window.setTimeout(() => { cancelAnimationFrame(this.waiting); this.waiting = 0; this.paint(false); }, 160);
  }

  private neighbours() {
    const of = this.over ?? this.chosen;
    this.near = new Set();
    if (of) for (const e of this.graph.edges) if (e.from === of || e.to === of) { this.near.add(e.from); this.near.add(e.to); }
  }

  private lines(g: CanvasRenderingContext2D, edges: Edge[], colour: string, alpha: number, width: number, dash: number[]) {
    if (!edges.length) return;
    const { scale: s, dx, dy } = this;
    g.strokeStyle = colour; g.globalAlpha = alpha; g.lineWidth = width; g.setLineDash(dash);
    // Short paths are filled faster than one of thousands of lines.
    for (let i = 0; i < edges.length; i += 64) {
      g.beginPath();
      for (let k = i; k < edges.length && k < i + 64; k++) { const { from: a, to: b } = edges[k]!; g.moveTo(a.x * s + dx, a.y * s + dy); g.lineTo(b.x * s + dx, b.y * s + dy); }
      g.stroke();
    }
  }

  private paint(moving: boolean) {
    const g = this.canvas.getContext('2d', { alpha: false })!, { look, graph: { nodes, edges } } = this, of = this.over ?? this.chosen;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.globalAlpha = 1; g.fillStyle = look.ground; g.fillRect(0, 0, this.width, this.height);
    const near = (e: Edge) => e.from === of || e.to === of;
    const path = edges.filter((e) => e.path), rest = edges.filter((e) => !e.path), far = rest.filter((e) => !near(e)), close = of ? rest.filter(near) : [], dim = of || path.length ? 0.28 : 0.75;
    const crowd = edges.length > 1500 ? 0.5 : 1;
    if (moving) this.lines(g, far, look.rule, dim * crowd, 1, []);
    else {
      this.lines(g, far.filter((e) => !e.unsure), look.rule, dim * crowd, 1, []);
      this.lines(g, far.filter((e) => e.unsure), look.rule, dim * crowd, 1, [4, 4]);
    }
    this.lines(g, close.filter((e) => !e.unsure), look.accent, 0.9, 1.6, []);
    this.lines(g, close.filter((e) => e.unsure), look.accent, 0.9, 1.6, [5, 4]);
    this.lines(g, path.filter((e) => !e.unsure), look.warn, 1, 3, []);
    this.lines(g, path.filter((e) => e.unsure), look.warn, 1, 3, [7, 5]);
    g.setLineDash([]);
    g.globalAlpha = 1;
    this.points(g, nodes, of);
    this.labels(g, nodes, of, moving);
  }

  private radius = (n: Node) => (n.main ? 8.5 : Math.min(8, 3.6 + Math.sqrt(n.degree) * 0.6)) * Math.min(1, 0.55 + this.scale);

  private points(g: CanvasRenderingContext2D, nodes: Node[], of: Node | null) {
    const { scale: s, dx, dy, look } = this, byLook = new Map<string, Node[]>();
    for (const n of nodes) { const key = `${of && n !== of && !this.near.has(n) ? 0.35 : 1} ${hueOf(n.type)}`, all = byLook.get(key); if (all) all.push(n); else byLook.set(key, [n]); }
    for (const [key, all] of [...byLook].sort()) {
      const [alpha, hue] = key.split(' ');
      g.globalAlpha = Number(alpha); g.fillStyle = `hsl(${hue} 45% ${look.dark ? 62 : 42}%)`;
      for (let i = 0; i < all.length; i += 64) {
        g.beginPath();
        for (const n of all.slice(i, i + 64)) { const x = n.x * s + dx, y = n.y * s + dy, r = this.radius(n); g.moveTo(x + r, y); g.arc(x, y, r, 0, 7); }
        g.fill();
      }
    }
    g.globalAlpha = 1;
    for (const n of nodes) {
      if (!n.main && !n.pinned && n !== this.chosen) continue;
      g.beginPath(); g.arc(n.x * s + dx, n.y * s + dy, this.radius(n) + 3, 0, 7);
      g.strokeStyle = n === this.chosen ? look.accent : look.ink; g.lineWidth = n === this.chosen ? 2.5 : 1; g.setLineDash(n.pinned && n !== this.chosen ? [2, 2] : []); g.stroke();
    }
    g.setLineDash([]);
  }

  /** Names where there is room: of what is chosen and opened first, then of what has most links. */
  private labels(g: CanvasRenderingContext2D, nodes: Node[], of: Node | null, moving: boolean) {
    const { scale: s, dx, dy, look } = this, cell = 14, taken = new Set<number>(), rank = (n: Node) => (n === of ? 4e6 : 0) + (this.near.has(n) ? 2e6 : 0) + (n.main ? 1e6 : 0) + n.degree;
    const seen = nodes.filter((n) => { const x = n.x * s + dx, y = n.y * s + dy; return x > -20 && y > -20 && x < this.width + 20 && y < this.height + 20; });
    seen.sort((a, b) => rank(b) - rank(a));
    g.textAlign = 'center'; g.lineJoin = 'round'; g.lineWidth = 3; g.strokeStyle = look.ground; g.fillStyle = look.ink;
    if (nodes.length < 400) for (const n of seen) taken.add(Math.floor((n.y * s + dy) / cell) * 4096 + Math.floor((n.x * s + dx) / cell));
    let drawn = 0;
    for (const n of seen.slice(0, moving ? 40 : 4 * labelsAtMost)) {
      if (drawn >= (moving ? 15 : labelsAtMost)) break;
      const strong = n.main || n === of, text = n.name.length > 30 && n !== of ? n.name.slice(0, 28) + '…' : n.name, key = (strong ? '!' : '') + text;
      g.font = `${strong ? '600 13.5px' : '12px'} ${look.font}`;
      let w = this.widths.get(key);
      if (w === undefined) this.widths.set(key, w = g.measureText(text).width);
      const px = n.x * s + dx, py = n.y * s + dy, r = this.radius(n);
      // Below the node, else above it, else beside it: where no other label is.
      const cells: number[] = [];
      let x = 0, y = 0, free = false;
      for (const [ax, ay] of [[0, r + 14], [0, -r - 6], [r + w / 2 + 4, 4], [-r - w / 2 - 4, 4]] as const) {
        x = Math.max(w / 2 + 4, Math.min(this.width - w / 2 - 4, px + ax)); y = Math.max(14, Math.min(this.height - 6, py + ay));
        cells.length = 0;
        for (let cy = Math.floor((y - 12) / cell); cy <= Math.floor((y + 3) / cell); cy++) for (let cx = Math.floor((x - w / 2 - 3) / cell); cx <= Math.floor((x + w / 2 + 3) / cell); cx++) cells.push(cy * 4096 + cx);
        free = n === of || !cells.some((c) => taken.has(c));
        if (free) break;
      }
      if (!free) continue;
      for (const c of cells) taken.add(c);
      g.globalAlpha = of && n !== of && !this.near.has(n) ? 0.45 : 1;
      if (!moving) g.strokeText(text, x, y);
      g.fillText(text, x, y);
      drawn++;
    }
    g.globalAlpha = 1;
  }

  private place(e: MouseEvent) { const r = this.canvas.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; }

  /** The node under the pointer, the nearest if there are several. */
  private at(e: MouseEvent): Node | null {
    const { x, y } = this.place(e);
    let best: Node | null = null, least = 14;
    for (const n of this.graph.nodes) { const d = Math.hypot(n.x * this.scale + this.dx - x, n.y * this.scale + this.dy - y); if (d < least) { least = d; best = n; } }
    return best;
  }

  private point(n: Node | null) {
    if (n === this.over) return;
    this.over = n;
    this.canvas.classList.toggle('pointing', !!n);
    this.neighbours();
    this.draw();
  }

  private down(e: PointerEvent) {
    this.pointers.set(e.pointerId, this.place(e));
    this.begun = { ...this.place(e), far: false };
    this.held = this.pointers.size === 1 ? this.at(e) : null;
    this.canvas.setPointerCapture(e.pointerId);
  }

  private move(e: PointerEvent) {
    const was = this.pointers.get(e.pointerId), is = this.place(e);
    if (!was) return this.point(this.at(e));
    if (Math.hypot(is.x - this.begun.x, is.y - this.begun.y) > 4) this.begun.far = true;
    if (!this.begun.far) return;
    if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== e.pointerId)![1], d0 = Math.hypot(was.x - other.x, was.y - other.y), d1 = Math.hypot(is.x - other.x, is.y - other.y);
      if (d0 > 0) this.zoom(d1 / d0, (is.x + other.x) / 2, (is.y + other.y) / 2);
    } else if (this.held) {
      this.held.x = (is.x - this.dx) / this.scale; this.held.y = (is.y - this.dy) / this.scale;
      this.held.pinned = true;
      this.own = true;
      this.draw();
    } else {
      this.own = true;
      this.dx += is.x - was.x; this.dy += is.y - was.y;
      this.draw();
    }
    this.pointers.set(e.pointerId, is);
  }

  private up(e: PointerEvent) {
    if (!this.pointers.delete(e.pointerId) || e.type === 'pointercancel') return;
    if (this.held && this.begun.far) this.acts.moved(this.held);
    else if (!this.begun.far) this.acts.choose(this.at(e));
    this.held = null;
  }
}
