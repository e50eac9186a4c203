/** What the router needs to know of a route. */
export interface Route {
  readonly method: string;
  /** Segments that begin with a colon are parameters. */
  readonly path: string;
}

export type Match<SomeRoute> =
  | { readonly kind: 'found'; readonly route: SomeRoute; readonly parameters: ReadonlyMap<string, string> }
  /** The path exists, with other methods. */
  | { readonly kind: 'method-not-allowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'not-found' };

interface Node<SomeRoute> {
  readonly children: Map<string, Node<SomeRoute>>;
  parameterChild: Node<SomeRoute> | null;
  readonly routes: Map<string, SomeRoute>;
}

/**
 * Finds a route by its path: static segments win over parameters, since `by_external_id`, `short`, `link` and `sdk`
 * share their level with ids (guide, section 9).
 * @returns a function of method and raw path, without the query
 */
export function createRouter<SomeRoute extends Route>(
  routes: readonly SomeRoute[],
): (method: string, path: string) => Match<SomeRoute> {
  const root = createNode<SomeRoute>();
  for (const route of routes) plant(root, route);

  return (method, path) => {
    const segments = decodeSegments(path);
    const node = segments && walk(root, segments, 0, method);
    if (!segments || !node) return { kind: 'not-found' };
    const route = node.routes.get(method);
    if (!route) return { kind: 'method-not-allowed', allowed: [...node.routes.keys()] };
    return { kind: 'found', route, parameters: readParameters(route.path, segments) };
  };
}

function createNode<SomeRoute>(): Node<SomeRoute> {
  return { children: new Map(), parameterChild: null, routes: new Map() };
}

function plant<SomeRoute extends Route>(root: Node<SomeRoute>, route: SomeRoute): void {
  let node = root;
  for (const segment of route.path.split('/').slice(1)) {
    if (segment.startsWith(':')) {
      node.parameterChild ??= createNode();
      node = node.parameterChild;
    } else {
      const child: Node<SomeRoute> = node.children.get(segment) ?? createNode();
      node.children.set(segment, child);
      node = child;
    }
  }
  node.routes.set(route.method, route);
}

/** The best node for the path: one that has the method, else one that has any. */
function walk<SomeRoute>(
  node: Node<SomeRoute>,
  segments: readonly string[],
  depth: number,
  method: string,
): Node<SomeRoute> | null {
  const segment = segments[depth];
  if (segment === undefined) return node.routes.size > 0 ? node : null;
  const literal = node.children.get(segment);
  const viaLiteral = literal ? walk(literal, segments, depth + 1, method) : null;
  if (viaLiteral?.routes.has(method)) return viaLiteral;
  const viaParameter =
    node.parameterChild && segment !== '' ? walk(node.parameterChild, segments, depth + 1, method) : null;
  return viaParameter?.routes.has(method) ? viaParameter : (viaLiteral ?? viaParameter);
}

function readParameters(path: string, segments: readonly string[]): Map<string, string> {
  const names = path.split('/').slice(1);
  return new Map(
    names.flatMap((name, position) => (name.startsWith(':') ? [[name.slice(1), segments[position] ?? '']] : [])),
  );
}

/** Null when a segment is not properly percent-encoded. */
function decodeSegments(path: string): string[] | null {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return null;
  }
}
