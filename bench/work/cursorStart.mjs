/**
 * What stands before the position in a cursor of the list: the gateway's cursors name the list that they belong to.
 * @returns '' where pages are numbers, or no cursor was asked for
 */
export async function cursorStartOf(server, target, kind) {
  if (kind !== 'BOARD' || !target.variables?.includes('{cursor}')) return '';
  const query = '{ verifications(first: 50) { pageInfo { endCursor } } }';
  const response = await fetch(`${server.url}${target.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...target.headers },
    body: JSON.stringify({ query }),
  });
  const { data } = await response.json();
  // The peers' schema has no pageInfo; they read the position alone.
  if (!data) return 'list';
  const cursor = Buffer.from(data.verifications.pageInfo.endCursor, 'base64url').toString();
  return cursor.slice(0, cursor.lastIndexOf(':'));
}
