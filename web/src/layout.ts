// Places the nodes of a network: those that are linked attract each other, all repel, and the links rest.
export interface Node { id: string; name: string; type: string; x: number; y: number; vx: number; vy: number; fixed: boolean; degree: number }
export interface Edge { from: string; to: string; relation: string; unsure: boolean }

/** One step of the layout; it returns how far the nodes moved at most. */
export function step(nodes: Node[], edges: Edge[], heat: number) {
  const at = new Map(nodes.map((n) => [n.id, n]));
  for (let i = 0; i < nodes.length; i++) {
    const a = nodes[i]!;
    for (let j = i + 1; j < nodes.length; j++) {
      const b = nodes[j]!, dx = a.x - b.x || 0.1, dy = a.y - b.y || 0.1, push = 2600 / (dx * dx + dy * dy + 60);
      const d = Math.hypot(dx, dy);
      a.vx += (dx / d) * push; a.vy += (dy / d) * push;
      b.vx -= (dx / d) * push; b.vy -= (dy / d) * push;
    }
    a.vx -= a.x * 0.012;
    a.vy -= a.y * 0.02;
  }
  for (const e of edges) {
    const a = at.get(e.from), b = at.get(e.to);
    if (!a || !b) continue;
    const dx = b.x - a.x, dy = b.y - a.y, d = Math.hypot(dx, dy) || 1, pull = (d - 110) * 0.03 / Math.sqrt(Math.max(1, Math.min(a.degree, b.degree)));
    a.vx += (dx / d) * pull; a.vy += (dy / d) * pull;
    b.vx -= (dx / d) * pull; b.vy -= (dy / d) * pull;
  }
  let most = 0;
  for (const n of nodes) {
    n.vx *= 0.6; n.vy *= 0.6;
    if (n.fixed) continue;
    const mx = Math.max(-20, Math.min(20, n.vx * heat)), my = Math.max(-20, Math.min(20, n.vy * heat));
    n.x += mx; n.y += my;
    most = Math.max(most, Math.abs(mx), Math.abs(my));
  }
  return most;
}

/** Runs the layout until it rests, for at most this many milliseconds. */
export function settle(nodes: Node[], edges: Edge[], most = 400) {
  const end = performance.now() + most;
  for (let heat = 1; heat > 0.02 && performance.now() < end; heat *= 0.99) if (step(nodes, edges, heat) < 0.05) return;
}
