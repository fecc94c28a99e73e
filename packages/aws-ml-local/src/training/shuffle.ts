import type { Random } from '../random.js';

/** In place, each order as likely as any other. */
export function shuffle(items: number[] | Int32Array, random: Random): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    [items[last], items[chosen]] = [items[chosen]!, items[last]!];
  }
}
