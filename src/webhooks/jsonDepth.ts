const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether brackets outside of strings are nested deeper than that. Looked at before parsing, since whatever walks a
 * parsed value afterwards may do so recursively and exhaust the stack.
 * @param json UTF-8; need not be valid
 */
export function isNestedDeeperThan(maxDepth: number, json: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      if (depth > maxDepth) return true;
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    }
  }
  return false;
}
