/** What every value that identifies one of the simulator's people holds (simulator/world/people.ts), telephones included. */
export const CANARY = /CANARY|CNRY|@canary\.example|\+999\d/i;

/**
 * Holds what operators and clients see against what they must never see.
 * @param secrets values that must not be in it either, for example keys
 * @throws Error that names the place and a few characters around the finding
 */
export function refuseCanaries(place: string, text: string, secrets: readonly string[] = []): void {
  const canaryAt = text.search(CANARY);
  const at = canaryAt >= 0 ? canaryAt : Math.max(...secrets.map((secret) => text.indexOf(secret)), -1);
  if (at < 0) return;
  throw new Error(`Personal data or a secret in ${place}: …${text.slice(Math.max(0, at - 120), at + 40)}…`);
}
