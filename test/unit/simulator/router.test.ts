import { createRouter } from '../../../src/simulator/http/router';

const find = createRouter([
  { method: 'GET', path: '/things/:id' },
  { method: 'POST', path: '/things/:id' },
  { method: 'GET', path: '/things/short/:shortId' },
  { method: 'DELETE', path: '/things/link/:linkId' },
  { method: 'POST', path: '/things/:id/link' },
]);

function describeMatch(method: string, path: string) {
  const match = find(method, path);
  return match.kind === 'found' ? [match.route.path, Object.fromEntries(match.parameters)] : match;
}

test('a static segment wins over a parameter, and a parameter is there for the rest', () => {
  expect(describeMatch('GET', '/things/short/V1')).toEqual(['/things/short/:shortId', { shortId: 'V1' }]);
  expect(describeMatch('POST', '/things/link/link')).toEqual(['/things/:id/link', { id: 'link' }]);
  expect(describeMatch('DELETE', '/things/link/x')).toEqual(['/things/link/:linkId', { linkId: 'x' }]);
  expect(describeMatch('GET', '/things/short')).toEqual(['/things/:id', { id: 'short' }]);
});

test('parameters are decoded once, and a slash in them stays inside', () => {
  expect(describeMatch('GET', '/things/a%2Fb%2520')).toEqual(['/things/:id', { id: 'a/b%20' }]);
});

test('what no route has is not found, and a known path names its methods', () => {
  const missing = { kind: 'not-found' };
  for (const path of ['/', '/things', '/things/', '/things/a/b/c', '/things/%E0%A4%A', '/other']) {
    expect(describeMatch('GET', path)).toEqual(missing);
  }
  expect(describeMatch('PUT', '/things/1')).toEqual({ kind: 'method-not-allowed', allowed: ['GET', 'POST'] });
});
