/**
 * Which verification a watch token is for. The token is only read here; the gateway is what checks it.
 * @returns null when it is no watch token
 */
export function watchedVerificationId(token: string): string | null {
  try {
    const [, claims = ''] = token.split('.');
    const { verification_id: id } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
