/** Compares as the keys' bytes in UTF-8 compare, which is S3's order. UTF-16 sorts what lies above U+FFFF too early. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The first index whose key `isAfter` holds for, where it holds for all keys from some place on. */
export function firstIndex(keys: readonly string[], isAfter: (key: string) => boolean): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(keys[middle] as string)) high = middle;
    else low = middle + 1;
  }
  return low;
}
