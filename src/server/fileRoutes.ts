import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCrossOrigin } from './crossOrigin';

/** @param ticket what stands in the path behind the name of the route */
export type FileHandler = (request: IncomingMessage, response: ServerResponse, ticket: string) => Promise<void>;

/** Finds who answers `/uploads/{ticket}` and `/documents/{ticket}`; undefined for any other path. */
export type FindFileRoute = (
  pathname: string,
) => ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;

/** @param corsOrigins whose pages may upload, and read what they fetch */
export function createFileRoutes({
  uploads,
  downloads,
  corsOrigins,
}: {
  uploads: FileHandler;
  downloads: FileHandler;
  corsOrigins: readonly string[];
}): FindFileRoute {
  const routes = {
    uploads: { crossOrigin: createCrossOrigin(corsOrigins, ['PUT']), handle: uploads },
    documents: { crossOrigin: createCrossOrigin(corsOrigins, ['GET']), handle: downloads },
  };
  return (pathname) => {
    // A ticket has no other letters; anything longer is none.
    const [, name, ticket] = /^\/(uploads|documents)\/([\w.-]{1,4096})$/.exec(pathname) ?? [];
    if (ticket === undefined) return undefined;
    const { crossOrigin, handle } = routes[name as keyof typeof routes];
    return async (request, response) => {
      await crossOrigin(request, response);
      if (!response.writableEnded) await handle(request, response, ticket);
    };
  };
}
