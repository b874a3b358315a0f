// The layout, beside the page, so that the page answers while it runs. A new order ends the one before it.
import { settling, type Bodies } from './forces';

export interface Order extends Bodies { run: number; heat: number }
export interface Placed { run: number; x: Float32Array; y: Float32Array; done: boolean }

let latest = 0;

onmessage = ({ data }: MessageEvent<Order>) => {
  latest = data.run;
  const more = settling(data, data.heat);
  const part = () => {
    if (latest !== data.run) return;
    const done = !more(24);
    postMessage({ run: data.run, x: data.x, y: data.y, done } satisfies Placed);
    if (!done) setTimeout(part);
  };
  part();
};
