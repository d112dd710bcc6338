/** Finds the route that a request's method and path meet: the most exact one, as an HTTP API does. */
export type FindRoute<T> = (request: string) => { readonly route: string; readonly target: T } | undefined;

interface Entry<T> {
  readonly route: string;
  readonly target: T;
}

const GREEDY = '{proxy+}';

/**
 * Routes as serverless.yml writes them: `POST /`, `ANY /clusters`, and `ANY /clusters/{proxy+}` for whatever lies below.
 * Throws for a route of another form.
 */
export function routeTable<T>(entries: readonly Entry<T>[]): FindRoute<T> {
  const routes = new Map(entries.map((entry) => [requireForm(entry.route), entry]));
  return (request) => {
    const [method = '', path = ''] = request.split(' ');
    const candidates = [path, ...prefixes(path).map((prefix) => prefix + GREEDY)];
    const found = candidates.flatMap((candidate) => [`${method} ${candidate}`, `ANY ${candidate}`]);
    return found.map((route) => routes.get(route)).find((entry) => entry !== undefined);
  };
}

/** Everything before a slash of the path, the longest first; what a greedy part stands for is never empty. */
function prefixes(path: string): readonly string[] {
  const ends = [...path.slice(0, -1)].flatMap((sign, at) => (sign === '/' ? [at + 1] : []));
  return ends.reverse().map((end) => path.slice(0, end));
}

function requireForm(route: string): string {
  if (/^([A-Z]+) \/[\w/-]*(\{proxy\+\})?$/.test(route)) return route;
  throw new Error(`serverless.yml has a route the local runner cannot serve: ${route}`);
}
