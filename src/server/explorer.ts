import type { GraphiQLOptions } from 'graphql-yoga';
import { EXAMPLE_OPERATIONS } from './exampleOperations';
import { toPageModule } from './pageModule';

/** A page that explores the schema, with operations to start from. */
export interface ExplorerPages {
  /** Apollo Sandbox, embedded: its script is part of the page, its frame comes from Apollo. */
  sandbox(): string;
  /** GraphiQL, whole in one page: works without any other host. */
  graphiql(): string;
}

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
  let sandbox: string | null = null;
  let graphiql: string | null = null;
  return {
    sandbox: () => {
      sandbox ??= renderSandbox(publicUrl(), authorization);
      return sandbox;
    },
    graphiql: () => {
      graphiql ??= renderGraphiQLPage(authorization);
      return graphiql;
    },
  };
}

function renderSandbox(publicUrl: string, authorization: string): string {
  const entry = require.resolve('@apollo/sandbox/EmbeddedSandbox.production.min.cjs');
  // The first is for another protocol, the second for graphql-ws as a server.
  const script = toPageModule(entry, ['subscriptions-transport-ws', 'graphql']);
  const options = {
    target: '#sandbox',
    initialEndpoint: `${publicUrl}/graphql`,
    initialSubscriptionEndpoint: `${publicUrl.replace(/^http/, 'ws')}/graphql`,
    initialState: {
      // It opens a single tab.
      document: EXAMPLE_OPERATIONS.join('\n'),
      headers: { authorization },
      includeCookies: false,
      pollForSchemaUpdates: false,
    },
    runTelemetry: false,
  };
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Dataspike GraphQL</title>
    <style>
      html, body, #sandbox, iframe { height: 100%; width: 100%; margin: 0; border: 0; }
      body { display: flex; flex-direction: column; }
      p { margin: 0.4em 1em; font: 13px sans-serif; }
    </style>
  </head>
  <body>
    <p>Apollo Sandbox comes from Apollo's host. <a href="graphiql">GraphiQL</a> works without it.</p>
    <div id="sandbox"></div>
    <noscript>Apollo Sandbox needs JavaScript.</noscript>
    <script>
      const options = ${asScript(JSON.stringify(options))};
      // Opened under another name of this machine: a page may ask its own origin without further ado.
      if (new URL(options.initialEndpoint).origin !== location.origin) {
        options.initialEndpoint = location.origin + '/graphql';
        options.initialSubscriptionEndpoint = options.initialEndpoint.replace(/^http/, 'ws');
      }
      const { EmbeddedSandbox } = ${asScript(script)};
      new EmbeddedSandbox(options);
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
  const headers = JSON.stringify({ authorization }, null, 2);
  return renderGraphiQL({
    title: 'Dataspike GraphQL',
    endpoint: '/graphql',
    // Over WebSocket it leaves out the headers of its editor, and so the token.
    subscriptionsProtocol: 'GRAPHQL_SSE',
    defaultTabs: EXAMPLE_OPERATIONS.map((query) => ({ query, headers })),
    defaultHeaders: headers,
    shouldPersistHeaders: false,
  });
}

/** Nothing in it ends the script element that it stands in. */
function asScript(text: string): string {
  return text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}
