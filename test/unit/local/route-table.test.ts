import { describe, expect, it } from 'vitest';
import { routeTable } from '#local/route-table.ts';

const find = routeTable(
  ['POST /', 'ANY /clusters', 'GET /clusters/one', 'ANY /clusters/{proxy+}', 'ANY /{proxy+}', 'PUT /a/{proxy+}'].map(
    (route) => ({ route, target: route }),
  ),
);

describe('routeTable', () => {
  it.each([
    ['POST /', 'POST /'],
    ['GET /clusters', 'ANY /clusters'],
    ['GET /clusters/one', 'GET /clusters/one'],
    ['DELETE /clusters/one', 'ANY /clusters/{proxy+}'],
    ['GET /clusters/one/two', 'ANY /clusters/{proxy+}'],
    ['GET /clusters/', 'ANY /{proxy+}'],
    ['PUT /a/b/c', 'PUT /a/{proxy+}'],
    ['GET /a/b/c', 'ANY /{proxy+}'],
    ['GET /clustersx', 'ANY /{proxy+}'],
    ['GET /', undefined],
  ])('of %s, is the most exact route: %s', (request, route) => {
    expect(find(request)?.target).toBe(route);
  });

  it.each(['GET /{id}', 'GET /a/{proxy+}/b', '*', 'GET a'])(
    'of the route %s in serverless.yml, does not start',
    (route) => {
      expect(() => routeTable([{ route, target: 1 }])).toThrow(route);
    },
  );
});
