import { readFileSync } from 'node:fs';
import type { GraphiQLOptions } from 'graphql-yoga';

/** A page that explores the schema, with an operation to start from. */
export interface ExplorerPages {
  /** Apollo Sandbox, embedded: its script is part of the page, its frame comes from Apollo. */
  sandbox(): string;
  /** GraphiQL, whole in one page: works without any other host. */
  graphiql(): string;
}

const FIRST_OPERATION = `# Every request needs a token: put it into the Authorization header below.
query LatestVerifications {
  verifications(first: 10) {
    nodes {
      id
      status
      createdAt
      applicant {
        id
        verificationStatus
      }
    }
  }
}

subscription Updates {
  verificationUpdated {
    cursor
    kind
    previousStatus
    verification {
      id
      status
    }
  }
}
`;

/**
 * @param publicUrl where the gateway is reached from outside
 * @param authorization what the header editors hold at first
 */
export function createExplorerPages({
  publicUrl,
  authorization = 'Bearer <your token>',
}: {
  publicUrl: () => string;
  authorization?: string;
}): ExplorerPages {
  let graphiql: string | null = null;
  return {
    sandbox: () => renderSandbox(publicUrl(), authorization),
    graphiql: () => {
      graphiql ??= renderGraphiQLPage(authorization);
      return graphiql;
    },
  };
}

function renderSandbox(publicUrl: string, authorization: string): string {
  const script = readFileSync(require.resolve('@apollo/sandbox/EmbeddedSandbox.production.min.cjs'), 'utf8');
  const options = {
    target: '#sandbox',
    initialEndpoint: `${publicUrl}/graphql`,
    initialSubscriptionEndpoint: `${publicUrl.replace(/^http/, 'ws')}/graphql`,
    initialState: { document: FIRST_OPERATION, headers: { authorization }, includeCookies: false },
    runTelemetry: false,
  };
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Dataspike GraphQL</title>
    <style>html, body, #sandbox { height: 100%; margin: 0; }</style>
  </head>
  <body>
    <div id="sandbox"></div>
    <noscript>Apollo Sandbox needs JavaScript.</noscript>
    <script>
      const module = { exports: {} };
      (function (exports) {
        ${asScript(script)}
      })(module.exports);
      new module.exports.EmbeddedSandbox(${asScript(JSON.stringify(options))});
    </script>
  </body>
</html>
`;
}

function renderGraphiQLPage(authorization: string): string {
  // Loaded at the first visit: the page is 9 MB, and most processes never show it.
  const { renderGraphiQL } = require('@graphql-yoga/render-graphiql') as {
    renderGraphiQL: (options: GraphiQLOptions) => string;
  };
  return renderGraphiQL({
    title: 'Dataspike GraphQL',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: FIRST_OPERATION,
    defaultHeaders: JSON.stringify({ authorization }, null, 2),
    shouldPersistHeaders: false,
  });
}

/** Nothing in it ends the script element that it stands in. */
function asScript(text: string): string {
  return text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}
