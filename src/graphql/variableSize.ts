/**
 * Whether JSON has more names and values than that, nested ones included. Looks at no more of it than it must, and needs
 * no stack for what is deep.
 */
export function hasMoreValues(json: unknown, most: number): boolean {
  const unseen: unknown[] = [json];
  let count = 0;
  while (unseen.length > 0) {
    const value = unseen.pop();
    if (typeof value !== 'object' || value === null) continue;
    const parts = Object.values(value);
    count += Array.isArray(value) ? parts.length : 2 * parts.length;
    if (count > most) return true;
    for (const part of parts) unseen.push(part);
  }
  return false;
}
